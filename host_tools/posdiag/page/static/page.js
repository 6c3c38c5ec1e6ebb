// The live page: state comes as server-sent events, each card is drawn from it; nothing is decided
// here. All texts come from the server in the language that was chosen, and become text nodes.
import { RANK, card, el } from "./cards.js";

const params = new URLSearchParams(location.search);
const byId = (id) => document.getElementById(id);
let lang = params.get("lang") || "en";
let words = null;
let state = null;
let stream = null;
const cards = new Map();

const severityFrom = new Map(); // card's id -> which events it shows

export async function post(path, body) {
  return fetch(path, { method: "POST", body: JSON.stringify(body) });
}

function say(text) {
  const said = byId("said");
  said.hidden = !text;
  said.textContent = text || "";
  clearTimeout(say.timer);
  if (text) say.timer = setTimeout(() => say(""), 8000);
}

// Redraws `parent` only where its data changed; keyboard focus and opened parts stay.
const drawn = new WeakMap();
function draw(parent, data, build) {
  const text = JSON.stringify([lang, data]);
  if (drawn.get(parent) === text) return;
  drawn.set(parent, text);
  const focus = parent.contains(document.activeElement)
    ? document.activeElement.dataset.key : undefined;
  const open = new Map([...parent.querySelectorAll("details[data-key]")]
    .map((part) => [part.dataset.key, part.open]));
  parent.replaceChildren(...build());
  for (const part of parent.querySelectorAll("details[data-key]")) {
    if (open.has(part.dataset.key)) part.open = open.get(part.dataset.key);
  }
  if (focus) parent.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
}

const actions = {
  order: (id, kind, rung = "") => post("order", { id, kind, rung }),
  remove: (id) => post("remove", { id }),
  show: (id, from) => { severityFrom.set(id, from); render(); },
  confirm: (text, go) => ask(text, go),
};

function ask(text, go) {
  const box = el("dialog", { class: "ask" },
    el("p", {}, text),
    el("div", { class: "row" },
      el("button", { class: "strong", on: () => { box.close(); go(); } }, words.page.order),
      el("button", { on: () => box.close() }, words.page.cancel)));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function render() {
  if (!words || !state) return;
  const known = new Set(state.terminals.map((one) => one.id));
  for (const [id, node] of cards) {
    if (!known.has(id)) { node.remove(); cards.delete(id); }
  }
  byId("cards").classList.toggle("several", known.size > 1);
  for (const one of state.terminals) {
    if (!cards.has(one.id)) {
      const node = el("section", { class: "card", "aria-labelledby": `${one.id}-name` });
      cards.set(one.id, node);
      byId("cards").append(node);
    }
    card(cards.get(one.id), one, { words, lang, actions, draw,
      from: severityFrom.get(one.id) || "all" });
  }
  draw(byId("beside"), [known.size, state.preparing, state.share, words.owner], beside);
  document.title = title();
}

function title() {
  const rank = (one) => RANK[one.verdict.severity] ?? 0;
  const [worst] = state.terminals.filter((one) => one.verdict)
    .sort((one, other) => rank(other) - rank(one));
  return worst ? `${worst.verdict.title} · ${worst.device}` : words.page.title;
}

function beside() {
  const parts = [];
  const page = words.page;
  if (!state.terminals.length) {
    parts.push(el("section", { class: "panel looking" },
      el("h2", {}, el("span", { class: "spinner", "aria-hidden": "true" }), page.looking),
      el("p", {}, page.looking_hint)));
  }
  if (words.owner) {
    if (state.share) parts.push(shared(state.share));
    parts.push(el("details", { class: "panel", "data-key": "practise",
      open: !state.terminals.length },
      el("summary", {}, el("h2", {}, page.practise)),
      el("p", {}, page.practise_hint),
      el("ul", { class: "exercises" }, ...words.exercises.map(([name, text]) => el("li", {},
        el("span", {}, text),
        el("button", { "data-key": name, "aria-label": `${page.practise_start}: ${text}`,
          disabled: state.preparing.includes(name),
          on: () => post("practice", { exercise: name }) },
        state.preparing.includes(name) ? page.job_runs : page.practise_start))))));
  }
  return parts;
}

function shared(share) {
  const page = words.page;
  const open = share.code && !share.over;
  return el("section", { class: "panel share" },
    el("h2", {}, page.share_title),
    open && el("img", { src: share.qr, alt: share.url, width: 140, height: 140 }),
    el("p", {}, share.over ? page.share_over : open ? page.share_hint
      : share.refused ? page.share_refused : page.share_used),
    open && el("p", {}, el("strong", {}, share.url), " ",
      el("strong", { class: "code" }, share.code)));
}

function tools() {
  const other = lang === "zh" ? "en" : "zh";
  const parts = [el("button", { lang: other === "zh" ? "zh-CN" : "en", "data-key": "lang",
    on: () => choose(other) }, other === "zh" ? "中文" : "English")];
  if (words.owner) {
    parts.unshift(el("button", { "data-key": "open", on: () => byId("picker").click() },
      words.page.open_file));
  } else {
    parts.unshift(el("span", { class: "pill" }, words.page.read_only));
  }
  return parts;
}

async function choose(next) {
  lang = next;
  params.set("lang", lang);
  history.replaceState(null, "", `?${params}`);
  words = await (await fetch(`words?lang=${lang}`)).json();
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  byId("title").textContent = words.page.title;
  byId("subtitle").textContent = words.page.subtitle;
  draw(byId("tools"), words.owner, tools);
  byId("drop").textContent = words.page.drop_here;
  listen();
}

function listen() {
  stream?.close();
  stream = new EventSource(`events?lang=${lang}`);
  stream.onopen = () => { byId("gone").hidden = true; };
  stream.onmessage = (event) => { state = JSON.parse(event.data); render(); };
  stream.onerror = () => gone();
  stream.addEventListener("over", () => { stream.close(); gone(); });
}

function gone() {
  byId("gone").textContent = words.page.lost_page;
  byId("gone").hidden = false;
}

async function read(file) {
  say(words.page.reading.replace("{file}", file.name));
  const path = `file?lang=${lang}&name=${encodeURIComponent(file.name)}`;
  const answer = await fetch(path, { method: "POST", body: file });
  say(answer.ok ? "" : await answer.text());
}

function drops() {
  const drop = byId("drop");
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.hidden = !words.owner;
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.hidden = true; });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.hidden = true;
    if (!words.owner) return;
    for (const file of event.dataTransfer.files) await read(file);
  });
  byId("picker").addEventListener("change", async (event) => {
    for (const file of event.target.files) await read(file);
    event.target.value = "";
  });
}

drops();
choose(lang);
