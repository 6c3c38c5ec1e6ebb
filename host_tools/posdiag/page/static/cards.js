// One terminal's card, section by section, from the data of the server.
import { plot, strip } from "./plots.js";

const MARKS = { ok: "✓", bad: "✕", open: "–" };
const SIGNS = { ok: "✓", info: "i", warning: "!", error: "✕", critical: "✕" };
export const RANK = { ok: 0, info: 1, warning: 2, error: 3, critical: 4 };
const FROM = { all: 0, warning: 2, error: 3 };
const MESSAGES_SHOWN = 3;
const EVENTS_SHOWN = 60;

// el("button", {class: "x", on: click}, child, ...): attributes and text only, never markup.
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== "") node.setAttribute(name, value);
  }
  node.append(...children.flat().filter(Boolean));  // `list.length && ...` draws no 0
  return node;
}

const SECTIONS = [
  ["head", (one) => [one.device, one.kind, one.agent, one.port, one.lost, one.error,
    Boolean(one.verdict)], head],
  ["verdict", (one) => [one.verdict, one.numbers], verdict],
  ["chain", (one) => one.chain, chain],
  ["orders", (one) => [one.orders, one.job, one.verdict !== null], orders],
  ["money", (one) => one.money, money],
  ["facts", (one) => one.facts, facts],
  ["credit", (one) => one.credit, credit],
  ["curves", (one) => [one.plots, one.strip, one.outages], curves],
  ["events", (one, tool) => [one.events, one.left_out, tool.from], events],
];

export function card(node, one, tool) {
  node.classList.toggle("stale", Boolean(one.lost || one.error));
  for (const [name, data, build] of SECTIONS) {
    let part = node.querySelector(`:scope > .${name}`);
    if (!part) node.append(part = el("div", { class: `part ${name}` }));
    tool.draw(part, data(one, tool), () => build(one, tool).filter(Boolean));
    part.hidden = !part.childNodes.length;
  }
}

function head(one, { words, actions }) {
  const page = words.page;
  const removable = words.owner && (one.kind !== "terminal" || one.lost || one.error);
  return [
    el("h2", { id: `${one.id}-name` }, one.device),
    el("span", { class: `pill ${one.kind}` }, one.kind_words),
    el("span", { class: "quiet" }, [one.port !== one.device && one.port, one.agent]
      .filter(Boolean).join(" · ")),
    removable && el("button", { class: "small", "data-key": "remove",
      on: () => actions.remove(one.id) }, page.remove),
    one.lost && el("p", { class: "lost", role: "alert" }, one.lost),
    one.error && el("p", { class: "lost", role: "alert" }, one.error),
    !one.verdict && !one.error && el("p", { class: "quiet wide" },
      el("span", { class: "spinner", "aria-hidden": "true" }), page.waiting),
  ];
}

function verdict(one) {
  const found = one.verdict;
  if (!found) return [];
  return [el("div", { class: `say ${found.severity}`, role: "status" },
    el("p", { class: "badge" },
      el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[found.severity] || "i"),
      el("span", {}, found.severity_words), found.remark && el("span", {}, found.remark)),
    el("p", { class: "title" }, found.title),
    el("p", {}, found.meaning),
    el("p", { class: "do" }, found.do),
    el("p", {}, found.tell),
    found.cause && el("p", { class: "quiet" }, found.cause),
    ...found.also.map(([severity, text]) => el("p", { class: `also ${severity}` }, text)),
    one.numbers.length && el("dl", { class: "numbers" }, ...one.numbers.map(([name, value]) =>
      el("div", {}, el("dt", {}, name), el("dd", {}, value)))))];
}

function chain(one, { words }) {
  if (!one.chain?.length) return [];
  return [el("h3", {}, words.page.chain),
    el("ol", { class: "way" }, ...one.chain.map((step) => el("li", { class: step.state },
      el("span", { class: "mark", "aria-hidden": "true" }, MARKS[step.state]),
      el("span", { class: "step" }, step.words),
      el("span", { class: "hidden" }, ` (${step.state_words})`))))];
}

function facts(one, { words }) {
  if (!one.facts?.length) return [];
  return [el("h3", {}, words.page.state), pairs(one.facts)];
}

function credit(one, { words }) {
  if (!one.credit?.length) return [];
  return [el("h3", {}, words.page.credit_title), pairs(one.credit)];
}

// "name: value", with the colon of the language.
function pair(words, name, value) {
  return words.pair.replace("{name}", name).replace("{words}", value);
}

function pairs(rows) {
  return el("dl", { class: "pairs" }, ...rows.map(([name, value]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function money(one, { words }) {
  const found = one.money;
  const page = words.page;
  if (!found) return [];
  const rows = [[page.money_outbox, found.outbox], ...found.rows];
  const more = found.open.length - MESSAGES_SHOWN;
  const message = (one) => el("li", {}, el("p", {}, one.line), el("p", { class: "do" }, one.step));
  return [el("h3", {}, page.money),
    pairs(rows.filter(([, value]) => value)),
    found.step && el("p", {}, found.step),
    found.open.length
      ? el("ul", { class: "messages" }, ...found.open.slice(0, MESSAGES_SHOWN).map(message))
      : el("p", { class: "quiet" }, found.clear ? page.money_clear : page.money_unknown),
    more > 0 && el("details", { "data-key": "messages" },
      el("summary", {}, page.more.replace("{count}", more)),
      el("ul", { class: "messages" }, ...found.open.slice(MESSAGES_SHOWN).map(message))),
    found.call && el("p", { class: "do" }, found.call)];
}

function orders(one, { words, actions, lang }) {
  const page = words.page;
  if (one.verdict === null) return [];
  const query = `?lang=${lang}`;
  const report = [
    el("a", { class: "button", "data-key": "report", target: "_blank", rel: "noopener",
      href: `report/${one.id}${query}` }, page.report),
    el("a", { class: "button", "data-key": "save", download: true,
      href: `report/${one.id}${query}&save` }, page.report_save)];
  if (!words.owner) return [el("div", { class: "row" }, ...report)];
  const can = one.orders;
  const button = (kind, permitted) => el("button", { "data-key": kind,
    disabled: !permitted || can.busy, on: () => actions.order(one.id, kind) }, page[kind]);
  return [
    el("h3", {}, page.do_title),
    el("div", { class: "row" },
      button("self_test", can.live), button("balance", can.keyed), button("capture", can.live),
      ...report),
    can.live && !can.keyed && el("p", { class: "quiet" }, page.no_key),
    can.live && can.rungs.length && el("details", { "data-key": "heal" },
      el("summary", {}, page.heal),
      el("ul", { class: "rungs" }, ...can.rungs.map((rung) => el("li", {},
        el("span", {}, el("strong", {}, rung.title), el("span", { class: "quiet" }, rung.words)),
        el("button", { "data-key": `rung-${rung.name}`,
          disabled: !can.keyed || can.busy || !rung.now,
          "aria-label": pair(words, page.order, rung.title),
          on: () => actions.confirm(page.confirm_heal.replace("{rung}", rung.title),
            () => actions.order(one.id, "heal", rung.name)) }, page.order))))),
    one.job && job(one, words)];
}

function job(one, words) {
  const found = one.job;
  const page = words.page;
  const state = page[`job_${found.state}`];
  const says = found.state === "done" && found.words ? found.words
    : found.words ? pair(words, state, found.words) : state;
  return el("div", { class: `job ${found.state}`, role: "status" },
    el("p", {}, el("strong", {}, found.title), ` · ${says}`),
    found.state === "runs" && found.all > 0
      && el("progress", { max: found.all, value: found.done, "aria-label": found.title }),
    found.items.length && el("ul", { class: "items" }, ...found.items.map((item) =>
      el("li", { class: item.state },
        el("span", { class: "mark", "aria-hidden": "true" }, MARKS[item.state]),
        el("span", {}, pair(words, item.name, item.words))))),
    found.file && el("a", { class: "button", "data-key": "file", href: `capture/${one.id}`,
      download: true }, page.download));
}

function curves(one, { words }) {
  const page = words.page;
  if (!one.plots) return [];
  return [
    ...one.plots.map((found) => el("figure", {},
      el("figcaption", {}, el("span", {}, found.title), el("strong", {}, found.last)),
      plot(found))),
    !one.plots.length && el("p", { class: "quiet" }, page.no_curves),
    one.strip.spans.length && el("figure", { class: "long" },
      el("figcaption", {}, el("span", {}, page.strip)),
      strip(one.strip, page.strip),
      el("ul", { class: "legend" }, ...["ok", "info", "warning", "error"].filter((kind) =>
        one.strip.spans.some((span) => span[2] === kind)).map((kind) =>
        el("li", { class: kind }, words.severity[kind])))),
    one.strip.spans.length && el("details", { "data-key": "outages" },
      el("summary", {}, page.outages),
      one.outages.length
        ? el("ul", { class: "log" }, ...one.outages.map((line) => el("li", { class: "error" },
          el("time", {}, line.time), el("span", {}, [line.words, line.count].join(" ").trim()))))
        : el("p", { class: "quiet" }, page.no_outages))];
}

function events(one, { words, actions, from }) {
  const page = words.page;
  if (!one.events) return [];
  const found = one.events.filter((line) => (RANK[line.severity] ?? 0) >= FROM[from]).reverse();
  const select = el("select", { "data-key": "from", "aria-label": page.show_from },
    ...[["all", page.all_events], ["warning", page.from_warning], ["error", page.from_error]]
      .map(([value, text]) => el("option", { value, selected: value === from }, text)));
  select.addEventListener("change", () => actions.show(one.id, select.value));
  const parts = [];
  let day = null;
  for (const line of found.slice(0, EVENTS_SHOWN)) {
    if (line.day !== day) {
      day = line.day;
      parts.push(el("li", { class: "day" }, day || words.no_clock));
    }
    const when = line.until ? `${line.time} – ${line.until}` : line.time;
    parts.push(el("li", { class: line.severity },
      el("time", {}, when),
      el("span", { class: "kind" }, line.severity_words),
      el("span", {}, line.words, line.count > 1 && el("b", {}, ` ×${line.count}`))));
  }
  const more = found.length - EVENTS_SHOWN + one.left_out;
  return [el("div", { class: "row apart" }, el("h3", {}, page.events), select),
    parts.length ? el("ul", { class: "log", tabindex: "0", "aria-label": page.events }, ...parts)
      : el("p", { class: "quiet" }, page.no_events),
    more > 0 && found.length > EVENTS_SHOWN
      && el("p", { class: "quiet" }, page.more.replace("{count}", more))];
}
