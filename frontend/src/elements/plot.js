// What a chart and a graph share: fetching, colours from the tokens, redrawing, tools below the picture, failure.

// The values of design tokens as the page has them now, so that a picture follows the theme.
export function tokens(names) {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement("span");
  document.body.append(probe);
  const found = {};
  for (const name of names) {
    // Through a real property: a token may point at another token.
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  found.sans = style.getPropertyValue("--sans").trim().replaceAll('"', "'"); // ECharts puts it into an attribute as it is
  found.rem = parseFloat(style.fontSize);
  return found;
}

export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Rows as CSV. Text that a spreadsheet would run as a formula gets an apostrophe, as the server's own exports do.
export function csv({ columns, rows }) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    let text = String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns, ...rows].map((row) => row.map(cell).join(","));
  return new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
}

export class Plot extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    this.replaceChildren();
    this.plot = this.appendChild(document.createElement("div"));
    this.plot.className = "plot";
    this.plot.style.height = `${this.getAttribute("height")}px`;
    this.load();
  }

  disconnectedCallback() {
    this.stop?.();
    this.plot = null;
  }

  async load() {
    try {
      const response = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      this.data = await response.json();
      if (!this.plot) return;
      this.draw();
      this.tools();
      this.redrawOnChange();
    } catch (error) {
      console.warn(error);
      this.fail();
    }
  }

  // The picture is an addition: when it cannot be made, the table opens and says the same.
  fail() {
    this.stop?.();
    const note = document.createElement("p");
    note.className = "plot-failed";
    note.setAttribute("role", "status");
    note.textContent = this.getAttribute("text-failed");
    this.replaceChildren(note);
    const twin = this.parentElement?.querySelector("details.twin");
    if (twin) twin.open = true;
  }

  redrawOnChange() {
    let width = this.clientWidth;
    const resized = new ResizeObserver(() => {
      if (Math.abs(this.clientWidth - width) < 1) return;
      width = this.clientWidth;
      this.draw();
    });
    resized.observe(this);
    const themed = new MutationObserver(() => this.draw());
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-density"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => this.draw();
    system.addEventListener("change", redraw);
    this.stop = () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", redraw);
      this.erase?.();
    };
  }

  get fileName() {
    return (this.getAttribute("label") || "chart").replace(/[\\/:*?"<>|\s]+/g, "_").slice(0, 80);
  }

  tools() {
    const bar = document.createElement("div");
    bar.className = "plot-tools";
    for (const [label, act] of this.downloads()) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.setAttribute("aria-label", `${this.getAttribute("text-download")} ${label}: ${this.getAttribute("label")}`);
      button.addEventListener("click", act);
      bar.append(button);
    }
    const word = document.createElement("span");
    word.className = "hint";
    word.setAttribute("aria-hidden", "true");
    word.textContent = this.getAttribute("text-download");
    bar.prepend(word);
    this.append(bar);
  }
}
