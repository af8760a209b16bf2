// Line, bar, area and pie charts as SVG, with axes, a legend, and the values as a table behind a button.

import { el, freshId, svg } from "./dom.js";

const WIDE = 620;
const NARROW = 390;
const HEIGHT = 250;
const MARGIN = { top: 18, right: 16, bottom: 30, left: 54 };
const LABEL_HEIGHT = 18;
const MOST_LABELS = 14;

let width = WIDE;

export function chart(block) {
  width = window.innerWidth > 760 ? WIDE : NARROW;
  const drawing = block.chart;
  const titleId = freshId("chart");
  const [picture, legend, values] = drawing.type === "pie" ? pie(drawing, titleId) : axes(drawing, titleId);
  return el("figure", { class: "chart" },
    el("figcaption", { id: titleId }, block.title),
    picture,
    el("ul", { class: "legend", "aria-hidden": "true" }, legend),
    el("details", { class: "values" }, el("summary", {}, "Show values"), el("div", { class: "scroll" }, values)));
}

function number(value) {
  return new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 }).format(value);
}

function key(index, name) {
  return el("li", {}, el("span", { class: `swatch series-${index % 12}` }), name);
}

function axes(drawing, titleId) {
  const { categories, x_label: xLabel, y_label: yLabel } = drawing.axis_config;
  const series = drawing.series.map((one) => ({
    name: one.name,
    values: categories.map((category) => one.data.find((point) => point.label === category).value),
  }));
  const layers = drawing.type === "area" ? stacked(series) : series.map((one) => one.values.map((value) => [0, value]));
  const ticks = scale(layers.flat(2), drawing.type === "line" ? series.flatMap((one) => one.values) : null);
  const plot = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const low = ticks[0];
  const high = ticks.at(-1);
  const y = (value) => MARGIN.top + plot.height * (1 - (value - low) / (high - low));
  const step = plot.width / categories.length;
  const x = (index) => MARGIN.left + step * (index + 0.5);
  const picture = frame(titleId, `${drawing.type} chart`, HEIGHT + (xLabel ? LABEL_HEIGHT : 0));
  grid(picture, ticks, y);
  labels(picture, categories, x, xLabel, yLabel);
  const draw = { line: lines, bar: bars, area: areas }[drawing.type];
  draw(picture, series, layers, { x, y, step, categories, low });
  const head = el("tr", {}, el("th", { scope: "col" }, xLabel ?? ""), series.map((one) => el("th", { scope: "col" }, one.name)));
  const rows = categories.map((category, index) => el("tr", {},
    el("th", { scope: "row" }, category), series.map((one) => el("td", { class: "right" }, number(one.values[index])))));
  return [picture, series.map((one, index) => key(index, one.name)), el("table", {}, el("thead", {}, head), el("tbody", {}, rows))];
}

function frame(titleId, kind, height) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": titleId, "data-kind": kind });
}

function stacked(series) {
  const floor = series[0].values.map(() => 0);
  return series.map((one) => one.values.map((value, index) => {
    const from = floor[index];
    floor[index] += value;
    return [from, floor[index]];
  }));
}

// Round ticks. A line may start above zero when its values lie far from it; bars and areas always stand on zero.
function scale(values, ofLine) {
  let low = Math.min(0, ...values);
  let high = Math.max(0, ...values);
  if (ofLine) {
    const least = Math.min(...ofLine);
    const most = Math.max(...ofLine);
    if (least > 0 && most - least < least / 2) {
      low = least - (most - least) * 0.25;
      high = most;
    }
  }
  if (high === low) high = low + 1;
  const rough = (high - low) / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough);
  const ticks = [];
  for (let tick = Math.floor(low / step) * step; tick < high + step * 0.999; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}

function grid(picture, ticks, y) {
  for (const tick of ticks) {
    picture.append(
      svg("line", { class: tick === 0 ? "zero" : "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end" }, number(tick)));
  }
}

function labels(picture, categories, x, xLabel, yLabel) {
  const longest = Math.max(...categories.map((category) => category.length));
  const every = Math.ceil((categories.length * Math.max(longest, 3) * 6.6) / (width - MARGIN.left - MARGIN.right));
  categories.forEach((category, index) => {
    if (index % every) return;
    picture.append(svg("text", { class: "tick", x: x(index), y: HEIGHT - MARGIN.bottom + 18, "text-anchor": "middle" }, category));
  });
  if (xLabel) picture.append(svg("text", { class: "axis", x: MARGIN.left + (width - MARGIN.left - MARGIN.right) / 2, y: HEIGHT + LABEL_HEIGHT - 8, "text-anchor": "middle" }, xLabel));
  if (yLabel) {
    const middle = MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) / 2;
    picture.append(svg("text", { class: "axis", transform: `translate(12 ${middle}) rotate(-90)`, "text-anchor": "middle" }, yLabel));
  }
}

function tip(node, name, category, value) {
  node.append(svg("title", {}, `${name}, ${category}: ${number(value)}`));
  return node;
}

function lines(picture, series, _layers, { x, y, categories }) {
  series.forEach((one, order) => {
    const path = one.values.map((value, index) => `${index ? "L" : "M"}${x(index)} ${y(value)}`).join("");
    picture.append(svg("path", { class: `stroke series-${order % 12}`, d: path }));
    one.values.forEach((value, index) => {
      picture.append(tip(svg("circle", { class: `dot series-${order % 12}`, cx: x(index), cy: y(value), r: 3.5 }), one.name, categories[index], value));
    });
  });
  if (categories.length > MOST_LABELS) return;
  series[0].values.forEach((value, index, all) => {
    const isLow = value < (all[index - 1] ?? Infinity) && value < (all[index + 1] ?? Infinity);
    picture.append(svg("text", { class: "value", x: x(index), y: y(value) + (isLow ? 18 : -10), "text-anchor": "middle" }, number(value)));
  });
}

function bars(picture, series, _layers, { x, y, step, categories }) {
  const thick = Math.min(46, (step * 0.76) / series.length);
  series.forEach((one, order) => one.values.forEach((value, index) => {
    const left = x(index) + thick * (order - series.length / 2);
    const top = Math.min(y(value), y(0));
    const height = Math.max(1, Math.abs(y(value) - y(0)));
    picture.append(tip(svg("rect", { class: `fill series-${order % 12}`, x: left + 1, y: top, width: Math.max(1, thick - 2), height, rx: 2 }), one.name, categories[index], value));
    if (thick >= 24) {
      picture.append(svg("text", { class: "value", x: left + thick / 2, y: value < 0 ? top + height + 13 : top - 5, "text-anchor": "middle" }, number(value)));
    }
  }));
}

function areas(picture, series, layers, { x, y, categories }) {
  layers.forEach((layer, order) => {
    const upper = layer.map(([, top], index) => `${index ? "L" : "M"}${x(index)} ${y(top)}`).join("");
    const lower = layer.map(([floor], index) => `L${x(index)} ${y(floor)}`).reverse().join("");
    picture.append(
      svg("path", { class: `wash series-${order % 12}`, d: `${upper}${lower}Z` }),
      svg("path", { class: `stroke series-${order % 12}`, d: upper }));
    layer.forEach(([floor, top], index) => {
      picture.append(tip(svg("circle", { class: `dot series-${order % 12}`, cx: x(index), cy: y(top), r: 3 }), series[order].name, categories[index], top - floor));
    });
  });
}

function pie(drawing, titleId) {
  const total = drawing.segments.reduce((sum, segment) => sum + segment.value, 0);
  const picture = frame(titleId, "pie chart", HEIGHT);
  const [centreX, centreY, radius] = [width / 2, HEIGHT / 2, HEIGHT / 2 - 10];
  let angle = -Math.PI / 2;
  drawing.segments.forEach((segment, index) => {
    const turn = (segment.value / total) * Math.PI * 2;
    const at = (a, r = radius) => `${centreX + r * Math.cos(a)} ${centreY + r * Math.sin(a)}`;
    const shape = drawing.segments.length === 1
      ? svg("circle", { class: "fill slice series-0", cx: centreX, cy: centreY, r: radius })
      : svg("path", { class: `fill slice series-${index % 12}`, d: `M${centreX} ${centreY}L${at(angle)}A${radius} ${radius} 0 ${turn > Math.PI ? 1 : 0} 1 ${at(angle + turn)}Z` });
    picture.append(tip(shape, segment.label, `${Math.round((segment.value / total) * 100)} %`, segment.value));
    if (turn > 0.35) {
      const [left, top] = at(angle + turn / 2, radius * 0.68).split(" ");
      picture.append(svg("text", { class: "inside", x: left, y: Number(top) + 4, "text-anchor": "middle" }, `${Math.round((segment.value / total) * 100)} %`));
    }
    angle += turn;
  });
  const rows = drawing.segments.map((segment) => el("tr", {}, el("th", { scope: "row" }, segment.label), el("td", { class: "right" }, number(segment.value))));
  return [picture, drawing.segments.map((segment, index) => key(index, `${segment.label} · ${number(segment.value)}`)), el("table", {}, el("tbody", {}, rows))];
}
