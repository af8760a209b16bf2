// The left side: who you are, channels, direct messages, the app, the clock, the switches for faults, notes.

import { clockPanel } from "./clock.js";
import { toast } from "./dialogs.js";
import { el, fill, post } from "./dom.js";

export function side(node, world) {
  const { state, current, unread } = world;
  const entry = (key, label, sign, extra = null) => el("li", {}, el("button", {
    type: "button", class: "entry", "aria-current": current() === key ? "page" : null, onclick: () => { node.classList.remove("open"); world.go(key); },
  }, el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", { class: "label" }, label), extra,
  unread.has(key) ? el("span", { class: "dot", role: "img", "aria-label": "unread" }) : null));
  const direct = state.channels.filter((channel) => channel.direct);
  const marks = (channel) => [
    channel.shared ? el("span", { class: "tag" }, "shared") : null,
    channel.archived ? el("span", { class: "tag" }, "archived") : null,
  ];
  const bot = state.people.find((person) => person.id === state.bot).real_name;
  fill(node,
    el("div", { class: "team" }, el("span", { class: "mark", "aria-hidden": "true" }, state.team[0]), el("div", {}, el("strong", {}, state.team), el("small", {}, "Local Slack"))),
    el("label", { class: "you" }, "You are", el("select", { id: "you", onchange: ({ target }) => world.become(target.value) },
      state.people.filter((person) => !person.is_bot).map((person) => el("option", { value: person.id, selected: person.id === state.you }, person.role ? `${person.real_name} (${person.role})` : person.real_name)))),
    el("nav", { "aria-label": "Channels" }, el("h2", {}, "Channels"), el("ul", {}, state.channels.filter((channel) => !channel.direct).map((channel) => (
      entry(channel.id, channel.name, channel.private ? "🔒" : "#", marks(channel)))))),
    direct.length ? el("nav", { "aria-label": "Direct messages" }, el("h2", {}, "Direct messages"), el("ul", {},
      direct.map((channel) => entry(channel.id, `${channel.name} messages`, "✉")))) : null,
    el("nav", { "aria-label": "Apps" }, el("h2", {}, "Apps"), el("ul", {}, entry("home", `${bot} Home`, "⌂"))),
    clockPanel(),
    provoke(state.switches.filter((one) => one.undo)),
    faults(state.switches.filter((one) => !one.undo)),
    state.notes.length || state.links.length ? el("details", { class: "about", open: true }, el("summary", {}, "About this demo"),
      state.notes.map((note) => el("p", {}, note)),
      el("ul", {}, state.links.map((link) => el("li", {}, el("a", { href: link.url, target: "_blank", rel: "noopener" }, link.label))))) : null);
}

// Another window, or the end of a scenario, may have turned them.
export function setSwitches(switches) {
  document.getElementById("provoke")?.replaceWith(provoke(switches.filter((one) => one.undo)));
  for (const one of switches) {
    const box = document.querySelector(`.faults input[data-key="${one.key}"]`);
    if (box) box.checked = one.on;
  }
}

// What a person can bring about in the contact centre, and how it stands.
function provoke(switches) {
  if (!switches.length) return null;
  return el("section", { class: "provoke", id: "provoke", "aria-label": "Provoke" }, el("h2", {}, "Provoke"), switches.map((one) => el("div", {},
    one.on ? el("p", { role: "status" }, `${one.label}: under way`) : null,
    el("button", {
      type: "button", class: "step", onclick: async () => {
        const answer = await post("/page/switch", { key: one.key, on: !one.on });
        if (!answer.ok) toast(answer.text ?? "Nothing happened.");
      },
    }, one.on ? one.undo : one.label))));
}

function faults(switches) {
  if (!switches.length) return null;
  return el("fieldset", { class: "faults" }, el("legend", {}, "Faults"), switches.map((one) => el("label", {},
    el("input", {
      type: "checkbox", role: "switch", checked: one.on, "data-key": one.key,
      onchange: async ({ target }) => {
        const answer = await post("/page/switch", { key: one.key, on: target.checked });
        if (answer.ok) target.checked = answer.switches.find((other) => other.key === one.key).on;
      },
    }), el("span", {}, one.label))));
}
