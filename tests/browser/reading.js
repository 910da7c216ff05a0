// Measures of a page as it lies there, called by test_reading.py. Gives what is wrong as lines of text.
window.reading = (() => {
  const SCROLLERS = ".jump, .strip, select, textarea, input";
  const styleOf = (one) => getComputedStyle(one);
  const name = (one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")} “${one.textContent.trim().slice(0, 40)}”`;
  // Kept for screen readers only: one pixel, cut to nothing.
  const isForEars = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const style = styleOf(at);
      if (style.clipPath !== "none" || style.display === "none" || style.visibility === "hidden" || at.matches(".trap")) return true;
    }
    return false;
  };
  const texts = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const holder = node.parentElement;
      if (!node.data.trim() || holder.closest(`script, style, ${SCROLLERS}, svg`) || isForEars(holder)) continue;
      if (holder.closest("details:not([open])") && !holder.closest("summary")) continue;
      found.push(node);
    }
    return found;
  };
  const rects = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
  };
  const signAt = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const boxes = range.getClientRects();
    return boxes[boxes.length - 1];
  };

  const listWide = () => {
    const width = document.documentElement.clientWidth;
    const wrong = document.documentElement.scrollWidth > width ? [`scrolls sideways: ${document.documentElement.scrollWidth} px`] : [];
    for (const node of texts()) {
      if (rects(node).some((box) => box.left < -1 || box.right > width + 1)) wrong.push(`sticks out: ${name(node.parentElement)}`);
    }
    return wrong;
  };
  const listCut = () => {
    const wrong = [];
    for (const one of document.body.querySelectorAll("*")) {
      const style = styleOf(one);
      if (one.matches(SCROLLERS) || one.closest("svg") || !one.textContent.trim() || isForEars(one)) continue;
      const hides = ["hidden", "clip"];
      const across = hides.includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
      const down = hides.includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1;
      if (across || down) wrong.push(`is cut off: ${name(one)}`);
    }
    return wrong;
  };
  const listOverlaps = () => {
    const boxes = [];
    for (const node of texts()) {
      const holder = node.parentElement;
      let floats = false;
      for (let at = holder; at && at !== document.body; at = at.parentElement) {
        floats ||= ["absolute", "fixed", "sticky"].includes(styleOf(at).position);
      }
      if (floats) continue;
      // A line's box is higher than its letters: a fifth above and below is air.
      for (const box of rects(node)) boxes.push([box.left + 1, box.top + box.height * .25, box.right - 1, box.bottom - box.height * .25, node]);
    }
    boxes.sort((a, b) => a[1] - b[1]);
    const wrong = [];
    boxes.forEach((a, at) => {
      for (let next = at + 1; next < boxes.length && boxes[next][1] < a[3]; next++) {
        const b = boxes[next];
        if (a[4] !== b[4] && a[0] < b[2] && b[0] < a[2]) wrong.push(`${name(a[4].parentElement)} lies on ${name(b[4].parentElement)}`);
      }
    });
    return wrong;
  };

  const CLOSING = /[，。、！？；：）」』】》〉”’％…]/u;
  const OPENING = /[（「『【《〈“‘]/u;
  const listBadBreaks = () => {
    const wrong = [];
    for (const node of texts()) {
      for (let at = 1; at < node.data.length; at++) {
        if (!CLOSING.test(node.data[at]) && !OPENING.test(node.data[at - 1])) continue;
        const [before, here] = [signAt(node, at - 1), signAt(node, at)];
        if (before?.width && here?.width && here.top > before.bottom - 2) wrong.push(node.data.slice(Math.max(0, at - 6), at + 6));
      }
    }
    return wrong;
  };
  const AMOUNT = /[\p{Nd}½¼¾][\s\u00a0\u202f](?:(?:k?g|mg|µg|m?l|[kcm]?m|°C|%|kJ|kcal|min|hr?|к?г|мг|мкг|м?л|[кс]?м|мм|кДж|ккал|мин|ч|گرم|میلی‌گرم|میلی‌لیتر|لیتر|کیلوگرم|متر|سانتی‌متر|کیلوژول|کیلوکالری|دقیقه|ساعت|درجه)(?![\p{L}])|公克|克|毫克|毫升|公升|升|公分|厘米|公尺|米|小時|小时|分鐘|分钟)/gu;
  const listPartedUnits = () => {
    const wrong = [];
    for (const node of texts()) {
      for (const found of node.data.matchAll(AMOUNT)) {
        const [digit, unit] = [signAt(node, found.index), signAt(node, found.index + 2)];
        if (digit && unit && unit.top > digit.bottom - 2) wrong.push(node.data.slice(Math.max(0, found.index - 6), found.index + 10));
      }
    }
    return wrong;
  };

  const listFixed = () => [...document.body.querySelectorAll("*")].filter((one) => ["fixed", "sticky"].includes(styleOf(one).position) && !isForEars(one)).map(name);
  const channel = (value) => (value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => channel(part / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  // On paper nothing is behind the letters: their contrast with white.
  const listFaint = (least) => texts().map((node) => node.parentElement).filter((one) => 1.05 / (light(styleOf(one).color) + .05) < least).map((one) => `${name(one)} ${styleOf(one).color}`);
  const listEdgeless = (selector) => [...document.querySelectorAll(selector)].filter((one) => {
    const style = styleOf(one);
    return one.checkVisibility() && (style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) < 1);
  }).map(name);
  const isFocusSeen = () => {
    const one = document.activeElement;
    if (!one || one === document.body) return true;
    const shown = [one, one.parentElement].some((at) => styleOf(at).outlineStyle !== "none" && parseFloat(styleOf(at).outlineWidth) >= 2);
    return shown;
  };
  return { listWrong: () => [...listWide(), ...listCut(), ...listOverlaps()], listBadBreaks, listPartedUnits, listFixed, listFaint, listEdgeless, isFocusSeen };
})();
