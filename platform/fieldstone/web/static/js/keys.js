// Shortcuts: an element with data-key="e", "g h" or "Control+s" is pressed, or focused when it is a field.
// Single keys rest while a field has the focus, and altogether when the account says so.
const typed = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
let before = "";
let timer = 0;

function name(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Control");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (event.key.length > 1 || parts.length)) parts.push("Shift");
  parts.push(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  return parts.join("+");
}

function find(key) {
  const dialog = document.querySelector("dialog[open]");
  const all = (dialog || document).querySelectorAll(`[data-key="${CSS.escape(key)}"]`);
  return [...all].find((element) => element.checkVisibility() || element.closest("[data-toast]"));
}

function press(element) {
  if (element.matches(typed)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = name(event);
  const plain = key.length === 1;
  // A field of a dialog that has just closed keeps the focus for a moment, and is none any more.
  const inField = event.target instanceof Element && event.target.matches(typed) && event.target.checkVisibility();
  if (plain && (inField || document.documentElement.dataset.keys === "off")) return;
  if (inField && (key === "Control+z" || key === "Control+Shift+z")) return; // the field's own undo
  if (key === "Escape" && (inField || document.querySelector("dialog[open], :popover-open"))) return;
  const element = (before && find(`${before} ${key}`)) || find(key);
  clearTimeout(timer);
  before = plain ? key : "";
  timer = setTimeout(() => (before = ""), 1000);
  if (!element) return;
  event.preventDefault();
  before = "";
  press(element);
});
