// Choosing a kind of block: found by a word, and told when a page has its one already.
(() => {
  const form = document.querySelector("[data-editor]");
  const menu = document.getElementById("ed-add");
  if (!form || !menu) return;
  const find = menu.querySelector("[data-find]");
  const text = menu.querySelector("[data-find-text]");
  const none = menu.querySelector("[data-find-none]");
  const kinds = [...menu.querySelectorAll(".ed-kind")];
  const fold = (words) => words.toLocaleLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  find.hidden = false;

  const choose = () => {
    const words = fold(text.value).split(/\s+/).filter(Boolean);
    for (const kind of kinds) kind.hidden = !words.every((word) => fold(`${kind.textContent} ${kind.value}`).includes(word));
    for (const group of menu.querySelectorAll("[data-group]")) group.hidden = ![...group.querySelectorAll(".ed-kind")].some((kind) => !kind.hidden);
    none.hidden = kinds.some((kind) => !kind.hidden);
  };
  const count = () => {
    for (const kind of menu.querySelectorAll("[data-once]")) {
      kind.disabled = Boolean(form.querySelector(`[data-blocks] > [data-kind="${kind.dataset.once}"]`));
      kind.querySelector("[data-used]").hidden = !kind.disabled;
    }
  };
  const usable = () => kinds.filter((kind) => !kind.hidden && !kind.disabled);
  text.addEventListener("input", (event) => {
    event.stopPropagation();
    choose();
  });
  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    text.value = "";
    choose();
    count();
  });
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") text.focus();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.target === text && event.key === "Enter") {
      event.preventDefault();
      if (text.value.trim()) usable()[0]?.click();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = usable();
    const next = all.indexOf(document.activeElement) + step;
    (next < 0 ? text : all[Math.min(next, all.length - 1)])?.focus();
  });
})();
