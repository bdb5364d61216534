// <x-grid>: a report is saved by itself a moment after typing stops, a block pasted into a cell fills its neighbours, and
// the arrow and Enter keys go up and down. Without script the button saves and the page says the same.
const PAUSE_MS = 1500;

class Grid extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("input", () => this.later());
    this.addEventListener("paste", (event) => this.paste(event));
    this.addEventListener("keydown", (event) => this.move(event));
    // What is being typed into is never replaced under the reader's hands.
    this.addEventListener("htmx:oobBeforeSwap", (event) => {
      if (event.detail.target.contains(document.activeElement)) event.detail.shouldSwap = false;
    });
    // A refusal or another's save comes back as the state line that says so.
    this.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) event.detail.shouldSwap = true;
    });
    this.form.addEventListener("submit", () => clearTimeout(this.timer));
    this.addEventListener("htmx:afterSwap", () => this.mark());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.form.dispatchEvent(new Event("autosave")), PAUSE_MS);
  }

  // The cells as the table shows them, row by row; locked ones are left out of what can be typed into.
  rows() {
    return [...this.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td.n")].map((cell) => cell.querySelector("input, select")));
  }

  place(input) {
    const rows = this.rows();
    const row = rows.findIndex((cells) => cells.includes(input));
    return { rows, row, column: row < 0 ? -1 : rows[row].indexOf(input) };
  }

  paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) return;
    const { rows, row, column } = this.place(event.target);
    if (row < 0) return;
    event.preventDefault();
    const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
    lines.forEach((line, down) => line.split("\t").forEach((value, right) => {
      const cell = rows[row + down]?.[column + right];
      if (cell) cell.value = value.trim();
    }));
    this.later();
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!step || event.target.tagName !== "INPUT" || event.isComposing) return;
    const { rows, row, column } = this.place(event.target);
    if (row < 0) return;
    event.preventDefault(); // Enter in a cell goes down, it does not hand the report in
    for (let next = row + step; rows[next]; next += step) {
      if (!rows[next][column]) continue;
      rows[next][column].focus();
      rows[next][column].select?.();
      return;
    }
  }

  // Cells take the mark of the findings that came back.
  mark() {
    const state = this.querySelector("#report-live");
    const cells = JSON.parse(state?.dataset.cells || "{}");
    for (const input of this.querySelectorAll("td.n input, td.n select")) {
      const worst = cells[input.name] ?? "";
      input.className = worst;
      if (worst === "hard") input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}

customElements.define("x-grid", Grid);
