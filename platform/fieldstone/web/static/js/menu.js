// Menus are native popovers; this places them at their button and moves with the arrow keys.
import { behave } from "./behave.js";

const gap = 4;

export function place(menu, button) {
  const at = button.getBoundingClientRect();
  const own = menu.getBoundingClientRect();
  const atEnd = menu.dataset.menu === "end";
  const left = atEnd ? at.right - own.width : at.left;
  const below = at.bottom + gap;
  const above = at.top - gap - own.height;
  menu.style.left = `${Math.max(gap, Math.min(left, innerWidth - own.width - gap))}px`;
  menu.style.top = `${below + own.height > innerHeight && above > 0 ? above : below}px`;
}

function items(menu) {
  return [...menu.querySelectorAll("a.dropdown-item, button, input, select")].filter((item) => item.checkVisibility());
}

behave("[popover][data-menu]", (menu) => {
  menu.addEventListener("toggle", (event) => {
    const button = document.querySelector(`[popovertarget="${menu.id}"]`);
    if (!button) return;
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) {
      place(menu, button);
      items(menu)[0]?.focus();
    }
  });
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = items(menu);
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    event.preventDefault();
    next?.focus();
  });
  menu.addEventListener("click", (event) => {
    if (event.target.closest("[hx-get]")) menu.hidePopover();
  });
});

addEventListener("resize", () => {
  for (const menu of document.querySelectorAll("[data-menu]:popover-open")) menu.hidePopover();
});
