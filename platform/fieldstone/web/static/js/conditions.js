// The condition builder: rows and groups come from the server; this takes them away and moves them, also into and
// out of groups, and lets the expression beside them follow.
import { behave } from "./behave.js";

const lists = "[data-conditions]";

const groups = "[data-conditions-group]";
const DEEPEST = 3;

function depth(element) {
  let found = 0;
  for (let group = element.closest(groups); group; group = group.parentElement.closest(groups)) found += 1;
  return found;
}

// Whether an item may lie in a list: groups lie no deeper than the server reads them.
function fits(item, list) {
  if (!item.matches(groups)) return true;
  const below = [item, ...item.querySelectorAll(groups)].map((group) => depth(group) - depth(item));
  return depth(list) + 1 + Math.max(...below) <= DEEPEST;
}

function changed(form) {
  const text = form?.querySelector(".fs-expression[data-expression]");
  if (text) globalThis.htmx.trigger(text, "fs-changed");
}

// One step up or down in what is read: past a row, into a group, out of a group.
function move(item, step) {
  const next = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  const inner = next?.querySelector(lists);
  const group = item.parentElement.closest("[data-row]");
  if (inner && fits(item, inner)) step < 0 ? inner.append(item) : inner.prepend(item);
  else if (next) step < 0 ? next.before(item) : next.after(item);
  else if (group) step < 0 ? group.before(item) : group.after(item);
  else return;
  changed(item.closest("form"));
}

behave("[data-remove]", (button) => {
  button.addEventListener("click", () => {
    const row = button.closest(button.dataset.remove);
    const form = row.closest("form");
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (neighbour?.querySelector("select, button") ?? form?.querySelector(".fs-add"))?.focus();
    changed(form);
  });
});

behave("[data-row]", (row) => {
  row.querySelector("[data-up]").addEventListener("click", (event) => {
    move(row, -1);
    event.currentTarget.focus();
  });
  row.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.altKey || event.target.closest("[data-row]") !== row) return;
    event.preventDefault();
    const { target } = event;
    move(row, step);
    target.focus();
  });
  if (document.readyState === "complete") changed(row.closest("form")); // one that was added or drawn anew
});

behave(".fs-expression[data-expression]", (text) => {
  text.closest("form").addEventListener("change", () => changed(text.closest("form")));
});
