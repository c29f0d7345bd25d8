// Modules within and between the groups of the navigation: by dragging, by arrows, with Alt and an arrow key, or by
// naming the group. The groups themselves are a list of order.js.
import { behave } from "./behave.js";

behave("[data-groups]", (groups) => {
  let dragged = null;
  const lists = () => [...groups.querySelectorAll("[data-group]")];

  function settle(item) {
    item.querySelector("select").value = item.closest("[data-group]").dataset.group;
    groups.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(item, step) {
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (other && step < 0) other.before(item);
    else if (other) other.after(item);
    else {
      const all = lists();
      const list = all[all.indexOf(item.parentElement) + step];
      if (!list) return;
      if (step < 0) list.append(item);
      else list.prepend(item);
    }
    settle(item);
  }

  groups.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    move(button.closest("[data-member]"), Number(button.dataset.step));
    button.focus();
  });
  groups.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = event.target.closest("[data-member]");
    if (!step || !event.altKey || !item) return;
    event.preventDefault();
    event.stopPropagation();
    move(item, step);
    event.target.focus();
  });
  groups.addEventListener("change", (event) => {
    const item = event.target.closest("[data-member]");
    if (!item || !event.target.matches("select")) return;
    lists().find((list) => list.dataset.group === event.target.value)?.append(item);
    event.target.focus();
  });
  groups.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-member]");
    if (!item || event.target.closest("button, select")) return;
    dragged = item;
    item.classList.add("is-dragging");
    groups.setPointerCapture(event.pointerId);
  });
  groups.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const below = document.elementFromPoint(event.clientX, event.clientY);
    const over = below?.closest("[data-member]");
    const list = below?.closest("[data-groups] > li")?.querySelector("[data-group]");
    if (!list || over === dragged) return;
    if (!over) {
      if (list !== dragged.parentElement) list.append(dragged);
      return;
    }
    const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
    if (event.clientY > middle) over.after(dragged);
    else over.before(dragged);
  });
  const drop = () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragging");
    settle(dragged);
    dragged = null;
  };
  groups.addEventListener("pointerup", drop);
  groups.addEventListener("pointercancel", drop);
});
