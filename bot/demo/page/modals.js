// The app's modals: only the topmost is shown; an update keeps what was entered.

import { blocks } from "./blocks.js";
import { dialog, toast } from "./dialogs.js";
import { el, post } from "./dom.js";

export function modalStack(world) {
  let shown = null;
  let shownHash = null;
  const entered = new Map();

  function show(stack) {
    const view = stack.at(-1);
    if (view?.hash === shownHash) return;
    const field = shown?.node.querySelector(".input:focus-within")?.dataset.block;
    shown?.hide();
    shown = null;
    shownHash = view?.hash ?? null;
    if (!view) {
      entered.clear();
      return;
    }
    if (!entered.has(view.id)) entered.set(view.id, new Map());
    const place = world.placeOf({ view: view.id }, entered.get(view.id), view.opened_in);
    const submit = view.submit ? el("button", { type: "submit", class: "btn primary" }, view.submit.text) : null;
    shown = dialog({
      title: view.title.text,
      body: blocks(view.blocks, place),
      foot: [el("button", { type: "button", class: "btn", onclick: () => close() }, view.close?.text ?? (view.submit ? "Cancel" : "Close")), submit],
      onclose: ({ cross } = {}) => close(Boolean(cross)),
      onsubmit: () => submit && send(view, submit),
    });
    shown.show();
    if (field) shown.node.querySelector(`[data-block="${CSS.escape(field)}"] :is(input, select, textarea)`)?.focus();
  }

  function close(cleared = false) {
    post("/page/close", { user: world.you(), cleared });
  }

  async function send(view, submit) {
    const { node } = shown;
    submit.setAttribute("aria-busy", "true");
    submit.disabled = true;
    const outcome = await post("/page/submit", { user: world.you(), view: view.id, entered: Object.fromEntries(entered.get(view.id) ?? []) });
    submit.removeAttribute("aria-busy");
    submit.disabled = false;
    if (outcome.outcome === "impossible") toast(outcome.text);
    for (const field of node.querySelectorAll(".block.input")) {
      const error = outcome.errors?.[field.dataset.block] ?? "";
      field.querySelector(".error").textContent = error;
      field.classList.toggle("wrong", Boolean(error));
      field.querySelector("input, select, textarea")?.setAttribute("aria-invalid", String(Boolean(error)));
    }
    node.querySelector(".wrong :is(input, select, textarea)")?.focus();
    node.querySelector(".wrong .error")?.scrollIntoView({ block: "nearest" });
  }

  return { show };
}
