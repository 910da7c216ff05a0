// Buttons with data-confirm ask first, in a dialog of the page's own.
(() => {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  let waiting = null;
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const text = button?.dataset.confirm;
    if (!text || button.hasAttribute("data-confirmed")) {
      button?.removeAttribute("data-confirmed");
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    waiting = button;
    dialog.querySelector("#confirm-text").textContent = text;
    dialog.querySelector('[data-answer="yes"]').textContent = button.dataset.confirmLabel || button.textContent.trim();
    dialog.showModal();
  }, true);
  dialog.addEventListener("click", (event) => {
    const answer = event.target.closest("[data-answer]")?.dataset.answer;
    if (!answer) return;
    dialog.close();
    if (answer === "yes" && waiting) {
      waiting.setAttribute("data-confirmed", "");
      waiting.form.requestSubmit(waiting);
    }
    waiting = null;
  });
})();
