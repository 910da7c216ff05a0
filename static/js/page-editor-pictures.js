// Pictures and files go up as soon as they are chosen or dropped; the form keeps their ids. Points of pictures by click.
(() => {
  const editor = window.shelftalkEditor;
  if (!editor) return;
  const { form } = editor;
  const find = (field, name) => field.querySelector(name);
  const focusOf = (field) => {
    const scope = field.closest("[data-row]") || field.closest(".ed-body");
    return [...scope.querySelectorAll("[data-focus]")].find((item) => item.closest("[data-row]") === field.closest("[data-row]"));
  };

  const put = (field, said) => {
    find(field, "[data-picture-id]").value = said.id;
    find(field, "[data-picture-clear]").hidden = !said.id;
    const now = find(field, ".ed-picture-now");
    if (now) {
      now.hidden = !said.id;
      if (said.id) now.src = said.url;
      find(field, ".ed-picture-none").hidden = Boolean(said.id);
      const focus = focusOf(field);
      if (focus) {
        focus.hidden = !said.id;
        if (said.id) find(focus, "img").src = said.large || said.url;
        for (const input of focus.querySelectorAll("input")) input.value = "";
        place(focus);
      }
    } else {
      const line = find(field, "[data-file-now]");
      line.hidden = !said.id;
      find(line, "a").href = said.url;
      find(line, "bdi").textContent = said.name;
    }
    editor.changed();
  };
  const complain = (field, text) => {
    const error = find(field, "[data-error]");
    error.hidden = !text;
    find(error, "span").textContent = text;
  };

  // Says how far it is. A form token that went stale is renewed by the editor's own way of posting.
  const send = (address, data, tell) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(event.loaded / event.total));
    request.addEventListener("load", () => resolve(new Response(request.response, {
      status: request.status,
      headers: { "Content-Type": request.getResponseHeader("Content-Type") || "" },
    })));
    request.addEventListener("error", reject);
    request.send(data);
  });

  const upload = async (field, file) => {
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    data.set("kinds", field.dataset.kinds || "");
    data.set("file", file);
    const state = find(field, "[data-picture-state]");
    const bar = find(field, "[data-progress]");
    complain(field, "");
    state.textContent = editor.says("Uploading");
    bar.hidden = false;
    bar.value = 0;
    const tell = (part) => {
      if (part < 1) bar.value = part * 100;
      else bar.removeAttribute("value");
    };
    try {
      let answer = await send(field.dataset.upload, data, tell);
      if ([400, 401].includes(answer.status)) answer = await editor.post(field.dataset.upload, data);
      if (answer.status === 401) complain(field, editor.says("SignedOut"));
      else if (answer.headers.get("Content-Type")?.includes("json")) {
        const said = await answer.json();
        if (answer.ok) put(field, said);
        else complain(field, said.message);
      } else complain(field, editor.says(answer.status === 413 ? "TooLarge" : "Failed"));
    } catch {
      complain(field, editor.says("Offline"));
    }
    state.textContent = "";
    bar.hidden = true;
  };

  form.addEventListener("change", async (event) => {
    const field = event.target.type === "file" && event.target.closest("[data-picture]");
    if (!field || !event.target.files.length) return;
    await upload(field, event.target.files[0]);
    event.target.value = "";
  });
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-picture-clear]")) return;
    event.preventDefault();
    event.stopPropagation();
    put(event.submitter.closest("[data-picture]"), { id: "", url: "", name: "" });
  });

  // Dropped files: into the field under the pointer; beside one nothing happens, least of all leaving the page.
  let target = null;
  const aim = (field) => {
    target?.classList.remove("is-target");
    target = field;
    target?.classList.add("is-target");
  };
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    aim(event.target.closest?.("[data-picture]"));
    event.dataTransfer.dropEffect = target ? "copy" : "none";
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) aim(null);
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const field = event.target.closest?.("[data-picture]");
    aim(null);
    if (field && event.dataTransfer.files.length) upload(field, event.dataTransfer.files[0]);
  });

  // The point that must stay in view.
  const read = (focus) => [...focus.querySelectorAll("input")].map((input) => (input.value === "" ? 50 : Number(input.value)));
  const place = (focus) => {
    const [across, down] = read(focus);
    find(focus, "i").style.left = `${across}%`;
    find(focus, "i").style.top = `${down}%`;
    const scope = focus.closest("[data-row]") || focus.closest(".ed-body");
    const thumb = find(scope, ".ed-picture-now");
    if (thumb) thumb.style.objectPosition = `${across}% ${down}%`;
  };
  const move = (focus, across, down) => {
    const kept = [across, down].map((value) => Math.round(Math.min(100, Math.max(0, value))));
    focus.querySelectorAll("input").forEach((input, nth) => { input.value = kept[nth]; });
    place(focus);
    editor.changed();
  };
  form.addEventListener("click", (event) => {
    const pad = event.target.closest("[data-focus-pad]");
    if (!pad || !event.detail) return;
    const box = pad.getBoundingClientRect();
    move(pad.closest("[data-focus]"), ((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  });
  const STEPS = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] };
  form.addEventListener("keydown", (event) => {
    const focus = event.target.closest("[data-focus-pad]")?.closest("[data-focus]");
    if (!focus || !(event.key in STEPS)) return;
    event.preventDefault();
    const [across, down] = read(focus);
    move(focus, across + STEPS[event.key][0], down + STEPS[event.key][1]);
  });
  form.addEventListener("input", (event) => {
    const focus = event.target.closest("[data-focus]");
    if (focus) place(focus);
  });
  for (const focus of form.querySelectorAll("[data-focus]")) place(focus);
})();
