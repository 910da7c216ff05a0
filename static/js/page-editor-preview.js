// The phone beside the form: shows what is typed a moment later, in the language being written, at the block being written.
(() => {
  const editor = window.shelftalkEditor;
  const frame = document.querySelector("[data-frame]");
  if (!frame) return;
  const form = document.querySelector("[data-editor]");
  let timer = 0;
  let running = false;
  let again = false;
  const tag = () => form.elements.show.value;

  // Only what the page says and its style are exchanged, so nothing flickers and the place is kept. Its policy knows
  // the first style alone, and each kind of block brings its own: the new one comes in as a sheet, not as an element.
  const dress = (page, style) => {
    const sheet = new frame.contentWindow.CSSStyleSheet();
    sheet.replaceSync(style);
    page.adoptedStyleSheets = [sheet];
    page.querySelector("head style")?.remove();
  };
  const show = (html) => {
    const page = frame.contentDocument;
    let style = "";
    const bare = html.replace(/<style>([\s\S]*?)<\/style>/, (_all, rules) => {
      style = rules;
      return "";
    });
    const next = new DOMParser().parseFromString(bare, "text/html");
    if (!page?.querySelector("main")) return;
    if (style) dress(page, style);
    const open = [...page.querySelectorAll("details[open] > summary")].map((item) => item.textContent);
    const top = page.documentElement.scrollTop;
    page.documentElement.lang = next.documentElement.lang;
    page.documentElement.dir = next.documentElement.dir;
    page.body.replaceChildren(...next.body.childNodes);
    for (const item of page.querySelectorAll("details > summary")) if (open.includes(item.textContent)) item.parentElement.open = true;
    page.documentElement.scrollTop = top;
  };

  const refresh = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      const answer = await editor.post(form.dataset.preview, editor.collect());
      if (answer.ok) {
        const data = await answer.json();
        show(data.html);
        editor.showState(data);
      }
    } catch { /* the next change tries again; saving says what is wrong */ }
    running = false;
    if (again) {
      again = false;
      refresh();
    }
  };
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(refresh, wait);
  };

  if (editor) {
    form.addEventListener("editor:changed", () => soon(400));
    form.addEventListener("editor:language", () => soon(0));
  } else {
    form.addEventListener("change", (event) => {
      if (event.target.matches('[name="show"]')) frame.src = `${form.dataset.preview}?lang=${tag()}`;
    });
  }

  const follow = (block) => {
    const page = frame.contentDocument;
    const place = page?.getElementById(block.dataset.block);
    if (place) place.scrollIntoView({ block: "center", behavior: "smooth" });
    else if (block.dataset.kind === "hero") page?.documentElement.scrollTo({ top: 0, behavior: "smooth" });
  };
  let last = null;
  form.addEventListener("focusin", (event) => {
    const block = event.target.closest("[data-block]");
    if (block && block !== last) follow(block);
    last = block || last;
  });

  // In the phone a link leads nowhere; a tap on a part leads to where it is written, one on a language writes in it.
  const listen = () => {
    const page = frame.contentDocument;
    if (!page || page.shelftalkHeard) return;
    page.shelftalkHeard = true;
    page.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const href = link?.getAttribute("href") || "";
      if (href.startsWith("#")) return;
      if (link) event.preventDefault();
      const other = new URLSearchParams(href.split("?")[1]).get("lang");
      const tab = other && form.querySelector(`[name="show"][value="${other}"]`);
      if (tab) {
        tab.checked = true;
        tab.dispatchEvent(new Event("change", { bubbles: true }));
        return;
      }
      const part = event.target.closest("section[id], .hero, .act");
      const block = part && (document.getElementById(`block-${part.id}`)
        || form.querySelector(`[data-kind="${part.matches(".act") ? "buy" : "hero"}"]`));
      block?.scrollIntoView({ block: "start", behavior: "smooth" });
    });
  };
  frame.addEventListener("load", listen);
  listen();
})();
