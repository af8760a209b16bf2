// Menus that ask the app at every keystroke: one choice, or several shown as a list that can be taken from.

import { el, freshId } from "./dom.js";

// A box to type in and the list it opens; `taken` hears what was chosen, `emptied` that the text no longer stands.
function searchBox({ element, block, place, name }, { taken, emptied, text }) {
  const listId = freshId("options");
  const least = element.min_query_length ?? 3;
  let options = [];
  let active = -1;
  let asked = 0;
  const list = el("div", { class: "popup", role: "listbox", id: listId, "aria-label": name, hidden: true });
  const input = el("input", {
    class: "field", type: "text", role: "combobox", autocomplete: "off", "aria-label": name, "aria-autocomplete": "list",
    "aria-expanded": "false", "aria-controls": listId, placeholder: element.placeholder?.text ?? "Type to search",
    oninput: () => { emptied(); ask(); },
    onclick: () => { if (least === 0 && !input.value) ask(); }, // not on focus: a window that opens would be half covered
    onblur: () => hide(),
    onkeydown: (event) => {
      if (event.key === "Escape" && !list.hidden) { hide(); event.stopPropagation(); }
      if (event.key === "Enter" && !list.hidden) { // never sends the form while a choice is being made
        event.preventDefault();
        if (active >= 0) take(options[active]);
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && list.hidden && input.value.length >= least) { event.preventDefault(); ask(); return; }
      if (step && options.length) { event.preventDefault(); mark((active + step + options.length) % options.length); }
    },
  });
  input.value = text;

  async function ask() {
    const typed = input.value;
    if (typed.length < least) { hide(); return; }
    asked += 1;
    const turn = asked;
    note("Searching …");
    const outcome = await place.suggest(block, element, typed);
    if (turn !== asked || document.activeElement !== input) return;
    options = outcome.options ?? [];
    if (!outcome.ok) note("The app did not answer.");
    else if (!options.length) note("No results");
    else show();
  }
  function note(words) {
    options = [];
    active = -1;
    list.replaceChildren(el("div", { class: "note" }, words));
    reveal(true);
  }
  function show() {
    list.replaceChildren(...options.map((one, index) => el("div", {
      role: "option", id: `${listId}-${index}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(one); },
    }, el("span", {}, one.text.text), one.description ? el("small", {}, one.description.text) : null)));
    reveal(true);
    mark(0);
  }
  function mark(index) {
    active = index;
    [...list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === index)));
    list.children[index]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${listId}-${index}`);
  }
  function take(one) {
    hide();
    asked += 1;
    taken(one, input);
  }
  function reveal(visible) {
    list.hidden = !visible;
    input.setAttribute("aria-expanded", String(visible));
  }
  function hide() {
    active = -1;
    input.removeAttribute("aria-activedescendant");
    reveal(false);
  }
  return { input, node: el("span", { class: "anchor wide" }, input, list) };
}

export function typeAhead(given) {
  const { element, place, key, choose } = given;
  const chosen = place.entered.has(key) ? place.entered.get(key) : element.initial_option;
  return searchBox(given, {
    text: chosen?.text?.text ?? "",
    taken: (one, input) => { input.value = one.text.text; choose(one); },
    emptied: () => place.entered.set(key, null),
  }).node;
}

export function typeAheadMany(given) {
  const { element, place, key, name, choose } = given;
  let chosen = (place.entered.has(key) ? place.entered.get(key) : element.initial_options) ?? [];
  const most = element.max_selected_items ?? Infinity;
  const said = el("span", { class: "unseen", role: "status" });
  const list = el("ul", { class: "chosen", "aria-label": `${name}: chosen` });
  const box = searchBox(given, {
    text: "",
    taken: (one, input) => {
      input.value = "";
      if (chosen.some((other) => other.value === one.value)) return;
      change(chosen.length < most ? [...chosen, one] : chosen, chosen.length < most ? `${one.text.text} added` : `No more than ${most}`);
    },
    emptied: () => {},
  });
  box.input.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && !box.input.value && chosen.length) drop(chosen.at(-1));
  });
  function change(next, words) {
    chosen = next;
    said.textContent = words;
    draw();
    choose(chosen);
  }
  function drop(one) {
    change(chosen.filter((other) => other.value !== one.value), `${one.text.text} removed`);
    box.input.focus();
  }
  function draw() {
    list.hidden = !chosen.length;
    list.replaceChildren(...chosen.map((one) => el("li", {}, el("span", {}, one.text.text),
      el("button", { type: "button", "aria-label": `Remove ${one.text.text}`, onclick: () => drop(one) }, "×"))));
  }
  draw();
  return el("div", { class: "many" }, list, box.node, said);
}
