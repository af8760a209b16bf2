// The message box: slash commands with completion, and history on the arrow keys.

import { el, freshId } from "./dom.js";

export function composer(form, { commands, placeholder, send }) {
  const listId = freshId("commands");
  const history = [];
  let at = 0;
  let active = 0;
  const list = el("div", { class: "popup commands", role: "listbox", id: listId, "aria-label": "Commands", hidden: true });
  const hint = el("div", { class: "usage", "aria-live": "polite" });
  const box = el("textarea", {
    id: "message", rows: "1", "aria-label": "Message", autocomplete: "off", spellcheck: "false", placeholder,
    "aria-autocomplete": "list", "aria-controls": listId,
    oninput: () => { at = history.length; complete(); },
    onkeydown: keys,
    onblur: () => hide(),
  });
  const button = el("button", { type: "submit", class: "btn primary send", disabled: true }, "Send");
  form.replaceChildren(list, el("div", { class: "box" }, box, button), hint);
  form.onsubmit = (event) => { event.preventDefault(); submit(); };

  function found() {
    const typed = /^\/\S*$/.exec(box.value)?.[0];
    return typed ? commands().filter((one) => one.name.startsWith(typed)) : [];
  }

  function complete() {
    button.disabled = !box.value.trim();
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
    const options = found();
    const exact = commands().find((one) => box.value === one.name || box.value.startsWith(`${one.name} `));
    hint.textContent = exact?.usage_hint ? `${exact.name} ${exact.usage_hint}` : "Enter to send · Shift + Enter for a new line · ↑ for the last one";
    if (!options.length) { hide(); return; }
    active = Math.min(active, options.length - 1);
    list.replaceChildren(...options.map((one, index) => el("div", {
      role: "option", id: `${listId}-${index}`, "aria-selected": String(index === active), onmousedown: (event) => { event.preventDefault(); take(one); },
    }, el("span", { class: "name" }, one.name), el("span", { class: "args" }, one.usage_hint), el("small", {}, one.description))));
    list.hidden = false;
    box.setAttribute("aria-activedescendant", `${listId}-${active}`);
  }

  function keys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!list.hidden) {
      const options = found();
      if (step) { event.preventDefault(); active = (active + step + options.length) % options.length; complete(); return; }
      if (event.key === "Escape") { hide(); return; }
      if (event.key === "Tab" || (event.key === "Enter" && options[active] && options[active].name !== box.value)) {
        event.preventDefault();
        take(options[active]);
        return;
      }
    } else if (step && (box.value === "" || box.value === history[at])) {
      const next = at + step;
      if (next < 0 || next > history.length) return;
      event.preventDefault();
      at = next;
      put(history[at] ?? "");
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  }

  function take(one) {
    put(`${one.name} `);
    box.focus();
  }

  function put(text) {
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    complete();
  }

  function submit() {
    const text = box.value.trim();
    if (!text) return;
    if (history.at(-1) !== text) history.push(text);
    at = history.length;
    put("");
    send(text);
  }

  function hide() {
    list.hidden = true;
    active = 0;
    box.removeAttribute("aria-activedescendant");
  }

  complete();
  return {
    focus: () => box.focus(),
    hidden: (no) => { form.hidden = no; },
    placeholder: (text) => { box.placeholder = text; },
  };
}
