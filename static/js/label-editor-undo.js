// Label editor: undo and redo. A step is the whole form as it was; the server draws it again.
(() => {
  const editor = window.labelEditor;
  if (!editor) return;
  const { form } = editor;
  const MOST = 100;
  const SKIPPED = ["csrf_token", "form_key", "after", "do", "lang", "sample"];
  let steps = [];
  let now = -1;
  let waiting = 0;

  const take = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (!SKIPPED.includes(name) && typeof value === "string") data.append(name, value);
    }
    return data.toString();
  };
  const refresh = () => {
    form.querySelector("[data-undo]").disabled = now <= 0;
    form.querySelector("[data-redo]").disabled = now >= steps.length - 1;
  };
  editor.commit = () => {
    clearTimeout(waiting);
    const step = take();
    if (step !== steps[now]) {
      steps = [...steps.slice(Math.max(0, now + 2 - MOST), now + 1), step];
      now = steps.length - 1;
    }
    refresh();
  };
  editor.commitSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(editor.commit, 500);
  };

  const go = async (by) => {
    editor.commit();
    const step = steps[now + by];
    if (step === undefined) return;
    now += by;
    const data = new FormData();
    for (const [name, value] of new FormData(form)) if (SKIPPED.includes(name)) data.append(name, value);
    for (const [name, value] of new URLSearchParams(step)) data.append(name, value);
    const { chosen } = editor;
    restoring = true;
    await editor.act("show", data);
    restoring = false;
    if (editor.element(chosen)) editor.choose(chosen);
    refresh();
  };
  let restoring = false;
  form.addEventListener("design-acted", () => { if (restoring) refresh(); else editor.commit(); });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-undo]")) go(-1);
    if (event.target.closest("[data-redo]")) go(1);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches?.("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") {
      event.preventDefault();
      go(key === "y" || event.shiftKey ? 1 : -1);
    }
  });
  editor.commit();
})();
