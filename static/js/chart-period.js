// The two days belong to "Own days" only: with another period they stay out of the address.
(() => {
  const fit = () => {
    for (const form of document.querySelectorAll("[data-period-form]")) {
      const own = form.querySelector("[data-period]").value === "own";
      for (const day of form.querySelectorAll(".own-days input")) day.disabled = !own;
    }
  };
  fit();
  // Before the form is read, so that choosing a period sends no days with it.
  document.addEventListener("change", (event) => { if (event.target.matches("[data-period]")) fit(); }, true);
  document.addEventListener("htmx:after:swap", fit);
})();
