// A list that is put in order: by dragging a row, by its arrows, or with Alt and an arrow key.
import { behave } from "./behave.js";

behave("[data-order]", (list) => {
  let dragged = null;

  // The line of this list that something lies in; lists may lie within the lines of others.
  function lineOf(target) {
    const item = target.closest("li");
    return item?.parentElement === list ? item : null;
  }

  function move(item, step) {
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button || !lineOf(button)) return;
    move(lineOf(button), Number(button.dataset.move));
    button.focus();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = lineOf(event.target);
    if (!step || !event.altKey || !item) return;
    event.preventDefault();
    move(item, step);
    event.target.focus();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = lineOf(event.target);
    if (!item || event.target.closest("a, button, input, label, select, textarea, summary, [popover]")) return;
    if (item.querySelector("[data-grip]") && !event.target.closest("[data-grip]")) return;
    dragged = item;
    item.classList.add("is-dragging");
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const below = document.elementFromPoint(list.getBoundingClientRect().left + 20, event.clientY);
    const over = [...list.children].find((item) => item.contains(below));
    if (!over || over === dragged) return;
    const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
    if (event.clientY > middle) over.after(dragged);
    else over.before(dragged);
  });
  const drop = () => {
    dragged?.classList.remove("is-dragging");
    dragged = null;
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
});
