// <x-graph src label height>: a chain from left to right. Cytoscape draws boxes and lines; each box is a real link laid over
// its drawing, so that it can be read, reached by keyboard and opened. Arrow keys go along the chain. Many boxes are drawn
// smaller: with their name alone, then as tiles whose name is read out and shown on focus; two buttons change the size.
import cytoscape from "cytoscape";
import { download, Plot, tokens } from "./plot.js";

const TOKENS = ["surface", "paper", "ink", "ink-2", "ink-3", "line-2", "line-3", "accent", "risk-1", "risk-2", "risk-3", "risk-4", "risk-ink"];
// Up to so many boxes are drawn this way, and in rem: a column at its narrowest (beyond that the graph scrolls sideways), a box's
// height, the room between columns and between rows.
const SIZES = [
  { name: "full", most: 120, column: 9.5, box: 3.25, between: 2.25, gap: 1.5 },
  { name: "line", most: 400, column: 8, box: 1.75, between: 1.5, gap: 0.5 },
  { name: "tile", most: Infinity, column: 2.5, box: 1.5, between: 1, gap: 0.5 },
];
const HEAD_REM = 2.25;

// Cytoscape would put a style element into the page, which its policy forbids; the rule stands in charts.css.
function withoutInjectedStyle() {
  const id = "__________cytoscape_stylesheet";
  if (document.getElementById(id)) return;
  const mark = document.createElement("meta");
  mark.id = id;
  document.head.append(mark);
}

class Graph extends Plot {
  draw() {
    this.erase();
    const t = tokens(TOKENS);
    const { nodes, edges, columns = [] } = this.data;
    this.size ??= SIZES.findIndex((one) => nodes.length <= one.most);
    const size = SIZES[this.size];
    const count = Math.max(1, columns.length, ...nodes.map((n) => n.column + 1));
    const rows = Math.max(0, ...nodes.map((n) => n.row + 1));
    const width = Math.max(this.clientWidth, count * size.column * t.rem);
    const pitch = width / count;
    const box = { width: Math.min(pitch - size.between * t.rem, 14 * t.rem), height: size.box * t.rem };
    const headHeight = columns.length ? HEAD_REM * t.rem : 0;
    const rowHeight = box.height + size.gap * t.rem;
    const height = headHeight + rows * rowHeight;
    // The first column begins at the text's edge, the last one ends at the other.
    const x = (column) => (count > 1 ? box.width / 2 + 2 + (column * (width - box.width - 4)) / (count - 1) : width / 2);
    const y = (row) => headHeight + (row + 0.5) * rowHeight;

    this.plot.style.height = "auto";
    this.plot.classList.add("scroll");
    const stage = this.plot.appendChild(document.createElement("div"));
    stage.className = `graph-stage ${size.name}`;
    stage.style.width = `${width}px`;
    stage.style.height = `${height}px`;
    const canvas = stage.appendChild(document.createElement("div"));
    canvas.className = "graph-canvas";
    canvas.setAttribute("aria-hidden", "true");

    withoutInjectedStyle();
    this.cy = cytoscape({
      container: canvas,
      elements: [
        ...nodes.map((n) => ({ data: { id: n.id, level: n.level ?? 0, dashed: n.dashed ? "dashed" : "solid", mark: n.mark ?? "" }, position: { x: x(n.column), y: y(n.row) } })),
        ...edges.map((e, i) => ({ data: { id: `edge-${i}`, ...e } })),
      ],
      layout: { name: "preset", fit: false },
      style: this.sheet(t, box),
      zoom: 1,
      pan: { x: 0, y: 0 },
      userZoomingEnabled: false,
      userPanningEnabled: false,
      boxSelectionEnabled: false,
      autoungrabify: true,
      autounselectify: true,
    });
    this.cy.edges().forEach((edge) => bend(edge, x(1) - x(0), y));
    this.heads(stage, columns, x, box);
    this.links(stage, nodes, x, y, box);
    this.chosen = nodes.find((n) => n.chosen)?.id ?? null;
    if (this.chosen !== null) this.cy.getElementById(this.chosen).addClass("chosen");
    this.light(null);
  }

  erase() {
    this.cy?.destroy();
    this.cy = null;
    this.plot?.replaceChildren();
  }

  sheet(t, box) {
    const fills = [t.surface, t["risk-1"], t["risk-2"], t["risk-3"], t["risk-4"]];
    return [
      {
        selector: "node",
        style: {
          shape: "round-rectangle", "corner-radius": 3, width: box.width, height: box.height, "border-width": 1,
          "border-color": (n) => (n.data("dashed") === "dashed" ? t["ink-2"] : t["line-3"]),
          "border-style": (n) => n.data("dashed"),
          "background-color": (n) => fills[n.data("level")] ?? t.surface,
          "overlay-opacity": 0,
        },
      },
      { selector: "edge", style: { width: 1.25, "line-color": t["line-2"], "curve-style": "straight", "overlay-opacity": 0 } },
      { selector: "edge.hot", style: { width: 2, "line-color": t.accent, "z-index": 2 } },
      { selector: "node.hot", style: { "border-color": t.accent, "border-width": 2 } },
      { selector: "node.chosen", style: { "border-color": t.accent, "border-width": 3, "border-style": "solid" } },
    ];
  }

  heads(stage, columns, x, box) {
    columns.forEach((column, index) => {
      const head = stage.appendChild(document.createElement("p"));
      head.className = "graph-head";
      const { first = index, last = first } = column; // a long column of the map is broken into several
      head.style.left = `${x(first) - box.width / 2}px`;
      head.style.width = `${x(last) - x(first) + box.width}px`;
      const name = document.createElement("b");
      name.textContent = column.label;
      const sub = document.createElement("span");
      sub.className = "sub";
      sub.textContent = column.sublabel ?? "";
      head.append(name, " ", sub);
      head.title = head.textContent;
    });
  }

  links(stage, nodes, x, y, box) {
    const list = stage.appendChild(document.createElement("ul"));
    list.className = "graph-links";
    list.setAttribute("aria-label", this.data.title || this.getAttribute("label"));
    this.anchors = new Map();
    for (const node of [...nodes].sort((a, b) => a.column - b.column || a.row - b.row)) {
      const item = list.appendChild(document.createElement("li"));
      const link = item.appendChild(document.createElement(node.href ? "a" : "span"));
      if (node.href) link.href = node.href;
      else link.tabIndex = 0;
      link.className = `graph-node level-${node.level ?? 0}`;
      Object.assign(link.style, {
        left: `${x(node.column) - box.width / 2}px`, top: `${y(node.row) - box.height / 2}px`,
        width: `${box.width}px`, height: `${box.height}px`,
      });
      const name = document.createElement("b");
      name.textContent = node.label;
      const sub = document.createElement("span");
      sub.textContent = node.sublabel ?? "";
      link.append(name, " ", sub);
      if (node.mark) {
        const mark = link.appendChild(document.createElement("span"));
        mark.className = "graph-mark";
        mark.setAttribute("aria-hidden", "true");
        mark.textContent = node.mark;
      }
      if (node.chosen) link.setAttribute("aria-current", "true");
      link.title = link.textContent; // a long name is cut off in the box
      link.addEventListener("focus", () => this.light(node.id));
      link.addEventListener("blur", () => this.light(null));
      link.addEventListener("mouseenter", () => this.light(node.id));
      link.addEventListener("mouseleave", () => this.light(null));
      link.addEventListener("keydown", (event) => this.walk(event, node));
      this.anchors.set(node.id, link);
    }
  }

  // The way from what a box needs to what needs it; without one under the hand, that of the box that is chosen.
  light(id) {
    this.cy.elements().removeClass("hot");
    const node = this.cy.getElementById(id ?? this.chosen ?? "");
    if (node.empty()) return;
    node.union(node.predecessors("edge")).union(node.successors("edge")).addClass("hot");
  }

  walk(event, node) {
    const here = this.cy.getElementById(node.id);
    const beside = (step) =>
      this.data.nodes.filter((n) => n.column === node.column && Math.sign(n.row - node.row) === step)
        .sort((a, b) => Math.abs(a.row - node.row) - Math.abs(b.row - node.row))[0]?.id;
    const target = {
      ArrowRight: () => here.outgoers("node")[0]?.id(),
      ArrowLeft: () => here.incomers("node")[0]?.id(),
      ArrowUp: () => beside(-1),
      ArrowDown: () => beside(1),
    }[event.key]?.();
    if (target === undefined) return;
    event.preventDefault();
    this.anchors.get(target)?.focus();
  }

  tools() {
    super.tools();
    if (this.data.nodes.length <= SIZES[0].most) return;
    const buttons = [["−", 1, "text-smaller"], ["＋", -1, "text-larger"]].map(([sign, step, words]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", this.getAttribute(words));
      button.addEventListener("click", () => {
        this.size = Math.min(SIZES.length - 1, Math.max(0, this.size + step));
        this.draw();
      });
      return button;
    });
    this.querySelector(".plot-tools").prepend(...buttons);
  }

  downloads() {
    return [["PNG", () => this.png()]];
  }

  // On the page the words are links over the drawing; in a picture they are drawn.
  async png() {
    const t = tokens(TOKENS);
    const words = new Map(this.data.nodes.map((n) => [n.id, [n.label, n.sublabel].filter(Boolean).join("\n")]));
    this.cy.nodes().style({
      label: (n) => words.get(n.id()), "text-wrap": "wrap", "text-valign": "center", "font-size": 12, "font-family": t.sans,
      color: (n) => (n.data("level") ? t["risk-ink"] : t.ink),
    });
    const blob = await this.cy.png({ output: "blob-promise", full: true, scale: 2, bg: t.paper });
    this.cy.nodes().style({ label: "" });
    download(`${this.fileName}.png`, blob);
  }
}

// An edge leaves at the right and arrives at the left. Over several columns it runs level behind the boxes between, at the height
// given or else that of its beginning, and bends in the gaps only, so that bends never cross a box; within a column it goes
// straight down. Cytoscape's curve passes midway between control points: two of them hold it level from gap to gap.
function bend(edge, pitch, y) {
  const from = edge.source().position();
  const to = edge.target().position();
  if (Math.abs(from.x - to.x) < 1) return;
  const half = edge.source().width() / 2;
  const side = Math.sign(to.x - from.x);
  const start = { x: from.x + side * half, y: from.y };
  const end = { x: to.x - side * half, y: to.y };
  const ends = { "source-endpoint": `${side * half}px 0px`, "target-endpoint": `${-side * half}px 0px` };
  const gap = side * (pitch - 2 * half);
  const far = Math.abs(end.x - start.x) > Math.abs(gap) + 1;
  const level = far && edge.data("row") !== undefined ? y(edge.data("row")) : start.y;
  if (Math.abs(end.y - start.y) < 1 && Math.abs(level - start.y) < 1) {
    edge.style(ends);
    return;
  }
  const [out, back] = [start.x + gap / 2, end.x - gap / 2];
  const points = [{ x: out, y: start.y }, { x: back, y: end.y }];
  if (far) points.splice(1, 0, { x: out, y: level }, { x: start.x + 1.5 * gap, y: level }, { x: end.x - 1.5 * gap, y: level }, { x: back, y: level });
  // Cytoscape wants control points as a share of the straight way and a distance from it.
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const square = dx * dx + dy * dy;
  edge.style({
    ...ends,
    "curve-style": "unbundled-bezier",
    "control-point-weights": points.map((p) => ((p.x - start.x) * dx + (p.y - start.y) * dy) / square),
    "control-point-distances": points.map((p) => ((p.y - start.y) * dx - (p.x - start.x) * dy) / Math.sqrt(square)),
    "edge-distances": "endpoints",
  });
}

customElements.define("x-graph", Graph);
