// Curves and the strip of verdicts as SVG; every word in them comes from the server.
const NS = "http://www.w3.org/2000/svg";
const WIDTH = 600, HEIGHT = 130, TOP = 8, BOTTOM = 8, BAR_MIN = 4;

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function scale(low, high, start, end) {
  const spread = high - low || 1;
  return (value) => start + ((value - low) * (end - start)) / spread;
}

export function plot(found) {
  const times = found.points.map((point) => point[0]);
  const values = found.points.map((point) => point[1]);
  let low = Math.min(...values), high = Math.max(...values);
  if (low === high) { low -= 1; high += 1; }
  const x = scale(times[0], times[times.length - 1], 0, WIDTH);
  const y = scale(low, high, HEIGHT - BOTTOM, TOP);
  let line = "";
  found.points.forEach(([at, value], n) => {
    if (n && found.step) line += `H${x(at).toFixed(1)}`;
    line += `${n ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  if (times[0] === times[times.length - 1]) {  // one moment: its last value, not a slope to nothing
    line = `M0 ${y(values[values.length - 1]).toFixed(1)}H${WIDTH}`;
  }
  const area = `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`;
  const box = document.createElement("div");
  box.className = "plot";
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    preserveAspectRatio: "none",
    "aria-label": `${found.title}: ${found.last}; ${found.low} – ${found.high}` });
  for (const part of [0, 0.5, 1]) {
    const at = TOP + part * (HEIGHT - TOP - BOTTOM);
    picture.append(svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: at, y2: at }));
  }
  if (low < 0 && high > 0) {
    picture.append(svg("line", { class: "zero", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }));
  }
  picture.append(svg("path", { class: "area", d: area }), svg("path", { class: "line", d: line }));
  const scaleWords = document.createElement("div");
  scaleWords.className = found.low === found.high ? "ends flat" : "ends";
  const text = (words) => Object.assign(document.createElement("span"), { textContent: words });
  scaleWords.append(text(found.high));
  if (found.low !== found.high) scaleWords.append(text(found.low));
  const span = document.createElement("div");
  span.className = "span";
  span.append(text(found.from), text(found.to));
  box.append(picture, scaleWords, span);
  return box;
}

export function strip(found, title) {
  const first = found.spans[0][0], last = found.spans[found.spans.length - 1][1];
  const x = scale(first, last, 0, WIDTH);
  const box = document.createElement("div");
  box.className = "plot";
  const picture = svg("svg", { class: "strip", viewBox: `0 0 ${WIDTH} 18`, role: "img",
    preserveAspectRatio: "none", "aria-label": `${title}: ${found.from} – ${found.to}` });
  for (const [start, end, kind] of found.spans) {
    const width = Math.max(BAR_MIN, x(end) - x(start));  // the shortest can be seen, the last too
    picture.append(svg("rect", { class: kind, x: Math.min(x(start), WIDTH - width), y: 0,
      height: 18, width }));
  }
  const span = document.createElement("div");
  span.className = "span";
  for (const words of [found.from, found.to]) {
    span.append(Object.assign(document.createElement("span"), { textContent: words }));
  }
  box.append(picture, span);
  return box;
}
