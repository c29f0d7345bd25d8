// textarea[data-expression]: an editor of expressions. The server says what may be typed, what is wrong and what comes
// out; the answers are pieces of a page. data-scope and data-module say where it stands, with data-relation,
// data-field and data-expects; a value that begins with # is that of another control.
import { behave, scan } from "./behave.js";
import { offerRows } from "./expression_rows.js";

let editors = 0;

function element(tag, classes, place) {
  const made = document.createElement(tag);
  made.className = classes;
  place.append(made);
  return made;
}

behave("textarea[data-expression]", (field) => {
  const prefix = `expression-${(editors += 1)}`;
  const box = document.createElement("div");
  box.className = "fs-expr";
  field.before(box);
  const code = element("div", "fs-code", box);
  const line = element("div", "fs-expr-line", code);
  line.append(field);
  const list = element("ul", "fs-listbox", line);
  const state = element("div", "fs-expr-state", code);
  const trial = element("div", "fs-expr-try", box);
  let timer = 0;
  let latest = 0;
  let checked = 0;

  Object.assign(list, { id: `${prefix}-list`, hidden: true });
  list.setAttribute("role", "listbox");
  state.id = `${prefix}-state`;
  state.setAttribute("aria-live", "polite");
  trial.hidden = true;
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${state.id}`.trim());

  const options = () => [...list.querySelectorAll("[role=option]")];
  const current = () => list.querySelector("[aria-selected=true]");
  const other = (value) => (value?.startsWith("#") ? document.querySelector(value) : null);
  const said = (value) => (value?.startsWith("#") ? other(value)?.value : value) ?? "";

  async function ask(what, more = {}) {
    const { scope, module, relation, field: name, expects } = field.dataset;
    if (relation && !said(relation)) return null; // nothing is known before the related list is chosen
    const body = new URLSearchParams({ source: field.value, scope, for: prefix, field: name ?? "" });
    for (const [key, value] of more instanceof URLSearchParams ? more : Object.entries(more)) body.append(key, value);
    body.set("module", said(module));
    body.set("relation", said(relation));
    body.set("expects", said(expects));
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(`/setup/expressions/${what}`, { method: "POST", headers, body });
    return answer.ok ? answer.text() : null;
  }

  function show(open) {
    list.hidden = !open;
    code.classList.toggle("is-open", open);
    if (!open) field.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  async function complete() {
    const turn = ++latest;
    const answer = await ask("complete", { cursor: field.selectionStart });
    if (turn !== latest || answer === null) return;
    list.innerHTML = answer;
    list.setAttribute("aria-label", list.querySelector("[data-title]").dataset.title);
    const first = options()[0];
    show(Boolean(first) && document.activeElement === field);
    if (first) mark(first);
  }

  function choose(option) {
    const { start, end, text, back } = option.dataset;
    latest += 1;
    show(false);
    field.focus();
    field.setSelectionRange(Number(start), Number(end));
    // As if it were typed, so that the browser's own undo takes it back.
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, Number(start), Number(end), "end");
    const caret = Number(start) + text.length - Number(back);
    field.setSelectionRange(caret, caret);
    clearTimeout(timer);
    changed();
    if ("again" in option.dataset) complete();
  }

  // Asked for when the editor is first used, so that a page with many of them asks for none.
  async function check() {
    const turn = ++checked;
    const answer = await ask("check");
    if (turn !== checked) return;
    state.innerHTML = answer ?? "";
    const wrong = state.querySelector("[data-problems]") !== null;
    code.classList.toggle("is-bad", wrong);
    field.setAttribute("aria-invalid", String(wrong));
    trial.classList.toggle("is-stale", wrong); // it shows what came of an earlier text
    if (!trial.hidden && state.querySelector("[data-try]")) attempt();
  }

  let waiting = 0;
  function changed() {
    clearTimeout(waiting);
    waiting = setTimeout(check, 250);
  }

  async function attempt() {
    const record = trial.querySelector("[data-try-record]")?.value ?? "";
    const answer = await ask("try", { record });
    if (answer === null) return;
    trial.innerHTML = answer;
    trial.hidden = false;
    scan(trial);
  }

  field.addEventListener("input", (event) => {
    changed();
    clearTimeout(timer);
    if (event.isComposing || document.activeElement !== field) return;
    if (/[\w.'"=\p{L}]\s?$/u.test(field.value.slice(0, field.selectionStart))) timer = setTimeout(complete, 100);
    else show(false);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      complete();
      return;
    }
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = options();
    if (step) mark(all[(all.indexOf(current()) + step + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && current()) choose(current());
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  field.addEventListener("blur", () => {
    latest += 1;
    show(false);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the text
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  state.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-try]")) return;
    await attempt();
    trial.querySelector("[role=combobox]")?.focus();
  });
  trial.addEventListener("change", (event) => {
    if (event.target.matches("[data-try-record]") && event.target.value) attempt();
  });
  for (const value of [field.dataset.module, field.dataset.relation, field.dataset.expects]) {
    other(value)?.addEventListener("change", () => (checked || field.value.trim()) && changed());
  }
  field.addEventListener("focus", () => checked || check());
  offerRows(field, box, ask);
});
