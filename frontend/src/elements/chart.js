// <x-chart src label height>: reads the chart's data and draws it with ECharts. The table beside it says the same.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { heightOf, options, TOKENS } from "./chart_options.js";
import { csv, download, Plot, tokens } from "./plot.js";

echarts.use([
  BarChart, CustomChart, LineChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent,
  TooltipComponent, LabelLayout, SVGRenderer,
]);

class Chart extends Plot {
  get words() {
    return {
      finding: this.data.title || this.getAttribute("label"),
      simulated: this.getAttribute("text-simulated"),
      width: this.clientWidth,
      height: Number(this.getAttribute("height")),
    };
  }

  draw() {
    const t = tokens(TOKENS);
    this.plot.style.height = `${heightOf(this.data, this.words.height, t.rem)}px`;
    this.chart?.dispose();
    this.chart = echarts.init(this.plot, null, { renderer: "svg" });
    this.chart.setOption(options(this.data, t, this.words));
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", this.words.finding);
    this.plot.tabIndex = 0;
    this.plot.onkeydown = (event) => this.walk(event);
    if (!this.parentElement?.querySelector("details.twin")) this.addTwin();
  }

  erase() {
    this.chart?.dispose();
    this.chart = null;
  }

  // Left and right walk along the points and show each one's figures, as the mouse does.
  walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const count = this.data.categories?.length ?? 0;
    if (!count) return;
    this.at = ((this.at ?? (step > 0 ? -1 : 0)) + step + count) % count;
    this.chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: this.at });
  }

  addTwin() {
    const { table } = this.data;
    if (!table) return;
    const twin = document.createElement("details");
    twin.className = "twin";
    const element = document.createElement("table");
    const numeric = table.columns.map((_, i) => i > 0 && table.rows.every((row) => row[i] === null || typeof row[i] === "number"));
    const row = (cells, tag, parent) => {
      const line = parent.insertRow();
      cells.forEach((value, i) => {
        const cell = document.createElement(i === 0 || tag === "th" ? "th" : "td");
        if (cell.tagName === "TH") cell.scope = tag === "th" ? "col" : "row";
        if (numeric[i]) cell.className = "n";
        cell.textContent = Array.isArray(value) ? value.join("—") : (value ?? "—");
        line.append(cell);
      });
    };
    row(table.columns, "th", element.createTHead());
    const body = element.createTBody();
    for (const cells of table.rows) row(cells, "td", body);
    const summary = document.createElement("summary");
    summary.textContent = this.getAttribute("text-table");
    const scroll = document.createElement("div");
    scroll.className = "scroll";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", this.words.finding);
    scroll.append(element);
    twin.append(summary, scroll);
    this.after(twin);
  }

  downloads() {
    const list = [
      ["SVG", () => download(`${this.fileName}.svg`, new Blob([this.svg()], { type: "image/svg+xml" }))],
      ["PNG", () => this.png()],
    ];
    if (this.data.table) list.push(["CSV", () => download(`${this.fileName}.csv`, csv(this.data.table))]);
    return list;
  }

  // A picture that leaves the page takes its title along.
  svg() {
    const t = tokens(TOKENS);
    const width = this.plot.clientWidth;
    const height = this.plot.clientHeight + 64;
    const holder = document.createElement("div");
    const copy = echarts.init(holder, null, { renderer: "svg", width: width + 32, height });
    const drawn = options(this.data, t, this.words);
    const down = (part) => part && { ...part, top: (part.top ?? 0) + 56 };
    copy.setOption({
      ...drawn,
      backgroundColor: t.paper,
      grid: { ...down(drawn.grid), left: 20, right: (drawn.grid?.right ?? 0) + 16, bottom: 16 },
      ...(drawn.legend ? { legend: { ...down(drawn.legend), left: 16 } } : {}),
      title: {
        left: 16, top: 12, text: this.words.finding, subtext: this.data.subtitle ?? "", itemGap: 6,
        textStyle: { fontFamily: t.sans, fontSize: t.rem, fontWeight: 600, color: t.ink },
        subtextStyle: { fontFamily: t.sans, fontSize: 0.75 * t.rem, color: t["ink-3"] },
      },
    });
    const text = copy.renderToSVGString();
    copy.dispose();
    return text;
  }

  png() {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      const pen = canvas.getContext("2d");
      pen.scale(2, 2);
      pen.drawImage(image, 0, 0);
      canvas.toBlob((blob) => download(`${this.fileName}.png`, blob), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(this.svg())}`;
  }
}

customElements.define("x-chart", Chart);
