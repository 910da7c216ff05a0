// Lists: tick one, tick all, count the ticked; menus close by Escape or a click elsewhere.
(() => {
  const picks = () => [...document.querySelectorAll("[data-pick]")];
  const count = () => {
    const bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    const ticked = picks().filter((box) => box.checked).length;
    const words = bar.querySelector("[data-bulk-count]");
    const number = ticked.toLocaleString(document.documentElement.lang);
    words.textContent = ticked === 1 ? words.dataset.one : words.dataset.many.replace("%n", number);
    bar.classList.toggle("has-picks", ticked > 0);
    const all = document.querySelector("[data-pick-all]");
    if (all) {
      all.checked = ticked > 0 && ticked === picks().length;
      all.indeterminate = ticked > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) for (const box of picks()) box.checked = event.target.checked;
    if (event.target.matches("[data-pick], [data-pick-all]")) count();
  });
  document.addEventListener("htmx:after:swap", count);
  addEventListener("pageshow", count);

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
