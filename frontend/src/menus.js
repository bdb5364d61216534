// A menu is a <details class="menu">: it closes on Escape, on a click elsewhere, and when another one opens.
export function closeMenus(root) {
  root.addEventListener("click", (event) => {
    for (const menu of root.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
