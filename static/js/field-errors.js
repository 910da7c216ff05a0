// Mistakes beside their fields after a live answer: what was mended goes, and new ones come where a form wants them.
// A list is elements with `data-fault-of`, the field's name; what they say is the mistake.
(() => {
  const lookIn = (form, name) => form.querySelector(`#field-${CSS.escape(name)}`);

  const clear = (form, line, name) => {
    const marked = line.closest(".field")?.querySelectorAll("[aria-invalid]") || [];
    for (const input of marked) {
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
      const said = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== `field-${name}-error`);
      if (said.length) input.setAttribute("aria-describedby", said.join(" "));
      else input.removeAttribute("aria-describedby");
    }
    line.remove();
    form.querySelector("[data-form-errors]")?.remove(); // its count is no longer true
  };

  const add = (input, name, text, sign) => {
    const line = document.createElement("p");
    line.className = "field-error";
    line.id = `field-${name}-error`;
    if (sign) line.append(sign.cloneNode(true));
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
    input.after(line);
    input.classList.add("is-invalid");
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${line.id} ${input.getAttribute("aria-describedby") || ""}`.trim());
  };

  window.showFieldErrors = (form, list, { adding = false } = {}) => {
    const said = new Map([...list.querySelectorAll("[data-fault-of]")].map((one) => [one.dataset.faultOf, one.querySelector("[data-said]").textContent]));
    for (const line of form.querySelectorAll(".field-error[id$='-error']")) {
      const name = line.id.slice("field-".length, -"-error".length);
      const input = lookIn(form, name);
      const empty = input?.required && !input.value.trim(); // a live answer does not ask for it
      if (said.has(name)) line.querySelector("span").textContent = said.get(name);
      else if (!empty) clear(form, line, name);
    }
    if (!adding) return;
    for (const [name, text] of said) {
      const input = lookIn(form, name);
      if (input?.matches(".form-control, .form-select") && !document.getElementById(`field-${name}-error`)) add(input, name, text, list.querySelector(".alert .icon"));
    }
  };
})();
