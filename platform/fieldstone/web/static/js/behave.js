// A behaviour is attached to every element that matches its selector, now and after each swap.
const behaviours = [];
const attached = new WeakMap();

export function behave(selector, attach) {
  behaviours.push([selector, attach]);
}

function attachOnce(element, attach) {
  let done = attached.get(element);
  if (!done) attached.set(element, (done = new Set()));
  if (done.has(attach)) return;
  done.add(attach);
  attach(element);
}

export function scan(root) {
  for (const [selector, attach] of behaviours) {
    if (root instanceof Element && root.matches(selector)) attachOnce(root, attach);
    for (const element of root.querySelectorAll(selector)) attachOnce(element, attach);
  }
}

export function start() {
  scan(document);
  document.addEventListener("htmx:load", (event) => scan(event.target));
}
