// The demo's clock: what it shows where the team is, and the jumps it offers.

import { toast } from "./dialogs.js";
import { el, post } from "./dom.js";

let ahead = 0;
let clock = null;

export function setClock(given) {
  clock = given;
  ahead = clock ? clock.now - Date.now() : 0;
  show();
}

function words(how) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: clock.zone, ...how }).format(new Date(Date.now() + ahead));
}

function show() {
  const face = document.getElementById("clock-face");
  document.getElementById("faster")?.setAttribute("aria-pressed", String(clock?.fast));
  if (!face || !clock) return;
  face.replaceChildren(el("strong", {}, words({ hour: "2-digit", minute: "2-digit" })), " ",
    `${words({ weekday: "long" })} ${words({ day: "numeric", month: "long", year: "numeric" })}`, el("small", {}, clock.zone));
}

setInterval(show, 1000);

export function clockPanel() {
  if (!clock) return null;
  const panel = el("section", { class: "clock", "aria-label": "Simulated time" },
    el("h2", {}, "Simulated time"),
    el("p", { id: "clock-face", role: "status", "aria-live": "off" }),
    el("div", { class: "steps" },
      clock.steps.map((step) => el("button", { type: "button", class: "step", onclick: () => move({ key: step.key }) }, step.label)),
      typeof clock.fast === "boolean" ? faster() : null));
  queueMicrotask(show);
  return panel;
}

// Stays as it is while the clock is drawn anew every second: a button that is replaced cannot be pressed.
function faster() {
  return el("button", {
    type: "button", class: "step", id: "faster", "aria-pressed": String(clock.fast),
    onclick: () => move({ key: "fast", on: !clock.fast }),
  }, "60× faster");
}

async function move(how) {
  const answer = await post("/page/clock", how);
  if (!answer.ok) { toast(answer.text ?? "The clock did not move."); return; }
  setClock(answer.clock);
}
