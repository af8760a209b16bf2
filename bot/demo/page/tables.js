// `table` and `data_table`. Both scroll inside their own box.

import { el } from "./dom.js";
import { richText } from "./text.js";

function cell(content, place, button) {
  if (content.type === "rich_text") return richText(content, place.names);
  if (content.type === "action_cell") return button(content.element);
  return document.createTextNode(content.text);
}

function aligned(settings, index, column) {
  const wanted = settings?.[index]?.align;
  if (wanted) return wanted;
  return column.length && column.every((one) => one?.type === "raw_number") ? "right" : "left";
}

export function table(block, place) {
  const [head, ...body] = block.rows;
  const columns = head.map((_, index) => body.map((row) => row[index]));
  const settings = block.column_settings;
  const classes = (index) => `${aligned(settings, index, columns[index] ?? [])} ${settings?.[index]?.is_wrapped ? "wrap" : ""}`;
  return el("div", { class: "scroll boxed", tabindex: "0", role: "group", "aria-label": "Table" },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((content, index) => el("th", { scope: "col", class: classes(index) }, cell(content, place))))),
      el("tbody", {}, body.map((row) => el("tr", {}, row.map((content, index) => el("td", { class: classes(index) }, cell(content, place))))))));
}

export function dataTable(block, place, button) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const rowHeader = block.row_header_column_index ?? 0;
  const numeric = head.map((_, index) => rows.every((row) => row[index].type === "raw_number"));
  let sorted = rows;
  let [column, upwards, page] = [null, true, 0];

  const body = el("tbody");
  const status = el("span", { "aria-live": "polite" });
  const back = el("button", { type: "button", class: "quiet", onclick: () => turn(-1) }, "Previous");
  const forth = el("button", { type: "button", class: "quiet", onclick: () => turn(1) }, "Next");
  const heads = head.map((content, index) => el("th", { scope: "col", class: numeric[index] ? "right" : "left" },
    el("button", { type: "button", class: "sort", onclick: () => sort(index) }, content.text)));

  function turn(by) {
    page += by;
    show();
  }

  function sort(index) {
    upwards = column === index ? !upwards : true;
    column = index;
    page = 0;
    const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    const text = (row) => row[index].text ?? "";
    sorted = [...rows].sort((a, b) => (
      (upwards ? 1 : -1) * (numeric[index] ? a[index].value - b[index].value : words.compare(text(a), text(b)))));
    show();
  }

  function show() {
    heads.forEach((th, index) => {
      if (index === column) th.setAttribute("aria-sort", upwards ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    });
    const first = page * size;
    const visible = sorted.slice(first, first + size);
    body.replaceChildren(...visible.map((row) => el("tr", {}, row.map((content, index) => (
      index === rowHeader
        ? el("th", { scope: "row", class: numeric[index] ? "right" : "left" }, cell(content, place, button))
        : el("td", { class: numeric[index] ? "right" : "left" }, cell(content, place, button)))))));
    status.textContent = `${first + 1}–${first + visible.length} of ${rows.length}`;
    back.disabled = page === 0;
    forth.disabled = first + size >= rows.length;
  }

  show();
  return el("div", { class: "data-table" },
    el("div", { class: "scroll boxed", tabindex: "0", role: "group", "aria-label": block.caption },
      el("table", {}, el("caption", {}, block.caption), el("thead", {}, el("tr", {}, heads)), body)),
    rows.length > size ? el("div", { class: "pager" }, status, back, forth) : null);
}
