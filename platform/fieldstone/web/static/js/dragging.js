// Dragging with the mouse at once and with a finger after a long touch, so that swiping still scrolls. What is dragged
// is followed by a copy of it; `over` hears where it is, `end` whether it was dropped or put back (Escape).
const far = 5;
const long = 300;
const edge = 48;

export function dragging(area, selector, { start, over, end, ghost = (element) => element.cloneNode(true), scrolls = () => area }) {
  let held = null;

  function begin() {
    const { element, target, x, y } = held;
    const at = element.getBoundingClientRect();
    held.begun = true;
    held.ghost = ghost(element, target);
    held.offset = [x - at.left, y - at.top];
    start(element, { x, y, target });
    if (held.ghost) {
      held.ghost.removeAttribute("id");
      held.ghost.classList.add("is-dragging");
      held.ghost.style.width = `${at.width}px`;
      held.ghost.style.height = `${at.height}px`;
      document.body.append(held.ghost);
    }
    document.documentElement.classList.add("is-dragging-something");
    held.scroll = setInterval(scroll, 16);
    follow(x, y);
  }

  function follow(x, y) {
    Object.assign(held, { x, y });
    if (held.ghost) {
      held.ghost.style.left = `${x - held.offset[0]}px`;
      held.ghost.style.top = `${y - held.offset[1]}px`;
    }
    over(x, y);
  }

  function scroll() {
    const moving = scrolls();
    const at = moving.getBoundingClientRect();
    const by = (from, to, place) => (place < from + edge ? -7 : place > to - edge ? 7 : 0);
    const [left, top] = [by(at.left, at.right, held.x), by(at.top, at.bottom, held.y)];
    if (!left && !top) return;
    moving.scrollBy(left, top);
    over(held.x, held.y);
  }

  function finish(dropped) {
    if (!held) return;
    clearTimeout(held.timer);
    clearInterval(held.scroll);
    const { begun, ghost: copy } = held;
    held = null;
    if (!begun) return;
    copy?.remove();
    document.documentElement.classList.remove("is-dragging-something");
    // The click that follows would open the link under the pointer.
    const swallow = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    end(dropped);
  }

  area.addEventListener("pointerdown", (event) => {
    const element = event.target.closest(selector);
    const button = event.target.closest("button");
    if (!element || event.button !== 0 || (button && button !== element)) return;
    held = { element, target: event.target, x: event.clientX, y: event.clientY, touch: event.pointerType !== "mouse" };
    if (held.touch) held.timer = setTimeout(begin, long);
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    if (held.begun) return follow(event.clientX, event.clientY);
    if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < far) return;
    if (held.touch) finish(false);
    else begin();
  });
  addEventListener("pointerup", () => finish(true));
  addEventListener("pointercancel", () => finish(false));
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !held?.begun) return;
    event.preventDefault();
    event.stopPropagation();
    finish(false);
  }, { capture: true });
  area.addEventListener("touchmove", (event) => held?.begun && event.preventDefault(), { passive: false });
  area.addEventListener("contextmenu", (event) => held?.touch && event.preventDefault());
  area.addEventListener("dragstart", (event) => event.target.closest(selector) && event.preventDefault());
}
