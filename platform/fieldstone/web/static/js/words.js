// The translation editor: Enter goes to the next line, and what is pasted as several lines fills the lines below.
import { behave } from "./behave.js";

behave("form[data-words]", (form) => {
  const lines = () => [...form.querySelectorAll("input[name^='t.'], textarea[name^='t.']")];
  const before = new Map(lines().map((line) => [line, line.value]));
  let leaving = false;

  const mark = (line) => line.classList.toggle("is-changed", line.value !== before.get(line));

  form.addEventListener("input", (event) => before.has(event.target) && mark(event.target));
  form.addEventListener("keydown", (event) => {
    const line = event.target;
    if (event.key !== "Enter" || event.isComposing || !line.matches("input[name^='t.']")) return;
    event.preventDefault();
    const all = lines();
    const next = all[all.indexOf(line) + (event.shiftKey ? -1 : 1)];
    next?.focus();
    next?.select();
  });
  form.addEventListener("paste", (event) => {
    const line = event.target;
    if (!line.matches("input[name^='t.']")) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    if (!text.includes("\n")) return;
    event.preventDefault();
    const all = lines();
    const from = all.indexOf(line);
    text.split("\n").forEach((each, place) => {
      const target = all[from + place];
      if (!target) return;
      target.value = each.trim();
      mark(target);
    });
  });
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    const changed = lines().some((line) => line.value !== before.get(line));
    if (!leaving && form.isConnected && changed) event.preventDefault();
  });
});
