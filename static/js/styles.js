// A style's logo: a chosen picture is uploaded at once, so that the preview shows it.
(() => {
  const form = document.querySelector("#style-form[data-upload]");
  if (!form) return;
  const id = form.querySelector("[data-logo]");
  const shown = form.querySelector("[data-logo-picture]");
  const file = form.elements.logo_file;
  const complain = (message) => {
    let place = document.getElementById("field-logo_file-said");
    if (!place) {
      place = document.createElement("p");
      place.id = "field-logo_file-said";
      place.className = "field-error";
      place.setAttribute("role", "alert");
      file.after(place);
    }
    place.textContent = message;
    place.hidden = !message;
  };
  // What the preview no longer complains of is mended.
  new MutationObserver((changes) => {
    const fresh = changes.flatMap((change) => [...change.addedNodes]).find((node) => node.id === "style-preview");
    if (fresh) showFieldErrors(form, fresh);
  }).observe(document.getElementById("style-preview").parentElement, { childList: true });
  const renew = () => form.elements.logo_share.dispatchEvent(new Event("input", { bubbles: true }));
  file.addEventListener("change", async () => {
    const data = new FormData();
    if (!file.files[0]) return;
    data.set("file", file.files[0]);
    data.set("csrf_token", form.elements.csrf_token.value);
    file.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.upload, { method: "POST", body: data });
      const said = await answer.json();
      complain(answer.ok ? "" : said.message || said.detail || "");
      if (!answer.ok) return;
      id.value = said.id;
      shown.src = said.url;
      shown.hidden = false;
      file.value = "";
      if (form.elements.logo_drop) form.elements.logo_drop.checked = false;
      renew();
    } catch {
      // Without an answer the picture stays chosen and goes up with the form.
    } finally {
      file.removeAttribute("aria-busy");
    }
  });
})();
