// Joins the parts: the live connection, what is shown, and what a person does.

import { blocks, messageBody } from "./blocks.js";
import { setClock } from "./clock.js";
import { composer } from "./composer.js";
import { toast } from "./dialogs.js";
import { el, fill, post } from "./dom.js";
import { fateMenu } from "./fate.js";
import { modalStack } from "./modals.js";
import { setSwitches, side } from "./side.js";

const params = new URLSearchParams(location.search);
const unread = new Set();
const entered = new Map();
const echoes = [];
const unfolded = new Map();
const SHORT_THREAD = 3;
let state = null;
let socket = null;
let where = location.hash.slice(1).split("/")[0];
let writing = null;

const names = {
  person: (id) => state.people.find((person) => person.id === id)?.name,
  channel: (id) => state.channel_names[id],
  group: (id) => state.groups[id],
};
const world = {
  get state() { return state; },
  unread,
  you: () => state.you,
  current: () => where,
  go,
  become,
  placeOf,
};
const modals = modalStack(world);

function placeOf(target, kept, openedIn = target.channel) {
  const send = (path, block, element, extra) => post(path, {
    user: state.you, ...target, block_id: block.block_id, action_id: element.action_id, ...extra,
  });
  return {
    names,
    entered: kept,
    you: state.you,
    people: state.people,
    channels: state.channels,
    here: openedIn ?? null,
    act: async (block, element, value) => {
      const outcome = await send("/page/click", block, element, { value, entered: Object.fromEntries(kept) });
      if (outcome.text) toast(outcome.text);
      return outcome;
    },
    suggest: (block, element, typed) => send("/page/suggest", block, element, { typed }),
  };
}

function connect(user) {
  socket?.close();
  const address = new URL(`/page/live?user=${encodeURIComponent(user)}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const mine = new WebSocket(address);
  socket = mine;
  mine.onmessage = (event) => { if (socket === mine) hear(JSON.parse(event.data)); };
  mine.onclose = () => {
    if (socket !== mine) return;
    document.body.classList.add("offline");
    setTimeout(() => { if (socket === mine) connect(user); }, 1000);
  };
  mine.onopen = () => document.body.classList.remove("offline");
}

function hear(told) {
  if (told.type === "state") {
    state = told;
    setClock(state.clock);
    if (!place(where)) where = state.channels.find((channel) => !channel.direct)?.id ?? "home";
    if (where === "home") post("/page/home", { user: state.you });
    everything();
    modals.show(state.modals);
  } else if (told.type === "message") {
    keep(told.message, told.deleted);
  } else if (told.type === "modals") {
    modals.show(told.modals);
  } else if (told.type === "home") {
    state.home = told.home;
    if (where === "home") content();
  } else if (told.type === "channels") {
    const name = state.channels.find((channel) => channel.id === where)?.name;
    Object.assign(state, { channels: told.channels, channel_names: told.channel_names, messages: told.messages });
    const renumbered = place(where) ? null : state.channels.find((channel) => channel.name === name)?.id;
    if (renumbered) go(renumbered);
    else if (!place(where)) go(state.channels.find((channel) => !channel.direct)?.id ?? "home");
    else everything();
  } else if (told.type === "clock") {
    setClock(told.clock);
  } else if (told.type === "switches") {
    state.switches = told.switches;
    setSwitches(told.switches);
  } else if (told.type === "notice") {
    toast(told.text);
  }
}

function place(key) {
  return key === "home" || state.channels.some((channel) => channel.id === key);
}

function keep(message, deleted) {
  const at = state.messages.findIndex((one) => one.channel === message.channel && one.ts === message.ts);
  if (deleted && at >= 0) state.messages.splice(at, 1);
  else if (at >= 0) state.messages[at] = message;
  else if (!deleted) state.messages.push(message);
  const isLast = state.messages.every((one) => one.channel !== message.channel || one.ts <= message.ts);
  const typed = echoes.findIndex((echo) => echo.channel === message.channel && echo.user === message.user && echo.text === message.text);
  if (typed >= 0) echoes.splice(typed, 1)[0].node.remove();
  if (message.channel !== where) {
    if (!deleted) unread.add(message.channel);
    side(document.getElementById("side"), world);
  } else {
    patch(message, deleted, at < 0 && !isLast);
  }
}

function patch(message, deleted, isBetween) {
  const log = document.getElementById("log");
  const old = log?.querySelector(`[data-ts="${message.ts}"]`);
  const newDay = !message.thread_ts && !old && [...log.querySelectorAll(".day")].at(-1)?.dataset.day !== dayOf(message);
  if (!log || isBetween || newDay || message.thread_ts && (!old || deleted) || log.querySelector(".welcome")) { content(); return; }
  const pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  if (deleted) old?.remove();
  else if (old) old.replaceWith(article(message));
  else log.append(article(message));
  if (pinned) log.scrollTop = log.scrollHeight;
}

function become(user) {
  unread.clear();
  entered.clear();
  modals.show([]);
  connect(user);
}

function go(key) {
  where = key;
  unread.delete(key);
  history.replaceState(null, "", `#${key}`);
  if (key === "home") post("/page/home", { user: state.you });
  everything();
  if (key !== "home") writing.focus();
}

function everything() {
  side(document.getElementById("side"), world);
  const channel = state.channels.find((one) => one.id === where);
  const bot = state.people.find((person) => person.id === state.bot).real_name;
  fill(document.getElementById("top"),
    el("button", { type: "button", class: "menu", "aria-label": "Channels and people", onclick: () => document.getElementById("side").classList.toggle("open") }, "☰"),
    el("h1", {}, where === "home" ? `${bot} Home` : channel.direct ? channel.name : `# ${channel.name}`),
    el("p", {}, where === "home" ? "Only you see this page" : channel.topic || (channel.direct ? "Messages between you and the app" : "")),
    channel && !channel.direct ? el("span", { class: "count" }, `${channel.members} members`) : null,
    channel && !channel.direct ? fateMenu(channel, bot, world) : null);
  const placeholder = channel ? `Message ${channel.direct ? channel.name : `#${channel.name}`}, or type / for commands` : "";
  if (!writing) writing = composer(document.getElementById("composer"), { commands: () => state.commands, placeholder, send });
  writing.placeholder(placeholder);
  writing.hidden(where === "home" || channel.archived);
  document.getElementById("closed").hidden = !channel?.archived;
  content();
}

function content() {
  const box = document.getElementById("content");
  if (where === "home") { box.replaceChildren(home()); return; }
  const here = state.messages.filter((message) => message.channel === where).sort((a, b) => Number(a.ts) - Number(b.ts));
  const log = el("div", { id: "log", role: "log", "aria-label": "Messages", tabindex: "0" });
  const said = echoes.filter((echo) => echo.channel === where && echo.user === state.you);
  if (!here.length && !said.length) log.append(welcome());
  log.append(...said.filter((echo) => !echo.after).map((echo) => echo.node));
  let day = null;
  for (const message of here.filter((one) => !one.thread_ts)) {
    if (dayOf(message) !== day) log.append(divider(message));
    day = dayOf(message);
    log.append(article(message), ...thread(here.filter((one) => one.thread_ts === message.ts)));
    log.append(...said.filter((echo) => echo.after === message.ts).map((echo) => echo.node));
  }
  const away = document.getElementById("log");
  const kept = away?.dataset.where === where && away.scrollHeight - away.scrollTop - away.clientHeight >= 80 ? away.scrollTop : null;
  log.dataset.where = where;
  box.replaceChildren(log);
  log.scrollTop = kept ?? log.scrollHeight;
  pointOut();
}

// The address of a message leads to it once, when the page is opened with it.
function pointOut() {
  const [channel, ts] = location.hash.slice(1).split("/");
  const node = ts && channel === where ? document.querySelector(`#log [data-ts="${CSS.escape(ts)}"]`) : null;
  if (!node) return;
  history.replaceState(null, "", `#${channel}`);
  node.closest("details")?.setAttribute("open", "");
  node.classList.add("pointed");
  node.scrollIntoView({ block: "center" });
}

// In the zone of the clock on the page, which is not always that of the browser.
function when(message, how) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: state.clock?.zone, ...how }).format(new Date(Number(message.ts) * 1000));
}

function dayOf(message) {
  return when(message, { dateStyle: "short" });
}

function divider(message) {
  const words = `${when(message, { weekday: "long" })} ${when(message, { day: "numeric", month: "long" })}`;
  return el("div", { class: "day", role: "separator", "aria-label": words, "data-day": dayOf(message) }, el("span", {}, words));
}

// A long thread is folded until somebody unfolds it, and stays as that person left it.
function thread(replies) {
  if (!replies.length) return [];
  const key = `${replies[0].channel}/${replies[0].thread_ts}`;
  const last = when(replies.at(-1), { hour: "2-digit", minute: "2-digit" });
  const count = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
  const open = unfolded.get(key) ?? replies.length <= SHORT_THREAD;
  return [el("details", { class: "thread", open },
    el("summary", { class: "replies", onclick: ({ currentTarget }) => unfolded.set(key, !currentTarget.parentElement.open) }, el("span", {}, count), el("small", {}, `last at ${last}`)),
    replies.map((reply) => article(reply)))];
}

function home() {
  const box = el("div", { id: "home", role: "region", "aria-label": "App Home", tabindex: "0" });
  if (!state.home) return el("div", { id: "home", class: "empty" }, el("p", {}, "The app has not published a Home tab for you yet."));
  const key = state.home.id;
  if (!entered.has(key)) entered.set(key, new Map());
  box.append(...blocks(state.home.blocks, placeOf({ view: key }, entered.get(key))));
  return box;
}

function welcome() {
  const channel = state.channels.find((one) => one.id === where);
  return el("div", { class: "welcome" },
    el("h2", {}, channel.direct ? `This is your conversation with ${channel.name}` : `Welcome to #${channel.name}`),
    el("p", {}, "Nothing has been said here yet. Ask the first question:"),
    el("div", { class: "chips" }, state.examples.map((example) => el("button", { type: "button", class: "chip", onclick: () => send(example) }, example))));
}

function article(message) {
  const author = state.people.find((person) => person.id === message.user);
  const key = `${message.channel}/${message.ts}`;
  if (!entered.has(key)) entered.set(key, new Map());
  const at = new Date(Number(message.ts) * 1000);
  const time = when(message, { hour: "2-digit", minute: "2-digit" });
  return el("article", {
    class: `message ${message.ephemeral ? "ephemeral" : ""} ${message.thread_ts ? "reply" : ""}`, "data-ts": message.ts, "aria-label": `${author.real_name} at ${time}`,
  },
  el("div", { class: `avatar ${author.is_bot ? "bot" : ""}`, "aria-hidden": "true", "data-tint": String(author.id.charCodeAt(2) % 5) }, author.is_bot ? "%" : initials(author.real_name)),
  el("div", { class: "content" },
    el("div", { class: "byline" }, el("strong", {}, author.real_name), author.is_bot ? el("span", { class: "tag" }, "APP") : null,
      el("time", { datetime: at.toISOString(), title: when(message, { dateStyle: "medium", timeStyle: "medium" }) }, time), message.edited ? el("span", { class: "edited" }, "(edited)") : null),
    message.ephemeral ? el("div", { class: "private" }, "Only visible to you") : null,
    messageBody(message, placeOf({ channel: message.channel, ts: message.ts }, entered.get(key)))));
}

function initials(name) {
  return name.split(" ").map((word) => word[0]).join("").slice(0, 2);
}

async function send(text) {
  if (!text.startsWith("/")) {
    const said = await post("/page/say", { user: state.you, channel: where, text });
    if (!said.ok) toast(said.text);
    return;
  }
  const status = el("span", { class: "status" }, "sending …");
  const after = state.messages.filter((message) => message.channel === where && !message.thread_ts).at(-1)?.ts;
  echoes.push({ channel: where, user: state.you, text, after, node: el("p", { class: "echo" }, el("code", {}, text), status) });
  content();
  const outcome = await post("/page/command", { user: state.you, channel: where, text });
  status.textContent = outcome.ok ? `acknowledged in ${Math.round(outcome.ms)} ms` : outcome.text ?? outcome.outcome;
  status.classList.toggle("bad", !outcome.ok);
}

connect(params.get("as") ?? "");
