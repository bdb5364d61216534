// Swaps by htmx keep what a page load would give: drawing elements, the reader's place, short addresses.
export function wireHtmx(root, loadElements) {
  // Filters left empty have no place in an address that people send each other.
  root.addEventListener("htmx:configRequest", (event) => {
    const { verb, parameters } = event.detail;
    if (verb !== "get") return;
    for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  });
  root.addEventListener("htmx:afterSwap", (event) => {
    loadElements(root);
    if (event.detail.target?.id !== "drawer") return;
    const drawer = root.getElementById("drawer");
    if (drawer && !drawer.hidden) drawer.querySelector("#drawer-close")?.focus({ preventScroll: true });
  });
  // A refusal or a fault is a page that helps: where the reader was going to an address, show it whole.
  root.addEventListener("htmx:responseError", (event) => {
    if (event.detail.requestConfig.verb === "get" && event.detail.elt?.closest("[hx-push-url]")) window.location.assign(event.detail.pathInfo.finalRequestPath);
  });
}
