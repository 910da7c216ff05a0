// Buttons over Markdown texts. Without this file one writes the signs by hand.
(() => {
  const form = document.querySelector("[data-editor]");
  if (!form || form.hasAttribute("data-readonly")) return;
  const icons = document.querySelector(".icon use")?.getAttribute("href").split("#")[0];
  const TOOLS = [["heading", "Heading"], ["bold", "Bold"], ["italic", "Italic"], ["list", "List"], ["list-numbers", "Numbers"], ["link", "Link"]];

  // Replaces what is chosen so that the browser's own undo still works.
  const put = (area, text, from, to, start, end) => {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to);
    area.setSelectionRange(start, end);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const wrap = (area, sign) => {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const chosen = value.slice(from, to);
    const inside = value.slice(from - sign.length, from) === sign && value.slice(to, to + sign.length) === sign;
    const longer = sign === "*" && value.slice(from - 2, from) === "**" && value.slice(from - 3, from) !== "***";
    if (inside && !longer) put(area, chosen, from - sign.length, to + sign.length, from - sign.length, to - sign.length);
    else put(area, sign + chosen + sign, from, to, from + sign.length, to + sign.length);
  };
  const prefix = (area, make, pattern) => {
    const { value } = area;
    const from = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const found = value.indexOf("\n", area.selectionEnd);
    const to = found < 0 ? value.length : found;
    const lines = value.slice(from, to).split("\n");
    const off = lines.every((line) => pattern.test(line));
    const bare = lines.map((line) => line.replace(/^(#{1,6} |[-*] |\d+\. )/, ""));
    const text = (off ? bare : bare.map(make)).join("\n");
    put(area, text, from, to, from + (lines.length > 1 ? 0 : text.length), from + text.length);
  };
  const link = (area) => {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const chosen = value.slice(from, to);
    const address = /^https?:\/\/\S+$/.test(chosen);
    const text = address ? `[](${chosen})` : `[${chosen}](https://)`;
    const at = address ? from + 1 : from + text.length - 1;
    put(area, text, from, to, at, at);
  };
  const work = {
    heading: (area) => prefix(area, (line) => `## ${line}`, /^## /),
    bold: (area) => wrap(area, "**"),
    italic: (area) => wrap(area, "*"),
    list: (area) => prefix(area, (line) => `- ${line}`, /^- /),
    "list-numbers": (area) => prefix(area, (line, place) => `${place + 1}. ${line}`, /^\d+\. /),
    link,
  };

  const give = (area) => {
    if (area.previousElementSibling?.matches(".ed-md")) return;
    const bar = document.createElement("div");
    bar.className = "ed-md";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", form.dataset.saysTools);
    for (const [name, label] of TOOLS) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", title: form.dataset[`says${label}`], tabIndex: name === "heading" ? 0 : -1 });
      button.dataset.md = name;
      button.setAttribute("aria-label", form.dataset[`says${label}`]);
      button.innerHTML = `<svg class="icon" aria-hidden="true" width="20" height="20"><use href="${icons}#${name}"/></svg>`;
      bar.append(button);
    }
    area.before(bar);
  };
  const areaOf = (bar) => bar.parentElement.querySelector("[data-markdown]");
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-md]");
    if (button) work[button.dataset.md](areaOf(button.parentElement));
  });
  // In a toolbar the arrows go from button to button, as the page runs.
  form.addEventListener("keydown", (event) => {
    const bar = event.target.closest(".ed-md");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (document.dir === "rtl" ? -1 : 1);
    if (bar && step) {
      const buttons = [...bar.children];
      const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
      for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
      next.focus();
      event.preventDefault();
    }
    const area = event.target.closest("[data-markdown]");
    const name = (event.ctrlKey || event.metaKey) && { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
    if (area && name) {
      event.preventDefault();
      work[name](area);
    }
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-markdown]")) give(event.target);
  });
  for (const area of form.querySelectorAll("[data-markdown]")) give(area);
})();
