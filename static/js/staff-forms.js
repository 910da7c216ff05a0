// Forms: one submission at a time, colour pickers, "not saved yet", first mistake in focus.
(() => {
  document.querySelector("[data-form-errors]")?.focus();

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    event.target.removeAttribute("data-dirty");
    const button = event.submitter;
    // After the form's data was taken: a disabled button would not send its value. A download leaves the page as it is.
    if (button && !button.matches("[data-stays]")) setTimeout(() => { button.disabled = true; button.setAttribute("aria-busy", "true"); });
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[aria-busy]")) {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-watch]");
    if (form) {
      form.setAttribute("data-dirty", "");
      const state = form.querySelector("[data-form-state]");
      if (state) state.textContent = state.dataset.changed;
    }
    const picker = event.target.closest("[data-colour-for]");
    if (picker) {
      const text = document.getElementById(picker.dataset.colourFor);
      text.value = picker.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    const pair = event.target.id && document.querySelector(`[data-colour-for="${event.target.id}"]`);
    if (pair && /^#[0-9a-f]{6}$/i.test(event.target.value)) pair.value = event.target.value;
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });
})();
