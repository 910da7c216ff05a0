// The page works without this. It keeps a reload or a shared link from counting as a new scan, and offers to share.
(() => {
  const root = document.documentElement;
  const slug = root.dataset.slug;

  if (slug && location.pathname !== `/p/${slug}`) {
    // The language links keep the scanned code: the place goes with the reader.
    for (const link of document.querySelectorAll(".lang a")) link.href = link.href;
    const chosen = new URLSearchParams(location.search).get("lang");
    history.replaceState(null, "", `/p/${slug}${chosen ? `?lang=${root.lang}` : ""}${location.hash}`);
  }

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
  const address = `${location.origin}/p/${slug}?lang=${root.lang}`;
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
