// From the chart's data (title, kind, categories, series with a role) to the options of ECharts, in the look of the house:
// actual in ink, planned path grey and dashed, forecast in the accent, target a ring; lines named at their ends.

import { FORECAST_KINDS } from "./chart_forecast.js";
import { categoryAxis, colourOf, figure, last, legend, nameOf, placesOf, textWidth, valueAxis } from "./chart_parts.js";

export const TOKENS = [
  "ink", "ink-2", "ink-3", "surface", "paper", "line-2", "accent", "bad", "c-actual", "c-path", "c-forecast", "c-target",
  "c-band-80", "c-band-95", "c-grid", "c-axis", "cat-1", "cat-2", "cat-3", "cat-4", "cat-5", "cat-6",
];

const DECALS = [
  { symbol: "none" },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: "rgba(255,255,255,.28)" },
  { symbol: "circle", symbolSize: 0.5, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], color: "rgba(255,255,255,.4)" },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1, 4], color: "rgba(255,255,255,.28)" },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4, color: "rgba(255,255,255,.28)" },
  { symbol: "triangle", symbolSize: 0.6, dashArrayX: [8, 8], dashArrayY: [8, 4], color: "rgba(255,255,255,.35)" },
];

function base(data, t, words) {
  const size = 0.75 * t.rem;
  return {
    animation: false,
    textStyle: { fontFamily: t.sans, fontSize: size, color: t["ink-2"] },
    aria: {
      enabled: true,
      label: { enabled: true, description: words.finding },
      decal: { show: data.kind === "bar" && data.series.length > 1, decals: DECALS },
    },
    tooltip: {
      renderMode: "richText", // html tooltips carry style attributes, which the page's policy forbids
      trigger: data.kind === "line" || data.kind === "bar" ? "axis" : "item",
      confine: true,
      transitionDuration: 0,
      backgroundColor: t.surface,
      borderColor: t["line-2"],
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: t.ink, fontSize: size },
      axisPointer: { type: data.kind === "bar" ? "shadow" : "line", lineStyle: { color: t["c-axis"], type: "dotted" }, shadowStyle: { opacity: 0.06 } },
      valueFormatter: (value) => `${figure(value, placesOf(data))} ${data.unit ?? ""}`.trim(),
    },
  };
}

// Names at line ends that would lie on each other move apart; ECharts places such labels without looking at the others.
function endOffsets(data, ends, height, size) {
  const known = data.series.flatMap((s) => s.values).filter((v) => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const scale = (height - 60) / (high - low || 1) / 1.2;
  const order = ends.map((s) => ({ s, y: (high - s.values[last(s.values)]) * scale })).sort((a, b) => a.y - b.y);
  const offsets = new Map();
  let floor = -Infinity;
  for (const { s, y } of order) {
    const at = Math.max(y, floor);
    offsets.set(s, Math.round(at - y));
    floor = at + size * 1.35;
  }
  return offsets;
}

function line(data, t, words) {
  const size = 0.75 * t.rem;
  const end = data.categories.length - 1;
  const targeted = data.series.some((s) => s.role === "target");
  // The planned path ends in its target's ring, so it is named along the way.
  const atEnd = data.series.filter((s) => last(s.values) === end && !(s.role === "path" && targeted));
  const offsets = endOffsets(data, atEnd, words.height, size);
  const text = (s) => (s.role === "target" ? `${nameOf(s, words)} ${figure(s.values[last(s.values)])}` : nameOf(s, words));
  const series = data.series.map((s, index) => {
    const colour = colourOf(s, index, t);
    const label = {
      show: true, formatter: () => text(s), color: s.role === "path" ? t["ink-3"] : colour,
      fontWeight: s.role === "path" ? 400 : 600, distance: 8, offset: [0, offsets.get(s) ?? 0],
    };
    if (s.role === "target") {
      return {
        type: "scatter", name: nameOf(s, words), data: s.values, symbol: "circle", symbolSize: 9, z: 5,
        itemStyle: { color: t.paper, borderColor: colour, borderWidth: 2 },
        label: { ...label, position: "right" },
        emphasis: { disabled: true },
      };
    }
    const ends = offsets.has(s);
    const point = last(s.values);
    const named = s.role === "path" ? Math.floor(end * 0.4) : point;
    return {
      type: "line", name: nameOf(s, words), color: colour,
      data: s.values.map((value, i) => ({
        value,
        symbol: i === point && s.role !== "path" ? "circle" : i === named && !ends ? "circle" : "none",
        symbolSize: s.role === "path" ? 0 : 6,
        label: i === named && !ends ? { ...label, ...beside(data, s, i) } : { show: false },
      })),
      lineStyle: { color: colour, width: s.role === "path" ? 1.5 : 2, type: s.role === "path" ? [5, 4] : "solid" },
      endLabel: ends ? label : { show: false },
      emphasis: { disabled: true },
    };
  });
  const widest = Math.max(0, ...atEnd.map((s) => textWidth(text(s), size)));
  return {
    grid: { left: 4, right: widest + 20, top: 16, bottom: 4, containLabel: true },
    xAxis: categoryAxis(t, data.categories, { boundaryGap: false }),
    yAxis: valueAxis(t, { scale: true }),
    series,
  };
}

// The free side of a point: away from the nearest other line.
function beside(data, series, i) {
  const others = data.series.filter((s) => s !== series && s.values[i] !== null).map((s) => s.values[i]);
  const nearest = others.sort((a, b) => Math.abs(a - series.values[i]) - Math.abs(b - series.values[i]))[0];
  const under = nearest !== undefined && nearest > series.values[i];
  return under ? { position: "bottom", align: "left", offset: [6, 4] } : { position: "top", align: "right", offset: [-6, -4] };
}

// Long names or many of them lie along the side, where they can be read.
export function isHorizontal(data) {
  return data.kind === "timeline" || (data.kind === "bar" && (data.categories.length > 8 || data.categories.some((c) => textWidth(c, 1) > 7)));
}

function bar(data, t, words) {
  const labels = data.series.map((s) => nameOf(s, words));
  const horizontal = isHorizontal(data);
  const names = categoryAxis(t, data.categories, horizontal ? { inverse: true, axisLabel: { interval: 0 } } : {});
  const values = valueAxis(t, { min: (range) => Math.min(0, range.min) });
  const places = placesOf(data);
  const crowded = !horizontal && data.categories.length * data.series.length > 16;
  return {
    ...legend(data, t, labels),
    grid: { left: 4, right: horizontal ? 56 : 4, top: data.series.length > 1 ? 36 : 20, bottom: 4, containLabel: true },
    xAxis: horizontal ? values : names,
    yAxis: horizontal ? names : values,
    series: data.series.map((s, index) => ({
      type: "bar", name: labels[index], data: s.values, barMaxWidth: horizontal ? 14 : 32, barGap: "12%",
      itemStyle: { color: colourOf(s, index, t) },
      label: { show: !crowded, position: horizontal ? "right" : "top", color: t["ink-2"], formatter: ({ value }) => (value === null ? "" : figure(value, places)) },
      labelLayout: { hideOverlap: true },
      emphasis: { disabled: true },
    })),
  };
}

// A row runs from the beginning of its first year to the end of its last: values are [first, last], or null where unknown.
function timeline(data, t, words) {
  const labels = data.series.map((s) => nameOf(s, words));
  const known = data.series.flatMap((s) => s.values).filter(Boolean);
  const first = Math.min(...known.map(([from]) => from));
  const end = Math.max(...known.map(([, to]) => to)) + 1;
  const series = data.series.flatMap((s, index) => [
    {
      type: "bar", stack: `s${index}`, silent: true, itemStyle: { color: "transparent" }, tooltip: { show: false },
      data: s.values.map((v) => (v ? v[0] - first : null)),
    },
    {
      type: "bar", stack: `s${index}`, name: labels[index], barMaxWidth: 12, emphasis: { disabled: true },
      data: s.values.map((v) => (v ? v[1] - v[0] + 1 : null)),
      itemStyle: { color: colourOf(s, index, t) },
      tooltip: { valueFormatter: (_v, i) => (s.values[i] ? s.values[i].join("—") : "—") },
    },
  ]);
  return {
    ...legend(data, t, labels),
    grid: { left: 4, right: 16, top: data.series.length > 1 ? 48 : 24, bottom: 4, containLabel: true },
    xAxis: valueAxis(t, {
      position: "top", min: 0, max: end - first, interval: Math.ceil((end - first) / 12),
      axisLabel: { formatter: (value) => (first + value < end ? String(first + value) : ""), align: "left" },
    }),
    yAxis: categoryAxis(t, data.categories, { inverse: true, axisLine: { show: false }, axisLabel: { interval: 0, width: Math.min(280, words.width * 0.35), overflow: "truncate" } }),
    series,
  };
}

function scatter(data, t, words) {
  const labels = data.series.map((s) => nameOf(s, words));
  const few = data.categories.length <= 12;
  return {
    ...legend(data, t, labels),
    grid: { left: 4, right: 48, top: data.series.length > 1 ? 40 : 24, bottom: 4, containLabel: true },
    xAxis: valueAxis(t, { scale: true, boundaryGap: ["4%", "4%"], splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: t["c-axis"] } } }),
    yAxis: valueAxis(t, { scale: true, boundaryGap: ["4%", "4%"] }),
    series: data.series.map((s, index) => ({
      type: "scatter", name: labels[index], data: s.values, symbolSize: 8, emphasis: { disabled: true },
      itemStyle: { color: colourOf(s, index, t) },
      label: { show: few, position: "right", color: t["ink-2"], formatter: ({ dataIndex }) => data.categories[dataIndex] ?? "" },
      labelLayout: { hideOverlap: true },
      tooltip: {
        formatter: ({ dataIndex, value }) =>
          `${data.categories[dataIndex] ?? ""}\n${figure(value[0])} ${data.x_unit ?? ""}, ${figure(value[1])} ${data.unit ?? ""}`,
      },
    })),
  };
}

const KINDS = { line, bar, timeline, scatter, ...FORECAST_KINDS, option: (data) => data.option };

export function options(data, t, words) {
  return { ...base(data, t, words), ...KINDS[data.kind](data, t, words) };
}

// Rows along the side need room each; other charts keep the height that the page gave.
export function heightOf(data, given, rem) {
  if (!isHorizontal(data)) return given;
  const rows = data.categories.length * (data.kind === "bar" ? Math.max(1, data.series.length * 0.8) : 1);
  return Math.max(Math.min(given, 160), Math.round(rows * 1.5 * rem + 56));
}
