// While a question is typed, the questions below narrow to those that fit. Sending it searches the whole page.
(() => {
  const folds = { ي: "ی", ى: "ی", ك: "ک", "\u200c": " ", ё: "е" };
  const fold = (text) =>
    text
      .toLowerCase()
      .replace(/[ييىك\u200cё]/g, (sign) => folds[sign])
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);
  const han = /\p{Script=Han}/u;
  // The beginnings of the words that say something; pairs of signs in Chinese.
  const parts = (word) => {
    if (han.test(word)) return word.length < 2 ? [word] : Array.from(word.slice(1), (sign, place) => word[place] + sign);
    return word.length < (/[a-z]/.test(word) ? 4 : 3) ? [] : [word.slice(0, Math.max(3, word.length - 2))];
  };

  for (const form of document.querySelectorAll(".find")) {
    const section = form.parentElement;
    const rows = Array.from(section.querySelectorAll(".ask"), (row) => ({ row, text: fold(row.textContent) }));
    const said = section.querySelector(".found");
    if (!rows.length || !said) continue;
    form.elements.ask.addEventListener("input", () => {
      const words = fold(form.elements.ask.value).match(/[\p{L}\p{N}]+/gu) || [];
      const wanted = words.flatMap(parts);
      const scores = rows.map(() => 0);
      for (const part of wanted) {
        const having = rows.map(({ text }) => text.includes(part));
        const weight = part.length / having.filter(Boolean).length; // a rare, long word says most
        for (const [place, has] of having.entries()) if (has) scores[place] += weight;
      }
      const best = Math.max(...scores);
      for (const [place, { row }] of rows.entries()) row.hidden = best > 0 && scores[place] * 2 < best;
      said.textContent = wanted.length && !best ? said.dataset.none : "";
    });
  }
})();
