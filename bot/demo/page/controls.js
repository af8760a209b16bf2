// Interactive elements: buttons, menus, type-ahead, pickers, text fields. Inside an input they only keep what was
// entered; elsewhere every choice is sent to the app.

import { el, freshId } from "./dom.js";
import { askFirst } from "./dialogs.js";
import { textObject } from "./text.js";
import { typeAhead, typeAheadMany } from "./typeahead.js";

export function control(element, block, place, label = null) {
  const build = BUILDERS[element.type];
  if (!build) return el("span", { class: "unknown" }, `[${element.type}]`);
  const inForm = block.type === "input";
  const key = `${block.block_id}/${element.action_id}`;
  const name = label ?? element.accessibility_label ?? element.placeholder?.text ?? element.action_id;
  const choose = (value) => {
    place.entered.set(key, value);
    if (!inForm || block.dispatch_action) confirmed(element, () => place.act(block, element, value));
  };
  return build({ element, block, place, key, name, choose, inForm });
}

function confirmed(element, proceed) {
  if (!element.confirm) return proceed();
  return askFirst(element.confirm).then((yes) => (yes ? proceed() : undefined));
}

export function button(element, block, place) {
  const node = el("button", {
    type: "button",
    class: `btn ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
    onclick: () => confirmed(element, async () => {
      if (element.url) window.open(element.url, "_blank", "noopener,noreferrer");
      node.setAttribute("aria-busy", "true");
      const outcome = await place.act(block, element, null);
      node.removeAttribute("aria-busy");
      node.classList.toggle("failed", !outcome.ok);
      node.title = outcome.ok ? "" : `The app did not respond (${outcome.outcome})`;
    }),
  }, textObject(element.text, place.names));
  return node;
}

function overflow({ element, block, place }) {
  const list = el("div", { class: "popup", role: "menu", hidden: true }, element.options.map((option) => el("button", {
    type: "button", role: "menuitem", onclick: () => {
      close();
      if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
      confirmed(element, () => place.act(block, element, option.value));
    },
  }, textObject(option.text, place.names))));
  const opener = el("button", {
    type: "button", class: "btn more", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => (list.hidden ? open() : close()),
  }, "⋯");
  function open() {
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    list.firstElementChild.focus();
  }
  function close() {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  }
  return el("span", {
    class: "anchor",
    onkeydown: (event) => {
      if (event.key === "Escape") { close(); opener.focus(); event.stopPropagation(); }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || list.hidden) return;
      event.preventDefault();
      const items = [...list.children];
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    },
    onfocusout: (event) => { if (!event.currentTarget.contains(event.relatedTarget)) close(); },
  }, opener, list);
}


function option(one, chosen) {
  return el("option", { value: one.value, selected: chosen.includes(one.value) },
    one.description ? `${one.text.text} — ${one.description.text}` : one.text.text);
}

function initialValues(element, place, key) {
  if (place.entered.has(key)) return [place.entered.get(key)].flat();
  const initial = element.initial_option ?? element.initial_options ?? element.initial_conversation
    ?? element.initial_conversations ?? element.initial_channel ?? element.initial_channels
    ?? element.initial_user ?? element.initial_users ?? [];
  return [initial].flat().map((one) => one.value ?? one);
}

function menu(given, options) {
  const { element, place, key, name, choose } = given;
  const chosen = initialValues(element, place, key);
  const many = element.type.startsWith("multi_");
  const empty = many ? null : el("option", { value: "", selected: chosen.length === 0 }, element.placeholder?.text ?? "Choose one");
  return el("select", {
    class: "field", multiple: many, "aria-label": name,
    onchange: ({ target }) => choose(many ? [...target.selectedOptions].map((one) => one.value) : target.value || null),
  }, empty, options(chosen));
}

function staticSelect(given) {
  const { element } = given;
  return menu(given, (chosen) => [
    ...(element.options ?? []).map((one) => option(one, chosen)),
    ...(element.option_groups ?? []).map((group) => el("optgroup", { label: group.label.text }, group.options.map((one) => option(one, chosen)))),
  ]);
}

// Several of a few: typed or picked one by one, and shown as a list that can be taken from.
function staticSelectMany(given) {
  const { element, place } = given;
  const offered = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
  const suggest = async (_block, _element, typed) => ({
    ok: true, options: offered.filter((one) => one.text.text.toLowerCase().includes(typed.trim().toLowerCase())),
  });
  return typeAheadMany({ ...given, element: { ...element, min_query_length: 0 }, place: { ...place, suggest } });
}

function peopleSelect(given) {
  const people = given.place.people.filter((person) => !person.is_bot);
  return menu(given, (chosen) => people.map((person) => el("option", { value: person.id, selected: chosen.includes(person.id) }, person.real_name)));
}

// The same rules as on the server, which refuses what is not offered.
function offers(element, channel) {
  const { include, exclude_external_shared_channels: notShared, exclude_bot_users: notBots } = element.filter ?? {};
  const kind = channel.direct ? "im" : channel.private ? "private" : "public";
  if (element.type.includes("channels") && kind !== "public") return false;
  return (!include || include.includes(kind)) && !(notShared && channel.shared) && !(notBots && channel.direct);
}

function channelSelect(given) {
  const { element, place } = given;
  const offered = place.channels.filter((channel) => offers(element, channel));
  const named = element.initial_conversation ?? element.initial_conversations;
  const current = element.default_to_current_conversation && !named && offered.some((channel) => channel.id === place.here);
  const options = (chosen) => offered.map((channel) => el("option", {
    value: channel.id, selected: chosen.includes(channel.id),
  }, channel.direct ? channel.name : `#${channel.name}`));
  return menu({ ...given, element: current ? { ...element, initial_conversation: place.here } : element }, options);
}

function choices({ element, place, key, name, choose }) {
  const single = element.type === "radio_buttons";
  const chosen = new Set(initialValues(element, place, key));
  const group = freshId("choice");
  return el("div", { class: "choices", role: single ? "radiogroup" : "group", "aria-label": name }, element.options.map((one) => el("label", {},
    el("input", {
      type: single ? "radio" : "checkbox", name: group, value: one.value, checked: chosen.has(one.value),
      onchange: ({ target }) => {
        if (single) return choose(one.value);
        if (target.checked) chosen.add(one.value); else chosen.delete(one.value);
        return choose([...chosen]);
      },
    }),
    el("span", {}, textObject(one.text, place.names), one.description ? el("small", {}, textObject(one.description, place.names)) : null))));
}

function textInput({ element, place, key, name, choose, inForm }) {
  const type = { number_input: "number", email_text_input: "email", url_text_input: "url" }[element.type] ?? "text";
  const tag = element.multiline ? "textarea" : "input";
  const value = place.entered.get(key) ?? element.initial_value ?? "";
  const node = el(tag, {
    class: "field", type: element.multiline ? null : type, "aria-label": name, placeholder: element.placeholder?.text,
    maxlength: element.max_length ? String(element.max_length) : null, rows: element.multiline ? "3" : null, step: type === "number" && element.is_decimal_allowed ? "any" : null,
    min: element.min_value, max: element.max_value,
    oninput: () => { if (inForm) place.entered.set(key, node.value || null); },
    onkeydown: (event) => { if (!inForm && event.key === "Enter") choose(node.value || null); },
  });
  node.value = value;
  return node;
}

function picker(type) {
  return ({ element, place, key, name, choose }) => {
    const initial = element.initial_date ?? element.initial_time ?? "";
    const node = el("input", { class: "field", type, "aria-label": name, onchange: () => choose(node.value || null) });
    node.value = place.entered.get(key) ?? initial;
    return node;
  };
}

function instantPicker({ element, place, key, name, choose }) {
  const shown = (seconds) => new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
  const node = el("input", {
    class: "field", type: "datetime-local", "aria-label": name,
    onchange: () => choose(node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null),
  });
  const at = place.entered.get(key) ?? element.initial_date_time;
  node.value = at ? shown(at) : "";
  return node;
}

const BUILDERS = {
  button: ({ element, block, place }) => button(element, block, place),
  overflow,
  static_select: staticSelect,
  multi_static_select: staticSelectMany,
  external_select: typeAhead,
  multi_external_select: typeAheadMany,
  conversations_select: channelSelect,
  channels_select: channelSelect,
  multi_conversations_select: channelSelect,
  multi_channels_select: channelSelect,
  users_select: peopleSelect,
  multi_users_select: peopleSelect,
  checkboxes: choices,
  radio_buttons: choices,
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  datepicker: picker("date"),
  timepicker: picker("time"),
  datetimepicker: instantPicker,
};

