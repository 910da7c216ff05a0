// Every htmx request carries the form token; empty search fields stay out of the address.
document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) request.headers["X-CSRFToken"] = token.content;
  if (sourceElement?.hasAttribute?.("data-prune")) {
    for (const [name, value] of [...request.body.entries()]) if (value === "") request.body.delete(name);
  }
});
