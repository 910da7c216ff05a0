// The page editor's heart: what is saved, saving without leaving, two people at once, signed out meanwhile.
(() => {
  const form = document.querySelector("[data-editor]");
  if (!form || form.hasAttribute("data-readonly")) return;
  const says = (name, value = "") => (form.dataset[`says${name}`] || "").replace("%s", value);
  const state = form.querySelector("[data-state]");
  const problem = form.querySelector("[data-problem]");
  const conflict = form.querySelector("[data-conflict]");
  const problemText = form.querySelector("[data-problem-text]");
  let dirty = form.hasAttribute("data-unsaved");
  let busy = false;
  let resting = null; // the last time it saved by itself
  let changes = 0;

  const setState = (text, kind = "") => {
    state.textContent = text;
    state.title = text;
    state.classList.toggle("is-dirty", kind === "dirty");
    state.classList.toggle("is-busy", kind === "busy");
  };
  // As the server writes days and times: English with the day first and 24 hours.
  const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const clockNow = () => new Date().toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });

  const showProblem = (text, isConflict = false) => {
    problemText.textContent = text;
    problem.hidden = !text;
    conflict.hidden = !isConflict;
    if (text) problem.scrollIntoView({ block: "center" });
  };

  // A session that ended: a way to sign in beside the text, which stays where it is.
  let signedOut = false;
  const showSignIn = (out) => {
    signedOut = out;
    for (const link of form.querySelectorAll("[data-sign-in]")) link.hidden = !out;
  };

  const showErrors = (errors) => {
    let first = null;
    for (const line of form.querySelectorAll("[data-error]")) {
      const text = errors[line.dataset.error] || "";
      line.hidden = !text;
      line.querySelector("span").textContent = text;
      const input = document.getElementById(line.dataset.error);
      input?.classList.toggle("is-invalid", Boolean(text) && input.matches(".form-control"));
      if (text) input?.setAttribute("aria-invalid", "true");
      else input?.removeAttribute("aria-invalid");
      if (text && !first) first = line.dataset.error;
    }
    return first;
  };

  // Every text another language has and this one lacks, and what stands in the way of publishing.
  const showState = (answer) => {
    const lacking = new Set(Object.values(answer.missing).flat());
    for (const mark of form.querySelectorAll("[data-miss]")) mark.hidden = !lacking.has(mark.dataset.miss);
    const number = (count) => count.toLocaleString(document.documentElement.lang);
    for (const [tag, names] of Object.entries(answer.missing)) {
      const todo = form.querySelector(`[data-todo="${tag}"]`);
      const started = answer.written.includes(tag);
      todo.textContent = number(names.length);
      todo.hidden = !started || !names.length;
      form.querySelector(`[data-blank="${tag}"]`).hidden = started;
    }
    const list = form.querySelector("[data-gaps-list]");
    list.replaceChildren(...answer.gaps.map((gap) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `?show=${gap.language}#${gap.name}`;
      Object.assign(link.dataset, { goto: gap.name, language: gap.language });
      link.textContent = gap.text;
      item.append(link);
      return item;
    }));
    showOlder(answer);
    for (const note of form.querySelectorAll("[data-codeless]")) note.hidden = !answer.codeless.includes(note.dataset.codeless);
    const count = answer.gaps.length;
    form.querySelector("[data-gaps]").classList.toggle("is-ready", !count);
    form.querySelector("[data-gaps-count]").textContent = count
      ? form.dataset.saysGaps.replace("%n", number(count))
      : says(answer.published && !answer.has_news && !dirty ? "Current" : "Ready");
  };

  // Texts whose source is younger, and Markdown that will not look as written.
  const showOlder = (answer) => {
    const older = new Set(answer.older);
    for (const mark of form.querySelectorAll("[data-older]")) mark.hidden = !older.has(mark.dataset.older);
    for (const mark of form.querySelectorAll("[data-old-mark]")) mark.hidden = !answer.older.some((name) => name.endsWith(`.${mark.dataset.oldMark}`));
    for (const line of form.querySelectorAll("[data-note]")) {
      const text = answer.notes[line.dataset.note] || "";
      line.hidden = !text;
      line.querySelector("span").textContent = text;
    }
  };

  const goTo = (name, language) => {
    if (language) choose(language);
    const field = document.getElementById(name);
    const folded = field?.closest(".ed-body[hidden]");
    if (folded) form.dispatchEvent(new CustomEvent("editor:unfold", { detail: folded }));
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  };
  const choose = (tag) => {
    const tab = form.querySelector(`[name="show"][value="${tag}"]`);
    if (tab && !tab.checked) {
      tab.checked = true;
      tab.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const changed = () => {
    changes += 1;
    dirty = true;
    if (!busy) setState(says("Dirty"), "dirty");
    form.dispatchEvent(new CustomEvent("editor:changed"));
  };

  // Posts the form; a token that went stale while signing in again is renewed once.
  const post = async (address, data, again = true) => {
    const headers = { Accept: "application/json", "HX-Request": "true" };
    const answer = await fetch(address, { method: "POST", body: data, headers });
    if (![400, 401].includes(answer.status) || !again) return answer;
    const renewed = await fetch(form.dataset.token, { headers });
    if (!renewed.ok) return renewed;
    const { token } = await renewed.json();
    form.elements.csrf_token.value = token;
    const meta = document.querySelector('meta[name="csrf-token"]');
    if (meta) meta.content = token;
    data.set("csrf_token", token);
    return post(address, data, false);
  };
  // Files go up on their own; the form carries text only.
  const collect = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
    return data;
  };

  // Quiet: saved by itself while somebody writes. Nothing jumps; only a conflict speaks up.
  const save = async (action, quiet = false) => {
    if (busy && !quiet) await resting; // what somebody asks for waits for what is saved by itself; it is not dropped
    if (busy) return "busy";
    const sent = send(action, quiet);
    if (quiet) resting = sent;
    return sent;
  };
  const send = async (action, quiet) => {
    busy = true;
    await form.arriving; // a block that is on its way belongs to what is saved
    const before = changes;
    const data = collect();
    data.set("action", action);
    setState(says(action === "publish" ? "Publishing" : "Saving"), "busy");
    let text = says("Offline");
    let kept = "OfflineKept";
    try {
      const answer = await post(form.getAttribute("action"), data);
      showSignIn(answer.status === 401);
      if (answer.status === 401) [text, kept] = [says("SignedOut"), "SignedOutKept"];
      else if ([200, 409, 422].includes(answer.status) && answer.headers.get("Content-Type")?.includes("json")) {
        busy = false;
        return settle(answer.status, await answer.json(), before, quiet);
      } else text = says("Failed");
    } catch { /* the network: said below */ }
    busy = false;
    if (!quiet) showProblem(text);
    setState(says(quiet ? kept : "Dirty"), "dirty");
    return "failed";
  };

  const settle = (status, answer, before, quiet) => {
    const wrong = Object.keys(answer.errors).length > 0;
    const first = quiet ? null : showErrors(answer.errors);
    const saved = status === 200 || (status === 422 && !wrong && answer.revision === answer.stored_revision && answer.gaps.length);
    form.elements.seen_revision.value = answer.stored_revision;
    form.querySelector("[data-overwrite]").disabled = false;
    if (!quiet || status === 409) showProblem(answer.message, status === 409);
    else if (saved) showProblem("");
    if (saved) {
      form.elements.revision.value = answer.revision;
      form.elements.seen_revision.value = answer.revision;
      dirty = changes !== before;
      const news = document.querySelector("[data-news]");
      if (news) news.hidden = !answer.has_news;
    } else dirty = true;
    showState(answer);
    setState(dirty ? says("Dirty") : answer.notice || says("Saved", clockNow()), dirty ? "dirty" : "");
    if (saved) form.dispatchEvent(new CustomEvent("editor:saved", { detail: { whole: !dirty } }));
    if (first) goTo(first, first.split(".")[2]);
    if (!first && status === 422 && answer.gaps.length) form.querySelector("[data-gaps]").open = true;
    for (const item of document.querySelectorAll("[data-status]")) item.hidden = item.dataset.status !== answer.status;
    return saved ? "saved" : status === 409 ? "conflict" : "refused";
  };

  form.addEventListener("submit", (event) => {
    const action = event.submitter?.value || "save";
    if (!["save", "publish", "overwrite", "schedule"].includes(action)) return;
    event.preventDefault();
    event.stopPropagation();
    if (action === "schedule") setDate();
    else save(action);
  });
  const setDate = async () => {
    if (!dirty || (await save("save")) === "saved") location.assign(form.dataset.dates);
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches(".ed-input")) changed();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select.form-select[id], .form-check-input[id]")) changed();
  });
  form.addEventListener("editor:change", changed);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save("save");
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goto]");
    if (!link) return;
    event.preventDefault();
    goTo(link.dataset.goto, link.dataset.language);
  });
  let leaving = false;
  addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });

  // The languages shown stay in the address, so that loading again shows the same.
  form.addEventListener("change", (event) => {
    if (!event.target.matches('[name="show"], [name="beside"]')) return;
    const where = new URL(location.href);
    where.search = "";
    where.searchParams.set("show", form.elements.show.value);
    if (form.elements.beside.value) where.searchParams.set("beside", form.elements.beside.value);
    history.replaceState(history.state, "", where);
    form.dispatchEvent(new CustomEvent("editor:language"));
  });

  // How much room is left, once it gets tight.
  const count = (input) => {
    const place = input.closest(".ed-field")?.querySelector("[data-count]");
    const room = Number(input.dataset.max);
    if (!place || !room) return;
    const used = [...input.value.trim()].length;
    place.textContent = used > room * 0.8 ? `${used.toLocaleString(document.documentElement.lang)} / ${room.toLocaleString(document.documentElement.lang)}` : "";
    place.classList.toggle("is-over", used > room);
  };
  form.addEventListener("input", (event) => {
    if (event.target.dataset.max) count(event.target);
  });
  for (const input of form.querySelectorAll(".ed-input")) count(input);

  if (state.dataset.at && !dirty) {
    const at = new Date(state.dataset.at);
    const day = at.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
    setState(says("Saved", at.toLocaleString(locale, { ...day, hour: "2-digit", minute: "2-digit" })));
  }
  form.querySelector('[name="show"]:checked').closest("label").scrollIntoView({ block: "nearest", inline: "nearest" });
  const asked = decodeURIComponent(location.hash.slice(1));
  if (asked.startsWith("b.")) goTo(asked, asked.split(".")[2]);
  window.shelftalkEditor = { form, says, post, collect, showState, changed, save, complain: showProblem, locale, isDirty: () => dirty, isSignedOut: () => signedOut, leave: () => { leaving = true; } };
})();
