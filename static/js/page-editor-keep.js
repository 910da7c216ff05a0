// Nothing typed is lost: kept in this browser within a second, saved by itself when hands rest, offered back after
// a crash, a closed lid or a sign-out. Besides, it tells who else has the page open.
(() => {
  const editor = window.shelftalkEditor;
  if (!editor) return;
  const { form, says } = editor;
  const key = form.dataset.keep;
  const mine = form.elements.editor.value;
  const banner = form.querySelector("[data-kept]");
  const KEPT = 5; // texts of as many crashed windows
  const SOON = 500;
  const LONG = 3; // autosaves: whoever never rests is saved after as many

  // ---- this browser ----
  const read = () => {
    try {
      const texts = JSON.parse(localStorage.getItem(key) || "[]");
      return Array.isArray(texts) ? texts.filter((text) => Array.isArray(text?.pairs)) : [];
    } catch {
      return [];
    }
  };
  const write = (texts) => {
    try {
      if (texts.length) localStorage.setItem(key, JSON.stringify(texts.slice(-KEPT)));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false;
    }
  };
  const list = () => [...editor.collect()].filter(([name]) => name === "block" || name.startsWith("b.") || name === "source" || name === "removed");
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    if (!editor.isDirty()) return;
    const pairs = list();
    const others = read().filter((text) => text.editor !== mine && !same(text.pairs, pairs));
    const text = { editor: mine, at: new Date().toISOString(), revision: form.elements.revision.value, show: form.elements.show.value, pairs };
    if (!write([...others, text])) form.querySelector("[data-state]").textContent = says("Full");
  };
  const forget = (which) => write(read().filter((text) => text.editor !== which));

  // ---- offered back ----
  const count = (pairs) => {
    const now = new Map(list().filter(([name]) => name !== "block"));
    const then = new Map(pairs.filter(([name]) => name !== "block"));
    const blank = (value) => (value || "").trim();
    const names = new Set([...now.keys(), ...then.keys()].filter((name) => name.startsWith("b.") && !/\.(type|hidden)$/.test(name)));
    const order = (all) => all.filter(([name]) => name === "block").map(([, value]) => value).join();
    const differ = [...names].filter((name) => blank(now.get(name)) !== blank(then.get(name))).length;
    return differ || Number(order(list()) !== order(pairs) || [...then].some(([name, value]) => name.endsWith(".hidden") && now.get(name) !== value));
  };
  let offered = null;
  const offer = () => {
    offered = null;
    for (const text of read().filter((one) => one.editor !== mine).reverse()) {
      const differ = count(text.pairs);
      if (differ) {
        offered = text;
        const at = new Date(text.at);
        const day = at.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
        const when = at.toLocaleString(editor.locale, { ...day, hour: "2-digit", minute: "2-digit" });
        banner.querySelector("[data-kept-text]").textContent = says("Kept", when);
        const number = differ.toLocaleString(document.documentElement.lang);
        banner.querySelector("[data-kept-count]").textContent = differ === 1 ? says("KeptOne") : form.dataset.saysKeptMany.replace("%n", number);
        break;
      }
      forget(text.editor);
    }
    banner.hidden = !offered;
  };
  // The server draws the page again with the text in it; what is kept goes only once it is saved.
  const takeBack = () => {
    const back = document.createElement("form");
    back.method = "post";
    back.action = form.getAttribute("action");
    const sent = [...offered.pairs, ["editor", offered.editor], ["revision", offered.revision], ["show", offered.show]];
    for (const [name, value] of [...sent, ["csrf_token", form.elements.csrf_token.value], ["action", "show"]]) {
      const input = document.createElement("textarea");
      Object.assign(input, { name, value });
      back.append(input);
    }
    back.hidden = true;
    document.body.append(back);
    keep();
    editor.leave();
    back.submit();
  };
  banner.querySelector("[data-kept-take]").addEventListener("click", takeBack);
  banner.querySelector("[data-kept-drop]").addEventListener("click", () => {
    forget(offered.editor);
    offer();
    form.querySelector("[data-fold]")?.focus({ preventScroll: true });
  });

  // ---- saved by itself ----
  let resting = 0;
  let since = 0;
  let stopped = false;
  const rest = (wait) => {
    clearTimeout(resting);
    resting = setTimeout(autosave, wait);
  };
  const pause = () => Number(form.dataset.autosave);
  const autosave = async () => {
    if (!editor.isDirty() || stopped) return;
    const outcome = await editor.save("autosave", true);
    if (outcome === "conflict") stopped = true;
    if (outcome === "failed" || outcome === "busy") rest(pause());
  };
  form.addEventListener("editor:changed", () => {
    if (!timer) timer = setTimeout(keep, SOON);
    since ||= Date.now();
    const left = Math.max(0, since + LONG * pause() - Date.now());
    rest(Math.min(pause(), left));
  });
  form.addEventListener("editor:saved", (event) => {
    since = 0;
    stopped = false;
    if (event.detail.whole) forget(mine);
    else keep();
  });
  addEventListener("online", () => rest(0));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && editor.isSignedOut()) rest(0); // back from signing in
  });
  for (const [target, name] of [[document, "visibilitychange"], [window, "pagehide"], [window, "beforeunload"]]) target.addEventListener(name, keep);

  // ---- who else is there ----
  const others = form.querySelector("[data-others]");
  const newer = form.querySelector("[data-newer]");
  const tell = async () => {
    const data = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    try {
      const answer = await editor.post(form.dataset.here, data);
      if (!answer.ok) return;
      const said = await answer.json();
      others.hidden = !said.others.length;
      others.querySelector("[data-others-text]").textContent = said.others.join(" ");
      newer.hidden = !said.saved || said.revision <= Number(form.elements.revision.value);
      newer.querySelector("[data-newer-text]").textContent = said.saved;
    } catch { /* no network: told where saving fails */ }
  };
  const again = () => setTimeout(async () => {
    if (!document.hidden) await tell();
    again();
  }, Number(form.dataset.presence));
  tell();
  again();
  addEventListener("pagehide", () => {
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    navigator.sendBeacon(form.dataset.left, data);
  });

  // ---- texts older than their source ----
  form.addEventListener("submit", async (event) => {
    if (!event.submitter?.matches("[data-fits]")) return;
    event.preventDefault();
    event.stopPropagation();
    const data = editor.collect();
    data.set("action", event.submitter.value);
    try {
      const answer = await editor.post(form.getAttribute("action"), data);
      if (answer.ok) editor.showState(await answer.json());
    } catch { /* the mark stays: nothing was noted */ }
  });
  document.querySelector("[data-source]")?.addEventListener("change", (event) => {
    const chosen = event.target.selectedOptions[0];
    for (const name of form.querySelectorAll("[data-source-name]")) {
      name.textContent = chosen.textContent;
      name.lang = chosen.value;
    }
    editor.changed();
  });

  if (editor.isDirty()) keep();
  offer();
})();
