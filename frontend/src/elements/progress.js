// <x-progress>: says how much time is left, from the pace so far, once ten seconds have shown what the pace is.
const SETTLE_SECONDS = 10;

class Progress extends HTMLElement {
  connectedCallback() {
    const { started, textLeft } = this.dataset;
    const bar = this.querySelector("progress");
    if (!started || !textLeft || !bar || !bar.hasAttribute("value") || !this.classList.contains("running")) return;
    const seconds = (Date.now() - Date.parse(started)) / 1000;
    const share = bar.value / bar.max;
    if (seconds < SETTLE_SECONDS || share <= 0 || share >= 1) return;
    const left = Math.ceil((seconds * (1 - share)) / share);
    const text = document.createElement("span");
    text.className = "progress-left";
    text.textContent = textLeft.replace("{}", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
    this.querySelector(".progress-count")?.append(" · ", text);
  }
}

customElements.define("x-progress", Progress);
