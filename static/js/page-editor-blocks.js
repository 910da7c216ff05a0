// Blocks and rows: add, move, hide, duplicate, remove and undo, fold, drag. Without this file the server does them.
(() => {
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const list = form.querySelector("[data-blocks]");
  const blocks = () => [...list.children];
  const label = (block) => block.querySelector(".ed-fold span").textContent;
  const said = form.querySelector("[data-said]");
  const undo = form.querySelector("[data-undo]");
  const says = (name, value) => form.dataset[`says${name}`].replace("%s", value);
  const changed = () => form.dispatchEvent(new CustomEvent("editor:change"));
  const makeId = () => "b" + [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let below = null; // the block a new one goes under
  const removed = [];

  // Names, ids and button values speak of the block or row they stand in: all of them change together.
  const rename = (node, from, to) => {
    for (const item of [node, ...node.querySelectorAll("*")]) {
      for (const { name, value } of [...(item.attributes || [])]) {
        const renamed = value.replace(from, to);
        if (renamed !== value) item.setAttribute(name, renamed);
      }
      if (item instanceof HTMLTemplateElement) rename(item.content, from, to);
    }
    return node;
  };

  const arrive = (block) => {
    block.classList.add("is-new");
    block.addEventListener("animationend", () => block.classList.remove("is-new"), { once: true });
    summarise(block);
  };
  // An empty block of a kind comes from the server, fetched as soon as somebody reaches for it.
  const fetched = new Map();
  const fetchKind = (kind) => {
    if (!fetched.has(kind)) {
      const coming = fetch(form.dataset.blockAddress + kind, { headers: { "HX-Request": "true" } }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      });
      coming.catch(() => fetched.delete(kind));
      fetched.set(kind, coming);
    }
    return fetched.get(kind);
  };
  const make = async (kind) => {
    const template = document.createElement("template");
    template.innerHTML = await fetchKind(kind);
    return rename(template.content, /xNEWx/g, makeId()).querySelector("[data-block]");
  };
  for (const name of ["pointerover", "focusin"]) {
    form.addEventListener(name, (event) => {
      const kind = event.target.closest(".ed-kind:not(:disabled)");
      if (kind) fetchKind(kind.value.split(".")[1]).catch(() => {});
    });
  }
  const focusFirst = (block) => {
    const shown = [...block.querySelectorAll(".ed-input, [data-row-template] ~ button")].find((item) => item.offsetParent);
    shown?.focus({ preventScroll: true });
    block.scrollIntoView({ block: "nearest" });
  };

  const move = (items, item, step, button) => {
    const place = items.indexOf(item) + step;
    if (place < 0 || place >= items.length) return;
    items[place][step < 0 ? "before" : "after"](item);
    button.focus();
    item.scrollIntoView({ block: "nearest" });
  };

  const blockActions = {
    up: (block, button) => { move(blocks(), block, -1, button); said.textContent = says("Moved", label(block)); },
    down: (block, button) => { move(blocks(), block, 1, button); said.textContent = says("Moved", label(block)); },
    hide: (block, button) => {
      const hidden = block.classList.toggle("is-hidden");
      block.querySelector("[data-hidden]").value = hidden ? "1" : "";
      button.setAttribute("aria-pressed", String(hidden));
    },
    copy: (block) => {
      const double = rename(block.cloneNode(true), new RegExp(block.dataset.block, "g"), makeId());
      block.after(double);
      arrive(double);
      focusFirst(double);
    },
    remove: (block) => {
      const next = block.nextElementSibling;
      removed.push({ block, next });
      const near = next || block.previousElementSibling;
      block.remove();
      undo.querySelector("[data-undo-text]").textContent = says("Removed", label(block));
      undo.hidden = false;
      (near?.querySelector("[data-fold]") || form.querySelector(".ed-add-button")).focus({ preventScroll: true });
    },
  };

  const bringBack = () => {
    const last = removed.pop();
    if (!last) return false;
    if (last.next?.isConnected) last.next.before(last.block);
    else list.append(last.block);
    undo.hidden = removed.length === 0;
    if (removed.length) undo.querySelector("[data-undo-text]").textContent = says("Removed", label(removed.at(-1).block));
    arrive(last.block);
    focusFirst(last.block);
    return true;
  };

  const renumber = (rows) => {
    const base = rows.dataset.rows.replaceAll(".", "\\.");
    [...rows.querySelector(".ed-row-list").children].forEach((row, place) => {
      if (row.dataset.row === String(place)) return;
      rename(row, new RegExp(`(${base})\\.${row.dataset.row}(?=\\.|$)`, "g"), `$1.${place}`);
      row.dataset.row = place;
    });
  };
  const addRow = (rows) => {
    const items = rows.querySelector(".ed-row-list");
    const row = rename(rows.querySelector("[data-row-template]").content.cloneNode(true), /xROWx/g, String(items.children.length));
    items.append(row);
    [...items.lastElementChild.querySelectorAll(".ed-input, [type=file]")].find((input) => input.offsetParent).focus();
  };
  // The rows the source language has more of come over, to be translated in place.
  const take = (rows) => {
    const from = rows.closest(".ed-langs").querySelector(`[data-language="${source()}"] [data-rows]`);
    const own = rows.querySelector(".ed-row-list");
    for (const given of [...(from?.querySelector(".ed-row-list").children || [])].slice(own.children.length)) {
      addRow(rows);
      const typed = (row) => [...row.querySelectorAll("input:not([type=file]), textarea, select")];
      const part = (field) => field.name.split(".").slice(5).join(".");
      for (const field of typed(given)) {
        const mine = typed(own.lastElementChild).find((item) => part(item) === part(field));
        if (!mine) continue;
        if (mine.type === "checkbox") mine.checked = field.checked;
        else mine.value = field.value;
      }
      const seen = (row) => [...row.querySelectorAll(".ed-picture-now, .ed-picture-none, [data-picture-clear], [data-file-now], [data-focus]")];
      seen(own.lastElementChild).forEach((item, place) => {
        const same = seen(given)[place];
        item.hidden = same.hidden;
        if (same.src) item.src = same.src;
        if (item.matches("[data-file-now]")) item.replaceChildren(...same.cloneNode(true).childNodes);
        if (!item.matches("[data-focus]")) return;
        item.querySelector("img").src = same.querySelector("img").src;
        item.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    said.textContent = form.dataset.saysTaken;
  };
  const source = () => document.querySelector("[data-source]")?.value || "";
  const offerRows = () => {
    for (const button of form.querySelectorAll("[data-rows-take]")) {
      const rows = button.closest("[data-rows]");
      const from = button.closest(".ed-langs")?.querySelector(`[data-language="${source()}"] [data-rows]`);
      const count = (list) => list?.querySelector(".ed-row-list").children.length || 0;
      button.hidden = !from || from === rows || count(from) <= count(rows);
    }
  };
  form.addEventListener("editor:changed", offerRows);
  const rowActions = {
    "rows-take": (rows) => take(rows),
    "row-add": (rows) => addRow(rows),
    "row-up": (rows, row, button) => move([...row.parentElement.children], row, -1, button),
    "row-down": (rows, row, button) => move([...row.parentElement.children], row, 1, button),
    "row-remove": (rows, row) => {
      const near = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      (near?.querySelector(".ed-input") || rows.querySelector(".ed-row-add")).focus();
    },
  };

  const add = async (kind, name) => {
    let block = null;
    try {
      block = await make(kind);
    } catch {
      window.shelftalkEditor.complain(says("NoBlock", name));
      document.getElementById("ed-add").hidePopover();
      return;
    }
    if (below?.isConnected) below.after(block);
    else list.append(block);
    document.getElementById("ed-add").hidePopover();
    arrive(block);
    focusFirst(block);
    said.textContent = says("Added", name);
    changed();
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const [action, kind] = (button?.value || "").split(".");
    const block = button?.closest("[data-block]");
    if (action === "add") form.arriving = add(kind, button.dataset.label);
    else if (action in rowActions) {
      const rows = button.closest("[data-rows]");
      rowActions[action](rows, button.closest("[data-row]"), button);
      renumber(rows);
    } else if (block && action in blockActions) blockActions[action](block, button);
    else if (action !== "undo" || !bringBack()) return;
    event.preventDefault();
    event.stopPropagation();
    changed();
  });

  // Enter in a row's line goes on to the next row instead of saving.
  form.addEventListener("keydown", (event) => {
    const line = event.target.closest("input.ed-input, [data-line]");
    if (!line || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const input = line.closest(".ed-row") && line;
    if (!input) return;
    const row = input.closest("[data-row]");
    const inputs = [...row.querySelectorAll(".ed-input")];
    const next = inputs[inputs.indexOf(input) + 1] || row.nextElementSibling?.querySelector(".ed-input");
    if (next) next.focus();
    else { addRow(row.closest("[data-rows]")); changed(); }
  });

  // Where a new block goes: under the one whose + was used.
  form.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-insert]");
    if (insert) below = insert.closest("[data-block]");
    if (event.target.closest("[data-undo-close]")) undo.hidden = true;
    const fold = event.target.closest("[data-fold]");
    if (fold) setFold(fold, fold.getAttribute("aria-expanded") !== "true");
  });
  const setFold = (fold, open) => {
    fold.setAttribute("aria-expanded", String(open));
    document.getElementById(fold.getAttribute("aria-controls")).hidden = !open;
  };
  form.addEventListener("editor:unfold", (event) => setFold(event.detail.closest("[data-block]").querySelector("[data-fold]"), true));

  // A block's first words beside its name, so that a folded one can be told apart.
  const summarise = (block) => {
    const tag = form.elements.show?.value || "";
    const first = block.querySelector(`[data-language="${tag}"] .ed-input`);
    block.querySelector("[data-sum]").textContent = first?.value.slice(0, 80) || "";
    block.querySelector("[data-sum]").dir = "auto";
  };
  form.addEventListener("input", (event) => {
    const block = event.target.closest("[data-block]");
    if (block) summarise(block);
  });
  form.addEventListener("editor:language", () => blocks().forEach(summarise));
  blocks().forEach(summarise);

  // Dragging by the grip; the buttons do the same by keyboard.
  let dragged = null;
  const clear = () => blocks().forEach((block) => block.classList.remove("is-target-above", "is-target-below", "is-dragged"));
  list.addEventListener("dragstart", (event) => {
    if (!event.target.closest?.("[data-grip]")) return;
    dragged = event.target.closest("[data-block]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(dragged.querySelector(".ed-head"), 12, 12);
    dragged.classList.add("is-dragged");
  });
  const find = (event) => {
    const target = event.target.closest("[data-block]");
    if (!dragged || !target || target === dragged) return null;
    const box = target.getBoundingClientRect();
    return { target, above: event.clientY < box.top + box.height / 2 };
  };
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const spot = find(event);
    blocks().forEach((block) => block.classList.remove("is-target-above", "is-target-below"));
    spot?.target.classList.add(spot.above ? "is-target-above" : "is-target-below");
  });
  list.addEventListener("drop", (event) => {
    const spot = find(event);
    if (!spot) return;
    event.preventDefault();
    spot.target[spot.above ? "before" : "after"](dragged);
    said.textContent = says("Moved", label(dragged));
    changed();
  });
  list.addEventListener("dragend", () => { clear(); dragged = null; });
})();
