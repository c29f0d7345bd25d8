// Changing many records: a field that is chosen gets its control, once.
import { behave } from "./behave.js";

behave("[data-mass-add]", (choice) => {
  const fields = document.getElementById("mass-fields");
  choice.addEventListener("htmx:beforeRequest", (event) => {
    const there = [...fields.querySelectorAll("input[name=set]")].some((each) => each.value === choice.value);
    if (there || !choice.value) event.preventDefault();
  });
  choice.addEventListener("htmx:afterRequest", () => {
    choice.value = "";
    fields.lastElementChild?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
});

// The whole list instead of the rows that are ticked.
behave("button[data-whole]", (button) => {
  const all = document.getElementById("bulk-all");
  const label = document.querySelector("[data-bulk] [data-selected]");
  button.addEventListener("click", () => {
    all.disabled = !all.disabled;
    button.setAttribute("aria-pressed", String(!all.disabled));
    button.textContent = all.disabled ? button.dataset.whole : button.dataset.less;
    label.textContent = all.disabled ? label.dataset.before : button.dataset.chosen;
  });
  document.addEventListener("fs-selected", () => {
    all.disabled = true;
    button.setAttribute("aria-pressed", "false");
    button.textContent = button.dataset.whole;
  });
});

// A button that stands outside its form asks by htmx instead; without scripts it sends the form.
behave("button[form]:is([hx-get], [hx-post])", (button) => {
  button.addEventListener("click", (event) => event.preventDefault());
});

// data-insert="#subject, #text": what is chosen is put where one of these fields was left last, else into the last.
behave("[data-insert]", (choice) => {
  const fields = [...choice.form.querySelectorAll(choice.dataset.insert)];
  let field = fields.at(-1);
  for (const each of fields) each.addEventListener("focus", () => (field = each));
  choice.addEventListener("change", () => {
    if (!choice.value) return;
    field.setRangeText(choice.value, field.selectionStart, field.selectionEnd, "end");
    choice.value = "";
    field.focus();
  });
});
