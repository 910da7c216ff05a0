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
      outcome.replaceWith(made);
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
    part.addEventListener("input", (event) => { if (event.target.type === "number") showSoon(); });
  }
  form.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-start]");
    if (!cell) return;
    const field = form.elements.start;
    field.value = cell.dataset.start;
    showSoon();
  });
})();
