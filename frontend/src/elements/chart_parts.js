// What the kinds of charts share: figures, widths, colours by role, axes, the legend.

// Thousands are grouped from five digits; the minus is a true one. Without `places` a value keeps its own decimals, two at most.
export function figure(value, places = null) {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  const size = Math.abs(value);
  const [whole, rest] = (places === null ? String(Math.round(size * 100) / 100) : size.toFixed(places)).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return `${value < 0 ? "−" : ""}${grouped}${rest ? `.${rest}` : ""}`;
}

// Decimals that all figures of a chart share: as many as its most exact value has, two at most.
export function placesOf(data) {
  const values = data.series.flatMap((s) => s.values).flat().filter((v) => typeof v === "number");
  return Math.max(0, ...values.map((v) => (figure(v).split(".")[1] ?? "").length));
}

// Width of a text in units of its size: a Han character is one, a Latin one about half.
export function textWidth(text, size) {
  let units = 0;
  for (const character of text) units += character > "\u2e7f" ? 1 : 0.56;
  return units * size;
}

export function colourOf(series, index, t) {
  const roles = { actual: t["c-actual"], path: t["c-path"], forecast: t["c-forecast"], target: t["c-target"] };
  return roles[series.role] ?? t[`cat-${(index % 6) + 1}`];
}

export function nameOf(series, words) {
  return series.simulated ? `${series.name}（${words.simulated}）` : series.name;
}

export function valueAxis(t, extra) {
  return {
    type: "value",
    splitNumber: 5,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: t["c-grid"] } },
    ...extra,
    axisLabel: { color: t["ink-3"], fontSize: 0.75 * t.rem, formatter: (value) => figure(value), hideOverlap: true, ...extra?.axisLabel },
  };
}

export function categoryAxis(t, names, extra) {
  return {
    type: "category",
    data: names,
    axisLine: { lineStyle: { color: t["c-axis"] } },
    axisTick: { show: false },
    ...extra,
    axisLabel: { color: t["ink-2"], fontSize: 0.75 * t.rem, interval: "auto", hideOverlap: true, ...extra?.axisLabel },
  };
}

export function legend(data, t, labels) {
  if (data.series.length < 2) return {};
  return { legend: { data: labels, left: 0, top: 0, itemWidth: 12, itemHeight: 10, icon: "rect", selectedMode: false, textStyle: { color: t["ink-2"] } } };
}

export const last = (values) => values.findLastIndex((value) => value !== null);
