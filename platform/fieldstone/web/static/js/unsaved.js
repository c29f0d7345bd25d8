// A form with data-unsaved counts the fields that differ from what was loaded, and asks before it is left.
import { behave } from "./behave.js";

behave("form[data-unsaved]", (form) => {
  const label = document.querySelector("[data-unsaved-label]");
  const all = () => {
    const fields = new Map();
    for (const [name, value] of new FormData(form)) {
      if (name.startsWith("f.")) fields.set(name, `${fields.get(name) ?? ""}\u001f${value}`);
    }
    return fields;
  };
  const before = all();
  let leaving = false;

  function changed() {
    const now = all();
    const names = new Set();
    for (const [name, value] of now) if (before.get(name) !== value) names.add(name);
    for (const name of before.keys()) if (!now.has(name)) names.add(name);
    return names.size + (form.dataset.unsaved === "typed" ? 1 : 0);
  }

  function count() {
    const n = changed();
    if (!label) return;
    label.hidden = n === 0;
    const words = n === 1 ? label.dataset.one : label.dataset.many;
    label.textContent = words.replace("{n}", String(n));
  }

  form.addEventListener("input", count);
  form.addEventListener("change", count);
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && form.isConnected && changed() > 0) event.preventDefault();
  });
  count();
});
