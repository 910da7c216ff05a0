// Pictures go up as soon as they are chosen; the form keeps their ids.
(() => {
  const editor = window.shelftalkEditor;
  if (!editor) return;
  const { form } = editor;
  const parts = (field) => ({
    id: field.querySelector("[data-picture-id]"),
    now: field.querySelector(".ed-picture-now"),
    none: field.querySelector(".ed-picture-none"),
    clear: field.querySelector("[data-picture-clear]"),
    state: field.querySelector("[data-picture-state]"),
    error: field.querySelector("[data-error]"),
  });
  const put = (field, id, url) => {
    const part = parts(field);
    part.id.value = id;
    part.now.hidden = !id;
    if (id) part.now.src = url;
    part.none.hidden = Boolean(id);
    part.clear.hidden = !id;
    editor.changed();
  };
  const complain = (field, text) => {
    const { error } = parts(field);
    error.hidden = !text;
    error.querySelector("span").textContent = text;
  };

  form.addEventListener("change", async (event) => {
    const field = event.target.type === "file" && event.target.closest("[data-picture]");
    if (!field || !event.target.files.length) return;
    const { state } = parts(field);
    const data = new FormData();
    data.set("file", event.target.files[0]);
    data.set("csrf_token", form.elements.csrf_token.value);
    complain(field, "");
    state.textContent = editor.says("Uploading");
    try {
      const answer = await editor.post("/admin/media", data);
      if (answer.status === 401) complain(field, editor.says("SignedOut"));
      else if (answer.headers.get("Content-Type")?.includes("json")) {
        const said = await answer.json();
        if (answer.ok) put(field, said.id, said.url);
        else complain(field, said.message);
      } else complain(field, editor.says("Failed"));
    } catch {
      complain(field, editor.says("Offline"));
    }
    state.textContent = "";
    event.target.value = "";
  });

  form.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-picture-clear]")) return;
    event.preventDefault();
    event.stopPropagation();
    put(event.submitter.closest("[data-picture]"), "", "");
  });
})();
