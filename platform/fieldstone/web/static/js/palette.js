// The command palette: what the server offers everywhere, what the page offers here, and records by their names.
import { behave } from "./behave.js";
import { rank } from "./palette_rank.js";

const STORED = "fieldstone.commands";
const MOST = 7; // of a group, while something is typed
const LATELY = 5;

function read() {
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? [];
  } catch {
    return [];
  }
}

function words(element) {
  const copy = element.cloneNode(true);
  for (const other of copy.querySelectorAll("kbd, i")) other.remove();
  const own = copy.textContent.trim() || element.getAttribute("aria-label") || element.title;
  const set = element.closest("[role=group][aria-label]");
  return set ? `${set.getAttribute("aria-label")}: ${own}` : own;
}

behave("[data-palette]", (palette) => {
  const input = palette.querySelector("[role=combobox]");
  const list = palette.querySelector("[role=listbox]");
  const none = palette.querySelector("[data-none]");
  const said = palette.querySelector("[data-said]");
  let shown = [];
  let current = null;
  let timer = 0;
  let turn = 0;
  const behind = new Map(); // what a line stands for: an element of the page, or the same line in another group

  function group(name, label) {
    const made = document.createElement("div");
    made.setAttribute("role", "group");
    made.dataset.group = name;
    const head = document.createElement("p");
    head.className = "dropdown-header";
    head.id = `pg-${name}`;
    head.textContent = label;
    head.setAttribute("role", "presentation");
    made.setAttribute("aria-labelledby", head.id);
    made.append(head);
    return made;
  }

  function option(label, icon) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "dropdown-item";
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.tabIndex = -1;
    const sign = document.createElement("i");
    sign.className = icon;
    sign.setAttribute("aria-hidden", "true");
    const text = document.createElement("span");
    text.className = "fs-cut";
    text.textContent = label;
    made.append(sign, text);
    return made;
  }

  // What can be done on this page: the links and buttons in places that say so.
  const here = new Map();
  for (const place of document.querySelectorAll("[data-commands]")) {
    const label = place.dataset.commands;
    if (!here.has(label)) here.set(label, group(`here-${here.size}`, label));
    for (const element of place.querySelectorAll("a[href], button:not([popovertarget], [type=button])")) {
      const name = words(element);
      if ([...here.get(label).querySelectorAll(".fs-cut")].some((other) => other.textContent === name)) continue;
      const made = option(name, element.querySelector(".bi")?.className ?? "bi bi-arrow-return-right");
      behind.set(made, element);
      made.toggleAttribute("data-deep", Boolean(element.closest(".fs-user-menu")));
      here.get(label).append(made);
    }
  }
  list.prepend(...here.values());
  const lately = group("lately", palette.dataset.recent);
  for (const id of read().slice(0, LATELY)) {
    const known = list.querySelector(`[data-command="${CSS.escape(id)}"]`);
    if (!known) continue;
    const copy = known.cloneNode(true);
    copy.removeAttribute("data-deep");
    behind.set(copy, known);
    lately.append(copy);
  }
  if (lately.children.length > 1) list.prepend(lately);
  const found = group("records", palette.dataset.records);
  list.append(found);

  let count = 0;
  const entries = [...list.querySelectorAll("[role=option]")].map((element) => {
    element.id = `po-${(count += 1)}`;
    const cuts = element.querySelectorAll(".fs-cut");
    const set = element.closest("[data-group]");
    return { element, set, label: cuts[0].textContent, hint: cuts[1]?.textContent ?? "", latin: element.dataset.latin ?? "" };
  });
  const order = [...list.children];

  function choose(element) {
    current?.setAttribute("aria-selected", "false");
    current?.classList.remove("is-current");
    current = element ?? null;
    if (!current) return input.removeAttribute("aria-activedescendant");
    current.setAttribute("aria-selected", "true");
    current.classList.add("is-current");
    current.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", current.id);
  }

  function collect() {
    for (const set of list.children) set.hidden = !set.querySelector("[role=option]:not([hidden])");
    shown = [...list.querySelectorAll("[role=option]:not([hidden])")];
    none.hidden = shown.length > 0;
    said.textContent = palette.dataset.count.replace("{n}", String(shown.length));
  }

  function draw() {
    const typed = input.value.trim();
    const best = new Map();
    const taken = new Map();
    const marked = entries.map((entry) => ({ entry, score: typed ? rank(entry, typed) : 1 }));
    if (typed) marked.sort((one, other) => other.score - one.score);
    for (const { entry, score } of marked) {
      const { element, set } = entry;
      const number = taken.get(set) ?? 0;
      const fits = typed ? score > 0 && set !== lately && number < MOST : !("deep" in element.dataset);
      element.hidden = !fits;
      if (fits) taken.set(set, number + 1);
      best.set(set, Math.max(best.get(set) ?? 0, score));
      set.append(element);
    }
    const sets = order.filter((set) => set !== found);
    if (typed) sets.sort((one, other) => (best.get(other) ?? 0) - (best.get(one) ?? 0));
    list.append(...sets, found);
    if (!typed) for (const old of found.querySelectorAll("[role=option]")) old.remove();
    collect();
    choose(shown[0]);
    rest();
    if (typed) timer = setTimeout(search, 180, typed, turn);
  }

  function rest() {
    clearTimeout(timer);
    turn += 1;
  }

  async function search(typed, mine) {
    const answer = await fetch(`/search/suggest?q=${encodeURIComponent(typed)}`);
    const html = await answer.text();
    if (mine !== turn || !answer.ok || !palette.isConnected) return;
    const parts = new DOMParser().parseFromString(html, "text/html");
    const hits = [...parts.querySelectorAll("a[role=option]")].map((hit) => document.importNode(hit, true));
    for (const hit of hits) hit.id = `p-${hit.id}`;
    for (const old of found.querySelectorAll("[role=option]")) old.remove();
    found.append(...hits);
    const kept = shown.includes(current) ? current : null;
    collect();
    choose(kept && shown.includes(kept) ? kept : shown[0]);
  }

  function run(element) {
    rest();
    const id = element.dataset.command;
    if (id) localStorage.setItem(STORED, JSON.stringify([id, ...read().filter((other) => other !== id)].slice(0, 20)));
    const target = behind.get(element) ?? element;
    if (target.hasAttribute("hx-get") && palette.contains(target)) return target.click(); // the dialog shows it
    if (palette.contains(target)) return location.assign(target.href);
    palette.closest("dialog").addEventListener("close", () => target.click(), { once: true });
    palette.closest("dialog").close();
  }

  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) choose(shown[(shown.indexOf(current) + step + shown.length) % shown.length]);
    else if (event.key === "Enter" && current) run(current);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const element = event.target.closest("[role=option]");
    if (!element || event.ctrlKey || event.metaKey || event.shiftKey || !event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
    run(element);
  }, true);
  list.addEventListener("pointermove", (event) => {
    const element = event.target.closest("[role=option]");
    if (element && element !== current) choose(element);
  });
  draw();
});
