// Label editor: moving and sizing by mouse, touch and keyboard, with guides to snap to.
(() => {
  const editor = window.labelEditor;
  if (!editor) return;
  const { form } = editor;
  const LEAST = 1;
  const NEAR = 6; // pixels within which an edge jumps to a guide
  let drag = null;

  const round = (value, step) => Math.round(value / step) * step;
  const isSymbol = (id) => editor.element(id)?.dataset.kind === "symbol";
  const leastOf = (id) => (editor.element(id)?.dataset.kind === "line" ? 0 : LEAST);

  const listGuides = (id) => {
    const { width, height } = editor.size();
    const guides = { x: [0, width / 2, width], y: [0, height / 2, height] };
    for (const element of editor.elements()) {
      if (element.dataset.el === id) continue;
      const box = editor.read(element.dataset.el);
      guides.x.push(box.x, box.x + box.width / 2, box.x + box.width);
      guides.y.push(box.y, box.y + box.height / 2, box.y + box.height);
    }
    return guides;
  };

  // The smallest step that brings one of the points onto a guide.
  const pull = (points, guides, near) => {
    let best = null;
    for (const point of points) {
      for (const guide of guides) {
        const step = guide - point;
        if (Math.abs(step) <= near && (!best || Math.abs(step) < Math.abs(best.step))) best = { step, guide };
      }
    }
    return best;
  };

  const drawGuides = (found) => {
    const canvas = editor.canvas();
    canvas.querySelectorAll(".d-guide").forEach((one) => one.remove());
    const { width, height } = editor.size();
    for (const [axis, one] of Object.entries(found)) {
      if (!one) continue;
      const line = document.createElement("span");
      line.className = `d-guide is-${axis}`;
      if (axis === "x") line.style.left = `${(one.guide / width) * 100}%`;
      else line.style.top = `${(one.guide / height) * 100}%`;
      canvas.append(line);
    }
  };

  const keepInside = (box) => {
    const { width, height } = editor.size();
    box.x = Math.min(Math.max(0, box.x), Math.max(0, width - box.width));
    box.y = Math.min(Math.max(0, box.y), Math.max(0, height - box.height));
    return box;
  };

  const move = (event) => {
    const dx = (event.clientX - drag.x) / drag.scale;
    const dy = (event.clientY - drag.y) / drag.scale;
    const near = event.altKey ? 0 : NEAR / drag.scale;
    const box = { ...drag.box };
    if (!drag.handle) {
      box.x = round(box.x + dx, 0.1);
      box.y = round(box.y + dy, 0.1);
      const found = {
        x: near && pull([box.x, box.x + box.width / 2, box.x + box.width], drag.guides.x, near),
        y: near && pull([box.y, box.y + box.height / 2, box.y + box.height], drag.guides.y, near),
      };
      if (found.x) box.x += found.x.step;
      if (found.y) box.y += found.y.step;
      drawGuides(found);
      editor.write(drag.id, keepInside(box));
    } else {
      editor.write(drag.id, pullCorner(box, dx, dy, near));
    }
    drag.moved = true;
    editor.showSoon(350);
  };

  const pullCorner = (box, dx, dy, near) => {
    const least = leastOf(drag.id);
    const west = drag.handle.includes("w");
    const north = drag.handle.includes("n");
    let x = round((west ? box.x : box.x + box.width) + dx, 0.1);
    let y = round((north ? box.y : box.y + box.height) + dy, 0.1);
    const found = { x: near && pull([x], drag.guides.x, near), y: near && pull([y], drag.guides.y, near) };
    if (found.x) x = found.x.guide;
    if (found.y) y = found.y.guide;
    const { width, height } = editor.size();
    let wide = Math.max(least, west ? box.x + box.width - Math.max(0, x) : Math.min(width, x) - box.x);
    let high = Math.max(least, north ? box.y + box.height - Math.max(0, y) : Math.min(height, y) - box.y);
    if (isSymbol(drag.id)) {
      const room = Math.min(west ? box.x + box.width : width - box.x, north ? box.y + box.height : height - box.y);
      wide = high = Math.min(Math.max(wide, high), room);
    }
    drawGuides(isSymbol(drag.id) ? {} : found);
    return {
      x: west ? box.x + box.width - wide : box.x,
      y: north ? box.y + box.height - high : box.y,
      width: wide,
      height: high,
    };
  };

  form.addEventListener("pointerdown", (event) => {
    const shown = event.target.closest("[data-box]");
    if (!shown || event.button > 0) {
      if (event.target.closest("[data-canvas]") || event.target.matches(".d-scroll")) editor.choose("", { unfold: false });
      return;
    }
    const id = shown.dataset.box;
    editor.choose(id);
    shown.focus({ preventScroll: true });
    const scale = editor.canvas().getBoundingClientRect().width / editor.size().width;
    const handle = event.target.closest("[data-handle]")?.dataset.handle || "";
    drag = { id, handle, x: event.clientX, y: event.clientY, box: editor.read(id), scale, guides: listGuides(id), moved: false };
    shown.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  form.addEventListener("pointermove", (event) => { if (drag) move(event); });
  const drop = () => {
    if (!drag) return;
    const { moved } = drag;
    drag = null;
    drawGuides({});
    if (moved) {
      form.setAttribute("data-dirty", "");
      form.querySelector("[data-form-state]").textContent = form.querySelector("[data-form-state]").dataset.changed;
      editor.commit?.();
      editor.showSoon(60);
    }
  };
  form.addEventListener("pointerup", drop);
  form.addEventListener("pointercancel", drop);

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  form.addEventListener("keydown", (event) => {
    const shown = event.target.closest?.("[data-box]");
    if (!shown) return;
    const id = shown.dataset.box;
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      const by = event.shiftKey ? 1 : 0.1;
      const box = editor.read(id);
      if (event.altKey) {
        box.width = Math.max(leastOf(id), box.width + step[0] * by);
        box.height = Math.max(leastOf(id), box.height + step[1] * by);
        if (isSymbol(id)) box.width = box.height = step[0] ? box.width : box.height;
      } else {
        box.x += step[0] * by;
        box.y += step[1] * by;
      }
      if (editor.chosen !== id) editor.choose(id);
      editor.write(id, keepInside(box));
      form.setAttribute("data-dirty", "");
      editor.commitSoon?.();
      editor.showSoon();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      editor.commit?.();
      editor.act(`remove:${id}`);
    } else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      editor.commit?.();
      editor.act(`copy:${id}`);
    } else if (event.key === "Escape") {
      editor.choose("", { unfold: false });
    }
  });
  form.addEventListener("focusin", (event) => {
    const shown = event.target.closest?.("[data-box]");
    if (shown && !drag && shown.dataset.box !== editor.chosen) editor.choose(shown.dataset.box);
  });
})();
