// A condition can be built from rows: the switch "Rows / Expression" above an editor of expressions. The rows come from
// the server, which also writes what they say; the text stays what the form sends.
import { scan } from "./behave.js";

const NO_CONDITIONS = ["formula", "default", "value"];

export function offerRows(field, box, ask) {
  const template = document.getElementById("expression-switch");
  if (!template || NO_CONDITIONS.includes(field.dataset.scope)) return;
  const bar = template.content.firstElementChild.cloneNode(true);
  const [asRows, asText] = bar.querySelectorAll("button");
  const code = box.querySelector(".fs-code");
  const rows = document.createElement("div");
  rows.className = "fs-expr-rows";
  rows.hidden = true;
  const built = document.createElement("div");
  const said = document.createElement("div");
  said.setAttribute("aria-live", "polite");
  rows.append(built, said);
  box.prepend(bar, rows);
  let turn = 0;
  let before = "";
  let pending = null;

  function show(builder) {
    asRows.setAttribute("aria-pressed", String(builder));
    asText.setAttribute("aria-pressed", String(!builder));
    rows.hidden = !builder;
    code.hidden = builder;
  }

  // The names of the rows are theirs alone: the form that they stand in sends the text.
  const names = () => [...built.querySelectorAll("[name]")];
  const state = () => JSON.stringify(names().map((each) => [each.name, each.value, each.checked]));
  field.form?.addEventListener("formdata", (event) => names().forEach((each) => event.formData.delete(each.name)));

  async function open() {
    const asked = field.value;
    const answer = await ask("rows");
    if (answer === null || field.value !== asked) return;
    built.innerHTML = answer;
    said.replaceChildren();
    const why = built.querySelector("[data-why]");
    if (why) said.replaceChildren(why);
    rows.hidden = false;
    if (why) return;
    show(true);
    globalThis.htmx.process(built);
    scan(built);
    before = state();
    built.querySelector("select")?.focus();
  }

  // Only while the rows are what is being edited: else the text is the person's own.
  async function write() {
    const now = state();
    if (!code.hidden || now === before) return;
    before = now;
    const mine = ++turn;
    const sent = new URLSearchParams();
    for (const each of names()) if (!["checkbox", "radio"].includes(each.type) || each.checked) sent.append(each.name, each.value);
    pending = ask("write", sent);
    const answer = await pending;
    if (mine !== turn || answer === null || !code.hidden) return;
    pending = null;
    said.innerHTML = answer;
    const source = said.querySelector("[data-source]");
    if (!source) return;
    field.value = source.textContent;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Nobody outside hears of the rows: what changes for the form is the text.
  function heard(event) {
    event.stopPropagation();
    write();
  }

  // What has been chosen last goes along with a form that is sent at once.
  field.form?.addEventListener("submit", async (event) => {
    if (!pending || !code.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    while (pending) {
      const waited = pending;
      await waited.catch(() => null);
      await null;
      if (pending === waited) pending = null;
    }
    field.form.requestSubmit(event.submitter);
  }, { capture: true });
  asRows.addEventListener("click", () => code.hidden || open());
  asText.addEventListener("click", () => {
    show(false);
    built.replaceChildren();
    field.focus();
  });
  field.addEventListener("input", () => code.hidden || (rows.hidden = true));
  built.addEventListener("change", heard);
  built.addEventListener("input", heard);
  new MutationObserver(write).observe(built, { childList: true, subtree: true });
}
