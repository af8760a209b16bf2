// One function per kind of block.

import { chart } from "./chart.js";
import { button, control } from "./controls.js";
import { el, freshId } from "./dom.js";
import { dataTable, table } from "./tables.js";
import { markdown, mrkdwn, richText, textObject } from "./text.js";

export function blocks(list, place) {
  return list.map((block) => {
    const build = BUILDERS[block.type];
    return build ? build(block, place) : el("p", { class: "unknown" }, `[${block.type}]`);
  });
}

function section(block, place) {
  return el("div", { class: "block section" },
    el("div", { class: "body" },
      block.text ? textObject(block.text, place.names) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, textObject(field, place.names)))) : null),
    block.accessory ? el("div", { class: "accessory" }, block.accessory.type === "image" ? picture(block.accessory) : control(block.accessory, block, place)) : null);
}

function header(block, place) {
  return el(`h${(block.level ?? 2) + 1}`, { class: "block header" }, textObject(block.text, place.names));
}

function context(block, place) {
  return el("div", { class: "block context" }, block.elements.map((element) => (
    element.type === "image" ? picture(element) : textObject(element, place.names))));
}

function actions(block, place) {
  return el("div", { class: "block actions" }, block.elements
    .filter((element) => !element.visible_to_user_ids || element.visible_to_user_ids.includes(place.you))
    .map((element) => control(element, block, place)));
}

// A picture on another host is not loaded: the page talks to nobody but its own server.
function picture(image) {
  return el("span", { class: "picture", role: "img", "aria-label": image.alt_text }, image.alt_text);
}

function imageBlock(block) {
  return el("figure", { class: "block image" }, block.title ? el("figcaption", {}, block.title.text) : null, picture(block));
}

function input(block, place) {
  const errorId = freshId("error");
  const node = el("div", { class: "block input", "data-block": block.block_id },
    el("div", { class: "label" }, block.label.text, block.optional ? el("span", { class: "optional" }, " (optional)") : null),
    control(block.element, block, place, block.label.text),
    block.hint ? el("div", { class: "hint" }, block.hint.text) : null,
    el("div", { class: "error", id: errorId, role: "alert" }));
  node.querySelector("input, select, textarea")?.setAttribute("aria-describedby", errorId);
  return node;
}

function alertBlock(block, place) {
  const level = block.level ?? "default";
  return el("div", { class: `block alert ${level}`, role: "note", "aria-label": level === "default" ? "Note" : level }, textObject(block.text, place.names));
}

function card(block, place) {
  return el("div", { class: "block card" },
    block.title ? el("strong", {}, textObject(block.title, place.names)) : null,
    ["subtitle", "body", "subtext"].filter((name) => block[name]).map((name) => el("div", { class: name }, textObject(block[name], place.names))),
    block.actions ? el("div", { class: "actions" }, block.actions.map((element) => button(element, block, place))) : null);
}

function container(block, place) {
  const head = [block.title ? el("strong", {}, textObject(block.title, place.names)) : null, block.subtitle ? el("span", { class: "subtitle" }, textObject(block.subtitle, place.names)) : null];
  const inside = blocks(block.child_blocks, place);
  if (block.is_collapsible) return el("details", { class: "block container", open: !block.default_collapsed }, el("summary", {}, head), inside);
  return el("div", { class: "block container" }, head.some(Boolean) ? el("div", { class: "head" }, head) : null, inside);
}

const BUILDERS = {
  section,
  header,
  context,
  actions,
  input,
  card,
  container,
  alert: alertBlock,
  divider: () => el("hr", { class: "block divider" }),
  image: imageBlock,
  rich_text: (block, place) => el("div", { class: "block" }, richText(block, place.names)),
  markdown: (block) => el("div", { class: "block" }, markdown(block.text)),
  table: (block, place) => el("div", { class: "block" }, table(block, place)),
  data_table: (block, place) => el("div", { class: "block" }, dataTable(block, place, (element) => button(element, block, place))),
  data_visualization: (block) => el("div", { class: "block" }, chart(block)),
};

const NAMED_COLOURS = { good: "#2eb886", warning: "#daa038", danger: "#a30200" };

export function messageBody(message, place) {
  const body = message.blocks?.length ? blocks(message.blocks, place) : message.text ? [mrkdwn(message.text, place.names)] : [];
  const attached = (message.attachments ?? []).map((attachment) => {
    const node = el("div", { class: "attachment" }, blocks(attachment.blocks ?? [], place));
    if (!attachment.blocks && (attachment.text || attachment.fallback)) node.append(mrkdwn(attachment.text ?? attachment.fallback, place.names));
    const colour = NAMED_COLOURS[attachment.color] ?? attachment.color ?? "";
    if (/^#?[0-9a-f]{6}$/i.test(colour)) node.style.setProperty("--bar", `#${colour.replace("#", "")}`);
    return node;
  });
  return [...body, ...attached, ...(message.files ?? []).map(file)];
}

function file(shared) {
  return el("div", { class: "file" },
    el("a", { href: new URL(shared.url_private).pathname, download: shared.name }, shared.title),
    el("span", { class: "size" }, shared.title === shared.name ? readable(shared.size) : `${shared.name}, ${readable(shared.size)}`));
}

function readable(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
  return `${number} ${["bytes", "kB", "MB"][step]}`;
}
