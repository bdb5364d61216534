// What every page needs, and no more: keyboard to the search box, menus that close, and the drawing elements when a page
// has one. All of it is an addition: without script every page can be read and every form sent.
import "./elements/progress.js";
import { closeMenus } from "./menus.js";
import { wireHtmx } from "./htmx.js";

const ELEMENTS = {
  "x-chart": () => import("./elements/chart.js"),
  "x-graph": () => import("./elements/graph.js"),
  "x-grid": () => import("./elements/grid.js"),
};

function loadElements(root) {
  for (const [name, load] of Object.entries(ELEMENTS)) {
    if (customElements.get(name) || !(root.matches?.(name) || root.querySelector(name))) continue;
    load().catch((error) => {
      for (const element of document.querySelectorAll(name)) element.dispatchEvent(new CustomEvent("notloaded", { detail: error }));
    });
  }
}

function focusSearch(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
}

document.addEventListener("keydown", focusSearch);
closeMenus(document);
wireHtmx(document, loadElements);
loadElements(document);
document.querySelector("[data-errors]")?.focus();
