// What must not be in a page whose texts are all foreign; and whatever a page would say when one of them ran.
"use strict";

window.hostile = {
  /** Every foreign thing in the structure of a document. `headings`: how many of the first level are its own. */
  listWrong(page, headings) {
    const wrong = [];
    const own = (address) => address === null || new URL(address, page.baseURI).origin === location.origin;
    if (page.querySelectorAll("h1").length !== headings) wrong.push(`${page.querySelectorAll("h1").length} h1`);
    if (page.querySelectorAll("title").length - page.querySelectorAll("svg title").length !== 1) wrong.push("title");
    for (const one of page.querySelectorAll("script")) {
      const data = ["application/ld+json", "application/json"].includes(one.type);
      if (data ? !isWhole(one.textContent) : !(one.src && own(one.src) && one.src.includes("/static/"))) {
        wrong.push(one.outerHTML);
      }
    }
    for (const one of page.querySelectorAll("object, embed, base, frame, frameset, marquee, math, meta[http-equiv=refresh]")) {
      wrong.push(one.outerHTML);
    }
    for (const one of page.querySelectorAll("form, [formaction]")) {
      if (!own(one.getAttribute("action")) || !own(one.getAttribute("formaction"))) wrong.push(one.outerHTML);
    }
    for (const one of page.querySelectorAll("img, source, video, audio, track, link[rel=stylesheet]")) {
      if (!own(one.getAttribute("src")) || !own(one.getAttribute("href"))) wrong.push(one.outerHTML);
    }
    for (const one of page.querySelectorAll("*")) {
      for (const { name, value } of one.attributes) {
        if (name.startsWith("on") || name === "srcdoc" && !one.matches("iframe[data-frame]")) wrong.push(one.outerHTML);
        if (/^(href|xlink:href|src|action|formaction|data|poster)$/.test(name)
          && /^(javascript|data|vbscript|blob|file)/i.test(value.replace(/[\s\x00-\x20]/g, ""))) wrong.push(one.outerHTML);
      }
    }
    return wrong.map((line) => line.slice(0, 300));
  },
};

function isWhole(text) {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
