// What can befall the channel one looks at: archived, renamed, shared, deleted, the app removed or invited.

import { askFirst, toast } from "./dialogs.js";
import { el, post } from "./dom.js";

const plain = (text) => ({ text });

function choices(channel, bot) {
  return [
    channel.archived ? ["unarchive", "Bring the channel back"] : ["archive", "Archive the channel"],
    channel.with_bot ? ["remove_bot", `Remove ${bot}`] : ["invite_bot", `Invite ${bot}`],
    channel.shared ? ["unshare", "Stop sharing outside"] : ["share", "Share with another company"],
    ["change_id", "Give the channel another id"],
    ["delete", "Delete the channel"],
  ];
}

export function fateMenu(channel, bot, world) {
  const list = el("div", { class: "popup", role: "menu", "aria-label": `What can happen to #${channel.name}`, hidden: true },
    choices(channel, bot).map(([key, label]) => el("button", { type: "button", role: "menuitem", onclick: () => pick(key, label) }, label)));
  const opener = el("button", {
    type: "button", class: "btn more", "aria-label": `What can happen to #${channel.name}`, "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => reveal(list.hidden),
  }, "⋯");
  function reveal(visible) {
    list.hidden = !visible;
    opener.setAttribute("aria-expanded", String(visible));
    if (visible) list.firstElementChild.focus();
  }
  async function pick(key, label) {
    reveal(false);
    opener.focus();
    const sure = key !== "delete" || await askFirst({
      title: plain(`Delete #${channel.name}?`), text: plain("Everything said in it goes with it."), confirm: plain("Delete"), deny: plain("Keep"), style: "danger",
    });
    if (!sure) return;
    const outcome = await post("/page/fate", { user: world.you(), channel: channel.id, what: key });
    if (outcome.text) toast(outcome.text);
    else if (!outcome.ok) toast(`${label}: done. The app was told and did not answer (${outcome.outcome}).`);
  }
  return el("span", {
    class: "anchor fate",
    onkeydown: (event) => {
      if (event.key === "Escape" && !list.hidden) { reveal(false); opener.focus(); event.stopPropagation(); }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || list.hidden) return;
      event.preventDefault();
      const items = [...list.children];
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    },
    onfocusout: (event) => { if (!event.currentTarget.contains(event.relatedTarget)) reveal(false); },
  }, opener, list);
}
