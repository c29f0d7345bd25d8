// data-mentions="/m/…/people": after @ in a text, the people who may see the record are offered; what is put in
// is the user name, which the server turns into a mention.
import { behave } from "./behave.js";

let lists = 0;

behave("[data-mentions]", (box) => {
  const field = box.querySelector("textarea");
  const list = box.querySelector("[role=listbox]");
  let timer = 0;
  let latest = 0;
  list.id = `mentions-${(lists += 1)}`;
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");

  const options = () => [...list.querySelectorAll("[role=option]")];
  const current = () => list.querySelector("[aria-selected=true]");
  const typed = () => field.value.slice(0, field.selectionStart).match(/(?:^|[^\w@/.+-])@([\p{L}\p{N}_.-]{0,40})$/u);

  function show(open) {
    list.hidden = !open;
    if (!open) field.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    const found = typed();
    show(false);
    if (!found) return;
    const end = field.selectionStart;
    field.setRangeText(`${option.dataset.username} `, end - found[1].length, end, "end");
    field.focus();
  }

  async function load() {
    const found = typed();
    const turn = ++latest;
    if (!found) return show(false);
    const url = new URL(box.dataset.mentions, location.origin);
    url.searchParams.set("q", found[1]);
    const answer = await fetch(url);
    if (turn !== latest || !answer.ok) return;
    list.innerHTML = await answer.text();
    for (const option of options()) option.id = `${list.id}-${option.id}`;
    const first = options()[0];
    show(Boolean(first) && document.activeElement === field);
    if (first) mark(first);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (typed()) timer = setTimeout(load, 120);
    else show(false);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = options();
    if (step) mark(all[(all.indexOf(current()) + step + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && current()) choose(current());
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the text
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  field.addEventListener("blur", () => show(false));
});
