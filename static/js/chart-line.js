// Draws the line of scans from the JSON beside it; the table under it says the same without this.
(() => {
  const drawn = new Map();
  const style = (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
  const text = (words) => {
    const span = document.createElement("span");
    span.textContent = words;
    return span.innerHTML;
  };

  // The drawing knows no direction: each text that is read from the right says so itself.
  const turn = (words, data) => (data.rtl ? `\u2067${words}\u2069` : words);

  // A mark's words stay inside the chart: towards the middle near its ends.
  const place = (at, data) => {
    const share = data.now.length > 1 ? at / (data.now.length - 1) : 0.5;
    const side = share < 0.25 ? "left" : share > 0.75 ? "right" : "center";
    const align = data.rtl ? { left: "right", right: "left", center: "center" }[side] : side;
    return { position: [align === "left" ? 0 : align === "right" ? 9 : 4.5, -17], align };
  };

  const makeOption = (data) => {
    const accent = style("--accent"), earlier = style("--accent-2"), soft = style("--soft"), line = style("--line");
    const ink = style("--ink"), card = style("--card"), warn = style("--warn");
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const font = getComputedStyle(document.body).fontFamily;
    // Days that are not over yet: dotted, so that a morning does not look like a fall.
    const whole = data.now.length - (data.running || 0);
    const solid = data.now.map((count, at) => (at < whole ? count : null));
    const series = [{
      name: data.names.now, type: "line", data: solid, symbol: "circle", symbolSize: 7,
      showSymbol: whole === 1, z: 3, itemStyle: { color: accent }, lineStyle: { width: 2.6, color: accent },
      markPoint: {
        symbol: "circle", symbolSize: 9, silent: true, itemStyle: { color: warn },
        label: { show: true, color: warn, fontSize: 11, backgroundColor: card, padding: [1, 3], borderRadius: 3, formatter: (mark) => mark.name },
        data: (data.marks || []).map((mark) => ({
          name: turn(mark.text, data), coord: [mark.at, data.now[mark.at]], label: place(mark.at, data),
        })),
      },
    }];
    if (data.running) {
      series.push({
        name: data.names.now, type: "line", data: data.now.map((count, at) => (at >= whole - 1 ? count : null)),
        showSymbol: whole < 1, symbol: "circle", symbolSize: 7, z: 3, silent: true, itemStyle: { color: accent },
        lineStyle: { width: 2.6, type: [1, 5], cap: "round", color: accent },
      });
    }
    if (data.before?.length) {
      series.push({
        name: data.names.before, type: "line", data: data.before, showSymbol: false, silent: true,
        itemStyle: { color: earlier }, lineStyle: { width: 2, type: [5, 5], color: earlier },
      });
    }
    const tip = (points) => {
      const at = points[0].dataIndex;
      const rows = [[data.labels[at], data.now[at]]];
      if (data.before?.length > at) rows.push([data.earlier[at], data.before[at]]);
      const lines = rows.map(([label, count], place) =>
        `<div class="tip-line"><span>${text(place ? label : data.names.point.replace("%d", label))}</span> <b>${number.format(count)}</b></div>`);
      const marks = (data.marks || []).filter((mark) => mark.at === at).map((mark) => `<div>${text(mark.text)}</div>`);
      return `<div dir="${data.rtl ? "rtl" : "ltr"}">${lines.join("")}${marks.join("")}</div>`;
    };
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      textStyle: { fontFamily: font },
      grid: { left: 4, right: 12, top: 24, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis", confine: true, formatter: tip, backgroundColor: card, borderColor: line,
        textStyle: { color: ink, fontSize: 13 }, axisPointer: { lineStyle: { color: soft, type: "solid" } },
      },
      xAxis: {
        type: "category", data: data.labels.map((label) => turn(label, data)), boundaryGap: false, inverse: data.rtl,
        axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
        axisLabel: { color: soft, fontSize: 12, hideOverlap: true, showMinLabel: true, showMaxLabel: true, alignMinLabel: data.rtl ? "right" : "left", alignMaxLabel: data.rtl ? "left" : "right" },
      },
      yAxis: {
        type: "value", min: 0, minInterval: 1, splitNumber: 4, position: data.rtl ? "right" : "left",
        axisLabel: { color: soft, fontSize: 12, formatter: (value) => number.format(value) },
        splitLine: { lineStyle: { color: line } },
      },
      series,
    };
  };

  const draw = () => {
    for (const [box, chart] of drawn) {
      if (!box.isConnected) {
        chart.dispose();
        drawn.delete(box);
      }
    }
    for (const box of document.querySelectorAll("[data-chart]")) {
      const source = document.getElementById(box.dataset.chart);
      if (!source || !window.echarts) continue;
      const chart = drawn.get(box) || echarts.init(box, null, { renderer: "svg" });
      drawn.set(box, chart);
      chart.setOption(makeOption(JSON.parse(source.textContent)), true);
      box.dataset.drawn = "";
    }
  };

  draw();
  document.addEventListener("htmx:after:swap", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(draw));
  addEventListener("resize", () => { for (const chart of drawn.values()) chart.resize(); });
})();
