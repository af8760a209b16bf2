// Slack's text: mrkdwn, text objects, rich text, and the simple part of Markdown. Everything is built from text nodes.

import { el } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", warning: "⚠️", rotating_light: "🚨", x: "❌", bell: "🔔", no_bell: "🔕",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", calendar: "📅", clock3: "🕒",
  hourglass_flowing_sand: "⏳", information_source: "ℹ️", wave: "👋", tada: "🎉", eyes: "👀", telephone_receiver: "📞",
  headphones: "🎧", speech_balloon: "💬", bulb: "💡", large_green_circle: "🟢", large_yellow_circle: "🟡",
  red_circle: "🔴", white_circle: "⚪", arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", mag: "🔍", gear: "⚙️",
  zzz: "💤", "+1": "👍", thumbsup: "👍", paperclip: "📎", lock: "🔒", fire: "🔥", question: "❓",
};

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

export function unescaped(text) {
  return text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

export function textObject(object, names) {
  if (!object) return "";
  if (object.type === "mrkdwn") return mrkdwn(object.text, names);
  return el("span", { class: "plain" }, withEmoji(object.text));
}

export function mrkdwn(text, names) {
  const parts = text.split(/```\n?([\s\S]*?)```/);
  return el("div", { class: "mrkdwn" }, parts.map((part, index) => (
    index % 2 ? el("pre", {}, el("code", {}, unescaped(part).replace(/\n$/, ""))) : quotes(part, names)
  )));
}

function quotes(text, names) {
  const nodes = [];
  let quoted = null;
  text.split("\n").forEach((line, index, lines) => {
    const match = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (match) {
      if (!quoted) nodes.push((quoted = el("blockquote")));
      else quoted.append(el("br"));
      quoted.append(...inline(match[1], names));
      return;
    }
    const afterQuote = quoted !== null;
    quoted = null;
    nodes.push(...inline(line, names));
    if (index < lines.length - 1 && !(afterQuote && line === "") && !/^(?:>|&gt;)/.test(lines[index + 1])) {
      nodes.push(el("br"));
    }
  });
  return nodes;
}

const INLINE = /<([^<>\n]+)>|`([^`\n]+)`|(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/g;

function inline(text, names) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...withEmoji(unescaped(text.slice(end, match.index))));
    const [whole, angle, code, bold, italic, strike] = match;
    if (angle !== undefined) nodes.push(reference(angle, names));
    else if (code !== undefined) nodes.push(el("code", {}, unescaped(code)));
    else if (bold !== undefined) nodes.push(el("strong", {}, inline(bold, names)));
    else if (italic !== undefined) nodes.push(el("em", {}, inline(italic, names)));
    else nodes.push(el("s", {}, inline(strike, names)));
    end = match.index + whole.length;
  }
  nodes.push(...withEmoji(unescaped(text.slice(end))));
  return nodes;
}

function withEmoji(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).filter(Boolean).map((part) => {
    const name = part.slice(1, -1);
    return part.length > 2 && Object.hasOwn(EMOJI, name)
      ? el("span", { role: "img", "aria-label": name.replaceAll("_", " ") }, EMOJI[name])
      : document.createTextNode(part);
  });
}

function reference(inside, names) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescaped(inside.slice(bar + 1));
  if (target.startsWith("@")) return mention(`@${names.person(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${names.channel(target.slice(1)) ?? (label || "private channel")}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return mention(groupName(target.slice(9), names, label));
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`, "loud");
  return link(unescaped(target), label || unescaped(target));
}

function groupName(id, names, label) {
  const handle = names.group(id);
  return handle ? `@${handle}` : label || "@group";
}

function mention(text, tone = "") {
  return el("span", { class: `mention ${tone}` }, text);
}

export function link(url, label) {
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return el("span", {}, label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

const DATE_STYLES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_pretty: { year: "numeric", month: "long", day: "numeric" },
  date_short_pretty: { year: "numeric", month: "short", day: "numeric" },
  date_long_pretty: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

export function formatted(seconds, format, fallback) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return fallback;
  return format.replace(/\{(\w+)\}/g, (token, name) => {
    if (name === "ago") return ago(moment);
    const style = DATE_STYLES[name];
    if (!style) return token;
    if (name.endsWith("pretty") && moment.toDateString() === new Date().toDateString()) return "today";
    return new Intl.DateTimeFormat("en-GB", style).format(moment);
  });
}

function ago(moment) {
  const minutes = Math.round((moment - Date.now()) / 60000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 2880) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}

function date(target, fallback) {
  const [, seconds, format = "", url] = target.split("^");
  const shown = el("time", { title: fallback }, formatted(Number(seconds), format, fallback));
  return url ? link(url, shown.textContent) : shown;
}

export function richText(block, names) {
  return el("div", { class: "rich" }, block.elements.map((part) => richPart(part, names)));
}

function richPart(part, names) {
  if (part.type === "rich_text_list") {
    const tag = part.style === "ordered" ? "ol" : "ul";
    return el(tag, { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => el("li", {}, item.elements.map((piece) => richPiece(piece, names)))));
  }
  const tags = { rich_text_quote: "blockquote", rich_text_preformatted: "pre", rich_text_section: "p" };
  return el(tags[part.type] ?? "p", {}, part.elements.map((piece) => richPiece(piece, names)));
}

function richPiece(piece, names) {
  const style = piece.style ?? {};
  let node;
  switch (piece.type) {
    case "text": node = document.createTextNode(piece.text); break;
    case "link": node = link(piece.url, piece.text || piece.url); break;
    case "user": node = mention(`@${names.person(piece.user_id) ?? piece.user_id}`); break;
    case "channel": node = mention(`#${names.channel(piece.channel_id) ?? "private channel"}`); break;
    case "usergroup": node = mention(groupName(piece.usergroup_id, names, "")); break;
    case "broadcast": node = mention(`@${piece.range}`, "loud"); break;
    case "emoji": node = el("span", {}, withEmoji(`:${piece.name}:`)); break;
    case "date": node = el("time", {}, formatted(piece.timestamp, piece.format, piece.fallback ?? "")); break;
    default: node = document.createTextNode(piece.text ?? "");
  }
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}

// Headings, lists, quotes, fences, bold, italic, code and links of standard Markdown.
export function markdown(text) {
  const root = el("div", { class: "markdown" });
  let list = null;
  for (const [index, part] of text.split(/```\w*\n?([\s\S]*?)```/).entries()) {
    if (index % 2) {
      root.append(el("pre", {}, el("code", {}, part.replace(/\n$/, ""))));
      continue;
    }
    for (const line of part.split("\n")) {
      const item = /^\s*(?:([-*+])|\d+\.) +(.*)$/.exec(line);
      if (item) {
        if (!list) root.append((list = el(item[1] ? "ul" : "ol")));
        list.append(el("li", {}, markdownInline(item[2])));
        continue;
      }
      list = null;
      const heading = /^(#{1,6}) +(.*)$/.exec(line);
      const quote = /^> ?(.*)$/.exec(line);
      if (heading) root.append(el(`h${Math.min(6, heading[1].length + 2)}`, {}, markdownInline(heading[2])));
      else if (quote) root.append(el("blockquote", {}, markdownInline(quote[1])));
      else if (/^(-{3,}|\*{3,})$/.test(line.trim())) root.append(el("hr"));
      else if (line.trim()) root.append(el("p", {}, markdownInline(line)));
    }
  }
  return root;
}

function markdownInline(text) {
  const nodes = [];
  let end = 0;
  const pieces = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|_([^_]+)_|~~([^~]+)~~|\[([^\]]+)\]\(([^)\s]+)\)/g;
  for (const match of text.matchAll(pieces)) {
    nodes.push(...withEmoji(text.slice(end, match.index)));
    const [whole, code, bold, star, underscore, strike, label, url] = match;
    if (code) nodes.push(el("code", {}, code));
    else if (bold) nodes.push(el("strong", {}, bold));
    else if (star || underscore) nodes.push(el("em", {}, star ?? underscore));
    else if (strike) nodes.push(el("s", {}, strike));
    else nodes.push(link(url, label));
    end = match.index + whole.length;
  }
  nodes.push(...withEmoji(text.slice(end)));
  return nodes;
}
