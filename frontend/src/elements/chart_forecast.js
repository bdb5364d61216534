// The charts of a forecast: the fan with its bands, what moved a figure, the pace that is needed, how well calls did.
// Points lie where their time or figure puts them, so the axes are of values and labels are set by hand.

import { colourOf, figure, last, nameOf, placesOf, textWidth, valueAxis } from "./chart_parts.js";

const known = (values) => values.filter((value) => typeof value === "number");
const placesFor = (data) => data.places ?? placesOf(data);
const sizeOf = (t) => 0.75 * t.rem;
const signed = (value, places) => `${value > 0 ? "+" : ""}${figure(value, places)}`;

// The least round range that holds all figures, in about `parts` steps; it begins at the least value if one is given.
function roundRange(values, parts = 5, hardMin = -Infinity, hardMax = Infinity) {
  const low = Math.min(...values, hardMin === -Infinity ? Infinity : hardMin);
  const high = Math.max(...values);
  const rough = (high - low || Math.abs(high) || 1) / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((one) => one >= rough * 0.999);
  const min = Math.max(hardMin, Math.floor(low / step + 1e-9) * step);
  const max = Math.min(hardMax, Math.ceil(high / step - 1e-9) * step);
  return { min, max: max > min ? max : min + step, interval: step };
}

// Labels keep their order and stand `room` apart; each as near to its point as that allows.
function spread(places, room, low, high) {
  const order = places.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
  const found = new Array(places.length);
  let floor = low;
  for (const { at, i } of order) {
    found[i] = Math.max(at, floor);
    floor = found[i] + room(i);
  }
  let roof = high;
  for (const { i } of order.reverse()) {
    found[i] = Math.min(found[i], roof);
    roof = found[i] - room(i);
  }
  return found;
}

const text = (words, x, y, fill, extra = {}) => ({
  type: "text",
  silent: true,
  style: { text: words, x, y, fill, verticalAlign: "middle", ...extra },
});

const drawn = (t, renderItem, data, extra = {}) => ({
  type: "custom", renderItem, data, emphasis: { disabled: true }, clip: false, silent: true, tooltip: { show: false }, z: 4, ...extra,
});

const font = (t, weight = 400, size = 0.75) => `${weight} ${size * t.rem}px ${t.sans}`;

// ---- fan: {at, categories, ticks, series, bands: [{name, low, high}], now: {at, name}, marks: [{value, name}], gap}

function fan(data, t, words) {
  const size = sizeOf(t);
  const bands = data.bands ?? [];
  const marks = data.marks ?? [];
  const figures = known([...data.series.flatMap((s) => s.values), ...bands.flatMap((b) => [...b.low, ...b.high]), ...marks.map((m) => m.value)]);
  const y = roundRange(figures, 5, data.min, data.max);
  const x = { min: data.at[0], max: data.at.at(-1) };
  const ends = endLabels(data, bands, marks, t, words, x.max);
  const top = 16;
  const bottom = size + 16;
  const inner = words.height - top - bottom;
  const axis = valueAxis(t, y);
  const widest = Math.max(...[y.min, y.max].map((value) => textWidth(figure(value), size)));
  const grid = {
    left: widest + 14, right: Math.max(16, ...ends.map((end) => textWidth(end.words, end.size) + 20)), top, bottom, containLabel: false,
    outerBoundsMode: "none",
  };
  const places = spread(ends.map((end) => top + (inner * (y.max - end.value)) / (y.max - y.min)), () => size * 1.4, top, top + inner);
  const index = (value) => data.at.reduce((best, at, i) => (Math.abs(at - value) < Math.abs(data.at[best] - value) ? i : best), 0);
  return {
    grid,
    xAxis: {
      type: "value", ...x, axisLine: { lineStyle: { color: t["c-axis"] } }, splitLine: { show: false },
      axisTick: { show: true, customValues: data.ticks.map(([at]) => at), lineStyle: { color: t["c-axis"] } },
      axisLabel: {
        color: t["ink-2"], fontSize: size, hideOverlap: true, customValues: data.ticks.map(([at]) => at),
        formatter: (value) => data.ticks.find(([at]) => at === value)?.[1] ?? "",
      },
      axisPointer: { label: { show: false } },
    },
    yAxis: axis,
    tooltip: { trigger: "axis", formatter: (points) => said(data, bands, index(points[0].axisValue), words) },
    series: [
      // Holds a point at every period, so that a tip can be shown at each.
      {
        type: "line", name: "", lineStyle: { opacity: 0 }, symbol: "none", z: 0, emphasis: { disabled: true },
        data: data.at.map((at, i) => [at, data.series.map((s) => s.values[i]).find((value) => value !== null) ?? bands[0]?.low[i] ?? y.min]),
      },
      ...bands.map((band) => drawn(t, (_params, api) => area(band, data.at, api, t), [0], { z: 1 })),
      ...data.series.map((s, i) => path(s, i, data, t)),
      drawn(t, (_params, api) => ({ type: "group", children: lines(data, marks, ends, places, api, t, { top, inner, x, y, size }) }), [0]),
    ],
  };
}

function path(s, i, data, t) {
  const colour = colourOf(s, i, t);
  const end = last(s.values);
  const hollow = s.hollow ?? [];
  if (s.role === "target") {
    return {
      type: "scatter", data: s.values.map((value, k) => [data.at[k], value]).filter(([, value]) => value !== null), symbolSize: 9, z: 6,
      itemStyle: { color: t.paper, borderColor: colour, borderWidth: 2 }, emphasis: { disabled: true },
    };
  }
  return {
    type: "line", z: s.role === "path" ? 2 : 5, connectNulls: true, emphasis: { disabled: true },
    lineStyle: { color: colour, width: s.role === "path" ? 1.5 : 2, type: s.role === "path" ? [5, 4] : "solid" },
    data: s.values.map((value, k) => ({
      value: [data.at[k], value],
      symbol: value !== null && (s.points || (k === end && s.role !== "path")) ? "circle" : "none",
      symbolSize: k === end ? 7 : 5,
      itemStyle: hollow[k] ? { color: t.paper, borderColor: colour, borderWidth: 1.5 } : { color: colour },
    })),
  };
}

function area(band, at, api, t) {
  const there = at.map((_x, i) => i).filter((i) => band.low[i] !== null && band.high[i] !== null);
  const points = [...there.map((i) => api.coord([at[i], band.high[i]])), ...there.reverse().map((i) => api.coord([at[i], band.low[i]]))];
  return { type: "polygon", shape: { points }, style: { fill: t[`c-band-${band.level}`] }, silent: true };
}

// What stands at the right: the target, the forecast, the bounds of the intervals; the path where no target ends it.
function endLabels(data, bands, marks, t, words, end) {
  const targeted = data.series.some((s) => s.role === "target");
  const found = [];
  data.series.forEach((s, i) => {
    const at = last(s.values);
    if (at < 0 || data.at[at] !== end || (s.role === "path" && targeted)) return;
    const strong = s.role !== "path";
    found.push({
      value: s.values[at], words: s.end_label ?? `${nameOf(s, words)} ${figure(s.values[at], placesFor(data))}${data.unit === "%" ? "%" : ""}`.trim(),
      fill: s.role === "path" ? t["ink-3"] : colourOf(s, i, t), weight: strong ? 600 : 400, size: (strong ? 0.8125 : 0.75) * t.rem,
    });
  });
  for (const band of bands) {
    for (const [side, values] of [[band.high_name, band.high], [band.low_name, band.low]]) {
      const at = last(values);
      if (side && at >= 0 && data.at[at] === end) found.push({ value: values[at], words: `${side} ${figure(values[at], placesFor(data))}`, fill: t["ink-2"], weight: 400, size: sizeOf(t) });
    }
  }
  for (const mark of marks) found.push({ value: mark.value, words: mark.name, fill: t["ink-3"], weight: 400, size: sizeOf(t) });
  return found;
}

function lines(data, marks, ends, places, api, t, { top, inner, x, size }) {
  const right = api.coord([x.max, 0])[0];
  const left = api.coord([x.min, 0])[0];
  const rule = (x1, y1, x2, y2, style) => ({ type: "line", silent: true, shape: { x1, y1, x2, y2 }, style });
  const found = ends.map((end, i) => text(end.words, right + 12, places[i], end.fill, { font: `${end.weight} ${end.size}px ${t.sans}` }));
  for (const mark of marks) {
    const height = api.coord([x.min, mark.value])[1];
    found.push(rule(left, height, right, height, { stroke: t["ink-3"], lineDash: [3, 3], lineWidth: 1 }));
  }
  if (data.now) {
    const at = api.coord([data.now.at, 0])[0];
    const side = at - left > right - at ? "right" : "left";
    found.push(rule(at, top, at, top + inner, { stroke: t["ink-3"], lineDash: [1, 3], lineWidth: 1 }));
    found.push(text(data.now.name, at + (side === "right" ? -6 : 6), top + inner - size, t["ink-3"], { align: side, font: font(t) }));
  }
  const actual = data.series.find((s) => s.role === "actual");
  const planned = data.series.find((s) => s.role === "path");
  const early = data.now && data.now.at - x.min < 0.55 * (x.max - x.min);
  const ended = actual && data.at[last(actual.values)] === x.max; // it is named at its end
  if (actual && !ended) found.push(...along(actual, planned, data, api, t, { part: early ? 0.4 : 0.6, fill: t.ink, weight: 600, floor: top + inner }));
  if (planned && data.series.some((s) => s.role === "target")) found.push(...along(planned, actual, data, api, t, { part: early ? 0.8 : 0.2, fill: t["ink-3"], weight: 400, floor: top + inner }));
  if (data.gap) {
    const [at, from] = api.coord([data.gap.at, data.gap.from]);
    const to = api.coord([data.gap.at, data.gap.to])[1];
    found.push(rule(at, from, at, to, { stroke: t.bad, lineWidth: 2 }));
    found.push(text(data.gap.name, at - 8, Math.min(from, to) - size, t.bad, { align: "right", font: font(t) }));
  }
  return found;
}

// The name of a line, at a part of its length, on the side that is away from the other line.
function along(s, other, data, api, t, { part, fill, weight, floor }) {
  const there = s.values.map((_value, i) => i).filter((i) => s.values[i] !== null);
  if (there.length < 2) return [];
  const i = there[Math.min(there.length - 1, Math.round((there.length - 1) * part))];
  const near = s.values.slice(Math.max(0, i - 3), i + 4).filter((value) => value !== null);
  const [x] = api.coord([data.at[i], s.values[i]]);
  const before = other?.values.slice(0, i + 1).findLast((value) => value !== null) ?? -Infinity;
  const wanted = s.role === "path" ? before >= s.values[i] || before === -Infinity : before > s.values[i];
  // Clear of the line itself where it goes up and down from month to month; a line of years is straight between its points.
  const most = s.values.length > 24 ? (wanted ? Math.min(...near) : Math.max(...near)) : s.values[i];
  const y = api.coord([data.at[i], most])[1];
  const under = wanted && y + 2.5 * sizeOf(t) < floor;
  return [text(s.simulated_name ?? s.name, x + (under ? 8 : -8), y + (under ? 1 : -1) * sizeOf(t) * 1.3, fill, { align: under ? "left" : "right", font: font(t, weight) })];
}

function said(data, bands, i, words) {
  const places = placesFor(data);
  const unit = data.unit ?? "";
  const rows = data.series.filter((s) => s.values[i] !== null && s.values[i] !== undefined).map((s) => `${nameOf(s, words)}  ${figure(s.values[i], places)} ${unit}`);
  for (const band of bands) if (band.low[i] !== null && band.low[i] !== band.high[i]) rows.push(`${band.name}  ${figure(band.low[i], places)}—${figure(band.high[i], places)} ${unit}`);
  return [data.categories[i], ...rows].join("\n");
}

// ---- steps: {categories, values, ends: [first, last], quiet: [...]}: a figure before, what moved it, the figure after

function steps(data, t, words) {
  const size = sizeOf(t);
  const [start, end] = data.ends;
  const tops = [start];
  for (const value of data.values) tops.push(tops.at(-1) + value);
  const x = roundRange([...tops, end], 5, data.min, data.max);
  const rows = ["", ...data.values, ""].map((_value, i) => i);
  const names = data.categories;
  const places = data.places;
  const left = Math.min(words.width * 0.44, Math.max(...names.map((name) => textWidth(name, size))) + 28);
  const suffix = data.unit === "%" || data.unit === "百分点" ? "%" : "";
  const item = (_params, api) => {
    const i = api.value(1);
    const y = api.coord([0, i])[1];
    const total = i === 0 || i === rows.length - 1;
    if (total) {
      const value = i === 0 ? start : end;
      const at = api.coord([value, i])[0];
      return { type: "group", children: [
        { type: "circle", shape: { cx: at, cy: y, r: 4.5 }, style: { fill: t.accent } },
        text(`${figure(value, data.end_places ?? 0)}${suffix}`, at + 10, y, t.ink, { font: font(t, 600) }),
      ] };
    }
    const value = data.values[i - 1];
    const [a, b] = [api.coord([tops[i - 1], i])[0], api.coord([tops[i], i])[0]];
    const step = api.size([0, 1])[1];
    return { type: "group", children: [
      { type: "line", shape: { x1: a, y1: y - step / 2 - 1, x2: a, y2: y + step / 4 }, style: { stroke: t["c-axis"], lineWidth: 1 } },
      { type: "rect", shape: { x: Math.min(a, b), y: y - 6, width: Math.max(1, Math.abs(a - b)), height: 12 }, style: { fill: value < 0 ? t["cat-4"] : t["cat-3"], opacity: data.quiet?.includes(i - 1) ? 0.5 : 1 } },
      text(signed(value, places), Math.max(a, b) + 6, y, t["ink-2"], { font: font(t) }),
    ] };
  };
  return {
    grid: { left, right: 64, top: 4, bottom: 4, containLabel: false, outerBoundsMode: "none" },
    xAxis: valueAxis(t, { ...x, axisLabel: { show: false }, splitLine: { show: false } }),
    yAxis: {
      type: "category", data: names, inverse: true, axisLine: { show: false }, axisTick: { show: false },
      axisLabel: {
        interval: 0, fontSize: size, width: left - 8, overflow: "truncate", color: (_name, i) => (i === 0 || i === rows.length - 1 ? t.ink : t["ink-2"]),
        align: "left", margin: left - 4,
      },
    },
    tooltip: { show: false },
    series: [drawn(t, item, rows.map((i) => [i === 0 ? start : i === rows.length - 1 ? end : tops[i], i]), { encode: { x: 0, y: 1 } })],
  };
}

// ---- pace: {points: [{name, value, role}], gap: {from, to, name}}: paces as dots on one axis

const DOTS = { actual: ["c-actual", true], forecast: ["c-forecast", true], path: ["c-path", false], needed: ["bad", true], best: ["ink-2", false] };

function pace(data, t, words) {
  const size = sizeOf(t);
  const values = data.points.map((point) => point.value);
  const reach = Math.max(...values) - Math.min(...values) || 1;
  const [min, max] = [Math.min(...values) - reach * 0.12, Math.max(...values) + reach * 0.12];
  const order = data.points.map((_p, i) => i).sort((a, b) => values[a] - values[b]);
  const above = new Set(order.filter((_i, rank) => rank % 2 === 0));
  const told = (i) => `${figure(values[i], data.places)}${data.unit === "%" ? "%" : ""}`;
  const width = (i) => Math.max(textWidth(data.points[i].name, size), textWidth(told(i), size)) + 16;
  const draw = (_params, api) => {
    const x = (value) => api.coord([value, 0])[0];
    const y = api.coord([min, 0])[1];
    const children = [{ type: "line", shape: { x1: x(min), y1: y, x2: x(max), y2: y }, style: { stroke: t["c-axis"], lineWidth: 1 } }];
    if (data.gap) {
      const [a, b] = [x(data.gap.from), x(data.gap.to)].sort((one, other) => one - other);
      children.push({ type: "rect", shape: { x: a, y: y - 4, width: b - a, height: 8 }, style: { fill: t.bad, opacity: 0.18 } });
    }
    for (const up of [true, false]) {
      const side = order.filter((i) => above.has(i) === up);
      const half = (i) => width(i) / 2;
      const places = spread(side.map((i) => x(values[i])), (k) => (half(side[k]) + half(side[Math.min(k + 1, side.length - 1)])), x(min), x(max));
      side.forEach((i, k) => {
        const { name, role } = data.points[i];
        const [colour, solid] = DOTS[role];
        const away = up ? -1 : 1;
        const fill = role === "needed" ? t.bad : t.ink;
        if (Math.abs(places[k] - x(values[i])) > 6) children.push({ type: "line", shape: { x1: x(values[i]), y1: y + away * 6, x2: places[k], y2: y + away * 14 }, style: { stroke: t["line-2"] } });
        children.push(text(name, places[k], y + away * (up ? 20 + size * 1.4 : 20), t["ink-2"], { align: "center", font: font(t) }));
        children.push(text(told(i), places[k], y + away * (up ? 20 : 20 + size * 1.4), fill, { align: "center", font: font(t, 600) }));
        children.push({ type: "circle", shape: { cx: x(values[i]), cy: y, r: 4.5 }, style: solid ? { fill: t[colour] } : { fill: t.paper, stroke: t[colour], lineWidth: 2 } });
      });
    }
    return { type: "group", children };
  };
  return {
    grid: { left: 4, right: 4, top: 0, bottom: 0, containLabel: false, outerBoundsMode: "none" },
    xAxis: { type: "value", min, max, show: false },
    yAxis: { type: "value", min: -1, max: 1, show: false },
    tooltip: { show: false },
    series: [drawn(t, draw, [0])],
  };
}

// ---- reliability: {series: [{name, hollow, values: [[told, came, low, high, count]]}]}: in per cent, on the square

function reliability(data, t, words) {
  const labels = data.series.map((s) => nameOf(s, words));
  const size = sizeOf(t);
  const percent = { formatter: (value) => `${value}` };
  const axis = (name, nameTextStyle = {}) => valueAxis(t, { min: 0, max: 100, interval: 20, axisLabel: percent, name, nameTextStyle: { color: t["ink-3"], fontSize: size, ...nameTextStyle } });
  const item = (s, colour) => (_params, api) => {
    const [told, came, low, high, count] = [0, 1, 2, 3, 4].map((i) => api.value(i));
    const [x, y] = api.coord([told, came]);
    const radius = 3 + Math.min(6, Math.sqrt(count));
    return { type: "group", children: [
      { type: "line", shape: { x1: x, y1: api.coord([told, low])[1], x2: x, y2: api.coord([told, high])[1] }, style: { stroke: colour, lineWidth: 1.5, opacity: 0.5 } },
      { type: "circle", shape: { cx: x, cy: y, r: radius }, style: s.hollow ? { fill: t.paper, stroke: colour, lineWidth: 2 } : { fill: colour } },
      text(String(count), x + radius + 4, y, t["ink-3"], { font: font(t) }),
    ] };
  };
  return {
    grid: { left: 36, right: 24, top: 32, bottom: 44, containLabel: false, outerBoundsMode: "none" },
    xAxis: { ...axis(data.x_name), nameLocation: "middle", nameGap: 28, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: t["c-axis"] } } },
    yAxis: { ...axis(data.y_name, { align: "left" }), nameLocation: "end", nameGap: 12 },
    series: [
      { type: "line", data: [[0, 0], [100, 100]], symbol: "none", silent: true, tooltip: { show: false }, lineStyle: { color: t["c-path"], type: [5, 4], width: 1.5 }, emphasis: { disabled: true } },
      ...data.series.map((s, i) =>
        drawn(t, item(s, colourOf(s, i, t)), s.values, {
          name: labels[i], encode: { x: 0, y: 1 }, silent: false,
          tooltip: { show: true, formatter: ({ value }) => `${labels[i]}\n${data.x_name} ${figure(value[0], 0)}%\n${data.y_name} ${figure(value[1], 0)}%（${figure(value[2], 0)}—${figure(value[3], 0)}%），${value[4]}` },
        })),
    ],
  };
}

export const FORECAST_KINDS = { fan, steps, pace, reliability };
