// The page works without this. It keeps a reload or a shared link from counting as a new scan, and offers to share.
(() => {
  const root = document.documentElement;
  const slug = root.dataset.slug;

  const here = location.href.split(/[?#]/)[0];

  // Links and forms keep the scanned code: the place goes with the reader, whatever the address says from here on.
  if (slug) {
    for (const link of document.querySelectorAll('a[href^="?"]')) link.href = link.href;
    for (const form of document.forms) {
      form.setAttribute("action", new URL(form.getAttribute("action") ?? "", location.href));
      // An impatient second tap sends nothing again.
      let sent = 0;
      form.addEventListener("submit", (event) => {
        if (form.method !== "post") return;
        if (Date.now() - sent < 5000) event.preventDefault();
        else sent = Date.now();
      });
    }
  }
  if (slug && location.pathname !== `/p/${slug}`) {
    const chosen = new URLSearchParams(location.search).get("lang");
    history.replaceState(null, "", `/p/${slug}${chosen ? `?lang=${root.lang}` : ""}${location.hash}`);
  }

  // What is tapped, and once that somebody read on: no identity, and nothing from who asks not to be tracked.
  const quiet = !slug || navigator.globalPrivacyControl || navigator.doNotTrack === "1";
  const tell = (what) => {
    if (quiet) return;
    const url = `${here}?act=${what}&lang=${root.lang}`;
    if (!navigator.sendBeacon?.(url)) fetch(url, { method: "POST", keepalive: true }).catch(() => {});
  };
  const tellOf = (element) => {
    const block = element.closest("section[id]");
    tell(block ? `${block.id}.${element.dataset.act}` : element.dataset.act);
  };
  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-act]");
    if (!element || element.matches("audio, video")) return;
    const summary = event.target.closest("summary");
    if (!element.matches("details") || (summary?.parentElement === element && !element.open)) tellOf(element);
  });
  document.addEventListener("play", (event) => event.target.matches("[data-act]") && tellOf(event.target), true);

  const sections = document.querySelectorAll("main section");
  const mark = sections[Math.ceil(sections.length / 3)];
  let told = false;
  let timer = 0;
  const read = () => {
    removeEventListener("scroll", look);
    if (!told) tell("read");
    told = true;
  };
  const look = () => {
    timer ||= setTimeout(read, Math.max(0, 10000 - performance.now()));
    if (mark && mark.getBoundingClientRect().top < innerHeight / 2) read();
  };
  addEventListener("scroll", look, { passive: true });

  const menu = document.querySelector(".lang");
  document.addEventListener("click", (event) => {
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu?.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  const button = document.querySelector("[data-share]");
  if (!button || !slug) return;
  const bar = button.parentElement;
  const said = bar.querySelector("[role=status]");
  const address = `${location.origin}/p/${slug}?lang=${root.lang}&via=share`;
  button.hidden = false;
  bar.hidden = false;

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      const field = document.createElement("textarea");
      field.value = address;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    said.textContent = button.dataset.copied;
    setTimeout(() => (said.textContent = ""), 3000);
  };

  button.addEventListener("click", async () => {
    if (!navigator.share) return copy();
    try {
      await navigator.share({ title: document.title, url: address });
    } catch (error) {
      if (error.name !== "AbortError") await copy();
    }
  });
})();

// Films: one of the page's own plays when it is opened; one from elsewhere comes only after the tap on it.
(() => {
  document.addEventListener("toggle", (event) => {
    const film = event.target.matches(".own[open]") && event.target.querySelector("video");
    if (!film) return;
    for (const track of film.textTracks) track.mode = "showing"; // shops are loud, and phones in them quiet
    film.play().catch(() => {});
  }, true);
  document.addEventListener("click", (event) => {
    const film = event.target.closest("a[data-film]");
    if (!film || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const player = document.createElement("iframe");
    player.className = "player";
    player.title = film.querySelector("b").textContent;
    player.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
    player.referrerPolicy = "origin" in film.dataset ? "strict-origin" : "no-referrer";
    player.src = film.dataset.film;
    film.replaceWith(player);
    player.focus();
  });
})();
