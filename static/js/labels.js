// Labels: the sheet follows every choice, its places can be clicked, addresses copied, a finished file comes by itself.
(() => {
  const form = document.getElementById("labels-form");
  const fresh = document.querySelector("[data-download]");

  if (fresh) {
    const address = new URL(location.href);
    if (address.searchParams.has("new")) {
      address.searchParams.delete("new"); // a reload does not download again
      history.replaceState(history.state, "", address);
      addEventListener("load", () => setTimeout(() => fresh.click()));
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 2000);
  });

  if (!form?.querySelector('[name="start"]:enabled')) return; // whoever may only look changes nothing
  let waiting = 0;
  let running = null;
  let wanted = ""; // the place clicked or focused last

  // Searches answer while one types: Enter would send the whole form.
  for (const search of form.querySelectorAll('[type="search"]')) search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });

  // While somebody chooses among the designs they stay; only the price's field comes and goes.
  const followPrice = (designs, offered) => {
    const [here, there] = [designs, offered].map((part) => part.querySelector('[name="price"]'));
    if (here.type !== there.type) (here.closest(".field") || here).replaceWith(there.closest(".field") || there);
  };

  const show = async () => {
    running?.abort();
    running = new AbortController();
    const outcome = document.getElementById("outcome");
    outcome.setAttribute("aria-busy", "true");
    const data = new URLSearchParams(new FormData(form));
    data.set("do", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const made = page.getElementById("outcome");
      if (!made) return location.reload();
      const focused = outcome.contains(document.activeElement) && document.activeElement;
      outcome.replaceWith(made);
      settle();
      showFieldErrors(form, made, { adding: true });
      form.elements.copies.max = page.querySelector('[name="copies"]').max; // units may be more than copies
      if (focused) made.querySelector(focused.dataset.start ? `[data-start="${focused.dataset.start}"]` : `[name="${focused.name}"][value="${focused.value}"]`)?.focus();
      const designs = document.getElementById("designs");
      const offered = page.getElementById("designs");
      if (designs && offered && !designs.contains(document.activeElement)) designs.replaceWith(offered);
      else if (designs && offered) followPrice(designs, offered);
    } catch (error) {
      if (error.name !== "AbortError") outcome.removeAttribute("aria-busy");
    }
  };
  const showSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  };

  for (const part of form.querySelectorAll("[data-labels-watch]")) {
    part.addEventListener("change", showSoon);
    part.addEventListener("input", (event) => { if (event.target.matches('[type="number"], [name="skip"], [name="bleed"]')) showSoon(); });
  }
  // The sheet's places: one stop for the keyboard, arrows from there; a click starts here or marks a gap.
  const listCells = () => [...form.querySelectorAll("[data-start]")];
  const readGaps = (text) => {
    const gaps = new Set();
    for (const [, first, last] of text.matchAll(/(\d+)(?:\s*[-–—]\s*(\d+))?/g)) {
      for (let place = Number(first); place <= Math.min(Number(last || first), Number(first) + 2000); place += 1) gaps.add(place);
    }
    return gaps;
  };
  const writeGaps = (gaps) => [...gaps].sort((a, b) => a - b).join(", ");
  form.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-start]");
    if (!cell) return;
    event.preventDefault();
    wanted = cell.dataset.start;
    if (form.elements.click?.value === "gap") {
      const gaps = readGaps(form.elements.skip.value);
      if (!gaps.delete(Number(wanted))) gaps.add(Number(wanted));
      form.elements.skip.value = writeGaps(gaps);
    } else form.elements.start.value = wanted;
    showSoon();
  });
  form.addEventListener("change", (event) => { if (event.target.name === "click") showSoon(); });
  form.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("[data-start]");
    if (!cell) return;
    const cells = listCells();
    const row = cells.filter((other) => other.style.top === cells[0].style.top).length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[event.key];
    if (!step) return;
    event.preventDefault();
    cells[cells.indexOf(cell) + step]?.focus();
  });
  const settle = () => {
    const cells = listCells();
    const stop = cells.find((cell) => cell.dataset.start === wanted) || cells.find((cell) => cell.matches(".is-start"));
    for (const cell of cells) cell.tabIndex = cell === (stop || cells[0]) ? 0 : -1;
  };
  form.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-start]");
    if (cell) { wanted = cell.dataset.start; settle(); }
  });
  settle();
  const chosen = form.querySelector(".stock input:checked")?.closest(".stock");
  if (chosen) chosen.parentElement.scrollTop = chosen.offsetTop - chosen.parentElement.offsetTop;
})();
