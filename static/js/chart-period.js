// The two days belong to "Own days" only: with another period they stay out of the address. They are sent by their
// button, not while they are typed; all other choices are shown at once.
(() => {
  const fit = () => {
    for (const form of document.querySelectorAll("[data-period-form]")) {
      const own = form.querySelector("[data-period]").value === "own";
      for (const day of form.querySelectorAll(".own-days input")) day.disabled = !own;
    }
  };
  fit();
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-period-form]")) return;
    fit();
    const waits = event.target.type === "date" || (event.target.matches("[data-period]") && event.target.value === "own");
    if (waits) event.stopPropagation();
  }, true);
  document.addEventListener("htmx:after:swap", fit);
})();
