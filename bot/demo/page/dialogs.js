// Windows over the page: modals of the app, the question before a risky press, and passing notices.

import { el, freshId } from "./dom.js";

const FOCUSABLE = "input, select, textarea, button, a[href], summary, [tabindex='0']";

export function dialog({ title, body, foot, onclose, onsubmit }) {
  const titleId = freshId("title");
  const before = document.activeElement;
  const node = el("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": titleId, novalidate: true,
    onsubmit: (event) => { event.preventDefault(); onsubmit?.(); },
    onkeydown: (event) => {
      if (event.key === "Escape") { event.stopPropagation(); onclose(); }
      if (event.key === "Tab") keepInside(event, node);
    },
  },
  el("div", { class: "dialog-head" }, el("h2", { id: titleId }, title), el("button", { type: "button", class: "close", "aria-label": "Close dialog", onclick: () => onclose({ cross: true }) }, "×")),
  el("div", { class: "dialog-body" }, body),
  el("div", { class: "dialog-foot" }, foot));
  const shade = el("div", { class: "shade" }, node);
  const show = () => {
    document.getElementById("modals").append(shade);
    document.getElementById("app").inert = true;
    (node.querySelector(`.dialog-body :is(${FOCUSABLE})`) ?? node.querySelector(".dialog-foot button:last-child") ?? node.querySelector(".close")).focus();
  };
  const hide = () => {
    shade.remove();
    if (!document.querySelector("#modals .shade")) {
      document.getElementById("app").inert = false;
      before?.focus?.();
    }
  };
  return { node, show, hide };
}

function keepInside(event, node) {
  const stops = [...node.querySelectorAll(FOCUSABLE)].filter((one) => !one.disabled && one.offsetParent !== null);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement === edge) {
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}

export function askFirst(confirm) {
  return new Promise((resolve) => {
    const answer = (yes) => { window_.hide(); resolve(yes); };
    const window_ = dialog({
      title: confirm.title.text,
      body: el("p", {}, confirm.text.text),
      foot: [
        el("button", { type: "button", class: "btn", onclick: () => answer(false) }, confirm.deny.text),
        el("button", { type: "button", class: `btn ${confirm.style ?? "primary"}`, onclick: () => answer(true) }, confirm.confirm.text),
      ],
      onclose: () => answer(false),
    });
    window_.show();
  });
}

export function toast(text) {
  const node = el("div", { class: "toast" }, el("span", {}, text), el("button", { type: "button", "aria-label": "Dismiss", onclick: () => node.remove() }, "×"));
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 9000);
}
