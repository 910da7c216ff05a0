// A placement's form: the medium brings its usual stage along, and an empty call to action shows what will stand there.
(() => {
  const form = document.querySelector("[data-placement]");
  const source = document.getElementById("placement-words");
  if (!form || !source) return;
  const words = JSON.parse(source.textContent);
  const stages = [...form.querySelectorAll('input[name="stage"]')];
  let chosen = stages.some((radio) => radio.checked); // by a person, so it stays

  const follow = () => {
    if (chosen) return;
    const usual = words.stages[form.elements.medium.value];
    for (const radio of stages) radio.checked = radio.value === usual;
  };
  const promise = () => {
    const tag = form.elements.language.value;
    const stage = stages.find((radio) => radio.checked)?.value;
    const line = form.elements.call_to_action;
    line.placeholder = words.promises[tag]?.[stage] ?? "";
    line.lang = tag;
    line.dir = line.value ? "auto" : words.directions[tag];
  };
  let language = "";
  form.addEventListener("change", (event) => {
    if (event.target.name === "stage") chosen = true;
    if (event.target.name === "language") language = event.target.value;
    if (event.target.name === "medium") follow();
    promise();
  });
  form.addEventListener("input", (event) => { if (event.target.name === "call_to_action") promise(); });
  // Another product brings its own order of languages; the one chosen stays.
  document.addEventListener("htmx:after:swap", () => {
    if (language) form.elements.language.value = language;
    promise();
  });
  follow();
  promise();
})();
