// Label editor: boxes over the real picture, fields and picture kept together, buttons without a reload.
// The fields are the truth; the picture is always the server's.
(() => {
  const form = document.getElementById("design-form");
  if (!form) return;
  const HANDLES = ["nw", "ne", "sw", "se"];
  const store = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private windows keep nothing */ } } };
  const editor = { form, chosen: "" };
  let waiting = 0;
  let asked = null;

  const work = () => form.querySelector("[data-work]");
  editor.canvas = () => form.querySelector("[data-canvas]");
  editor.element = (id) => form.querySelector(`[data-el="${CSS.escape(id)}"]`);
  editor.elements = () => [...form.querySelectorAll("[data-el]")];
  const field = (id, name) => editor.element(id)?.querySelector(`[data-field="${name}"]`);
  const numberOf = (input) => Number.parseFloat(String(input?.value ?? "").replace(",", ".")) || 0;
  editor.size = () => ({ width: numberOf(form.elements.width_mm), height: numberOf(form.elements.height_mm) });
  const mirrored = () => editor.canvas().hasAttribute("data-mirrored");

  // A box as it is seen: in a mirrored label its left is counted from the other side.
  editor.read = (id) => {
    const [x, y, width, height] = ["x_mm", "y_mm", "width_mm", "height_mm"].map((name) => numberOf(field(id, name)));
    return { x: mirrored() ? editor.size().width - x - width : x, y, width, height };
  };
  const tidy = (value) => String(Math.round(value * 20) / 20).replace(/(\.\d\d)\d+$/, "$1");
  editor.write = (id, box) => {
    const x = mirrored() ? editor.size().width - box.x - box.width : box.x;
    const values = { x_mm: x, y_mm: box.y, width_mm: box.width, height_mm: box.height };
    for (const [name, value] of Object.entries(values)) field(id, name).value = tidy(Math.max(0, value));
    place(id);
  };
  editor.box = (id) => editor.canvas().querySelector(`[data-box="${CSS.escape(id)}"]`);

  const place = (id) => {
    const shown = editor.box(id);
    const { width, height } = editor.size();
    const box = editor.read(id);
    if (!shown || !width || !height) return;
    shown.style.left = `${(box.x / width) * 100}%`;
    shown.style.top = `${(box.y / height) * 100}%`;
    shown.style.width = `${(box.width / width) * 100}%`;
    shown.style.height = `${(box.height / height) * 100}%`;
  };

  const nameOf = (element) => element.querySelector(".d-el-name").textContent.trim().replace(/\s+/g, " ");

  editor.draw = () => {
    const canvas = editor.canvas();
    const { width, height } = editor.size();
    canvas.style.setProperty("--w", width || 50);
    canvas.style.setProperty("--h", height || 50);
    canvas.querySelectorAll("[data-box]").forEach((one) => one.remove());
    // The list shows what lies on top first; boxes are stacked the other way round.
    for (const element of editor.elements().reverse()) {
      const box = document.createElement("button");
      box.type = "button";
      box.className = "d-box";
      box.dataset.box = element.dataset.el;
      box.setAttribute("aria-label", nameOf(element));
      for (const handle of HANDLES) {
        const corner = document.createElement("span");
        corner.className = "d-handle";
        corner.dataset.handle = handle;
        box.append(corner);
      }
      canvas.append(box);
      place(element.dataset.el);
    }
    mark();
    zoom();
  };

  const mark = () => {
    for (const box of editor.canvas().querySelectorAll("[data-box]")) {
      const element = editor.element(box.dataset.box);
      box.classList.toggle("is-chosen", box.dataset.box === editor.chosen);
      box.setAttribute("aria-pressed", String(box.dataset.box === editor.chosen));
      box.classList.toggle("is-wrong", Boolean(element?.querySelector(".field-error:not([hidden])")));
    }
  };

  editor.choose = (id, { unfold = true } = {}) => {
    editor.chosen = id;
    for (const element of editor.elements()) {
      if (unfold) element.open = element.dataset.el === id;
    }
    mark();
  };

  // ---- real size and zoom ----
  const real = () => Number(store.get("label-real")) || 1;
  const zoom = () => {
    const canvas = editor.canvas();
    const scroll = canvas.parentElement;
    const wanted = form.querySelector("[data-zoom]").value;
    const { width, height } = editor.size();
    const millimetre = 96 / 25.4;
    const room = scroll.clientWidth - 2 * Number.parseFloat(getComputedStyle(scroll).paddingLeft);
    const fit = Math.min(room / (width * millimetre), (innerHeight * 0.6) / (height * millimetre));
    canvas.style.setProperty("--zoom", wanted === "fit" ? Math.max(0.02, fit) : Number(wanted) * real());
    document.documentElement.style.setProperty("--real", real()); // the form has a field named style
  };
  addEventListener("resize", zoom);

  // ---- the picture ----
  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    const canvas = editor.canvas();
    canvas.setAttribute("aria-busy", "true");
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(data), signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const made = await answer.json();
      const picture = canvas.querySelector("[data-picture]");
      picture.hidden = !made.picture;
      if (made.picture) picture.src = made.picture;
      tell(made.faults);
      const reach = form.querySelector("[data-reach]");
      if (reach) reach.textContent = made.reach;
      canvas.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") canvas.removeAttribute("aria-busy");
    }
  };
  editor.showSoon = (delay = 300) => {
    clearTimeout(waiting);
    waiting = setTimeout(show, delay);
  };

  const tell = (faults) => {
    for (const place of form.querySelectorAll("[data-fault]")) {
      const message = faults[place.dataset.fault];
      place.hidden = !message;
      place.querySelector("span").textContent = message || "";
    }
    const list = form.querySelector("[data-faults]");
    const sign = list.dataset.sign || form.querySelector(".d-el-mark .icon")?.outerHTML || "";
    list.dataset.sign = sign;
    list.replaceChildren(...Object.values(faults).map((message) => {
      const line = document.createElement("li");
      line.innerHTML = sign;
      line.append(Object.assign(document.createElement("span"), { textContent: message }));
      return line;
    }));
    mark();
  };

  // ---- everything the server has to do: add, order, copy, remove, another language ----
  editor.act = async (action, data = new FormData(form)) => {
    clearTimeout(waiting);
    asked?.abort();
    data.set("do", action);
    const canvas = editor.canvas();
    canvas.setAttribute("aria-busy", "true");
    const view = form.querySelector("[data-zoom]").value;
    try {
      const answer = await fetch(form.action, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#design-form [data-work]");
      if (!fresh) return location.reload();
      work().replaceWith(fresh);
      form.querySelector("[data-zoom]").value = view;
      form.setAttribute("data-dirty", "");
      const shown = action === "show" && editor.element(editor.chosen) ? editor.chosen : ""; // a new picture or language closes nothing
      const opened = form.querySelector("[data-el][open]")?.dataset.el || shown;
      editor.draw();
      editor.choose(opened, { unfold: Boolean(opened) });
      editor.box(opened)?.focus({ preventScroll: true });
      form.dispatchEvent(new CustomEvent("design-acted"));
    } catch {
      canvas.removeAttribute("aria-busy");
    }
    return undefined;
  };

  // ---- wiring ----
  form.addEventListener("submit", (event) => {
    const action = event.submitter?.value || "show";
    if (action === "save" || action === "save-new") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    editor.commit?.();
    editor.act(action);
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-zoom]")) return;
    const element = event.target.closest("[data-el]");
    if (element) {
      if (event.target.name.endsWith("-text")) {
        const words = element.querySelector("[data-el-words]");
        if (words) words.textContent = event.target.value.slice(0, 40);
      }
      if (event.target.dataset.field) place(element.dataset.el);
    }
    if (event.target.matches("[data-size]")) {
      editor.draw();
      const { width, height } = editor.size();
      form.querySelector("[data-measure]").textContent = `${width} × ${height} mm`;
    }
    if (!event.target.matches("[data-show], [data-picture-file]")) editor.showSoon();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-zoom]")) return zoom();
    if (event.target.matches("[data-show], [data-picture-file]")) return editor.act("show");
    return editor.commit?.();
  });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-real]")) return;
    store.set("label-real", event.target.value);
    zoom();
  });
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (chip) {
      const text = chip.closest(".d-text").querySelector("[data-text]:focus") || editor.lastText || chip.closest(".d-text").querySelector("[data-text]");
      const target = chip.closest(".d-text").contains(text) ? text : chip.closest(".d-text").querySelector("[data-text]");
      target.setRangeText(chip.dataset.chip, target.selectionStart, target.selectionEnd, "end");
      target.dispatchEvent(new Event("input", { bubbles: true }));
      target.dispatchEvent(new Event("change", { bubbles: true }));
      target.focus();
    }
  });
  form.addEventListener("focusout", (event) => { if (event.target.matches("[data-text]")) editor.lastText = event.target; });
  form.addEventListener("toggle", (event) => {
    const id = event.target.dataset?.el;
    if (id && event.target.open && id !== editor.chosen) editor.choose(id);
  }, true);

  window.labelEditor = editor;
  const slider = form.querySelector("[data-real]");
  if (slider) slider.value = real();
  editor.draw();
  editor.choose(form.querySelector("[data-el][open]")?.dataset.el || "", { unfold: false });
})();
