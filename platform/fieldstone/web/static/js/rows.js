// A list: J and K move the cursor, X selects, Shift for a range, Enter opens, Space previews, E edits, Escape clears.
import { behave } from "./behave.js";
import { selection } from "./selection.js";

behave("[data-rows]", (wrap) => {
  let rows = [];
  const find = () => (rows = [...wrap.querySelectorAll("tbody tr:has(input[name=id])")]);
  const all = wrap.querySelector("[data-all]");
  const bar = document.querySelector("[data-bulk]");
  const kept = selection(wrap.dataset.rows);
  const box = (row) => row.querySelector("input[name=id]");
  let cursor = -1;
  let last = -1;

  function refresh() {
    find();
    const chosen = rows.filter((row) => box(row).checked);
    const here = rows.map((row) => box(row).value);
    kept.set(here, chosen.map((row) => box(row).value));
    if (rows.length) kept.fill(box(rows[0]).form, here);
    for (const row of rows) row.toggleAttribute("aria-selected", false);
    for (const row of chosen) row.setAttribute("aria-selected", "true");
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === rows.length;
      all.indeterminate = chosen.length > 0 && !all.checked;
      all.classList.toggle("is-mixed", all.indeterminate);
    }
    if (!bar) return;
    bar.classList.toggle("is-open", kept.size > 0);
    const label = bar.querySelector("[data-selected]");
    label.textContent = label.dataset.selected.replace("{n}", String(kept.size));
    label.dataset.before = label.textContent;
    for (const each of bar.querySelectorAll("[data-least]")) each.disabled = kept.size < each.dataset.least || kept.size > each.dataset.most;
    document.dispatchEvent(new Event("fs-selected"));
  }

  function select(index, checked, range) {
    const [from, to] = range && last >= 0 ? [Math.min(last, index), Math.max(last, index)] : [index, index];
    for (let i = from; i <= to; i += 1) box(rows[i]).checked = checked;
    last = index;
    refresh();
  }

  function move(step) {
    rows[cursor]?.classList.remove("is-cursor");
    cursor = Math.max(0, Math.min(rows.length - 1, cursor + step));
    rows[cursor].classList.add("is-cursor");
    rows[cursor].scrollIntoView({ block: "nearest" });
  }

  wrap.addEventListener("click", (event) => {
    if (event.target === all) {
      for (const row of rows) box(row).checked = all.checked;
      refresh();
    } else if (event.target.matches("input[name=id]")) {
      select(rows.indexOf(event.target.closest("tr")), event.target.checked, event.shiftKey);
    }
  });
  bar?.querySelector("[data-clear]").addEventListener("click", clear);

  function clear() {
    for (const row of rows) box(row).checked = false;
    kept.clear();
    refresh();
  }

  wrap.addEventListener("htmx:afterSwap", refresh); // the rows of a group that was opened
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !wrap.isConnected || !rows.length || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([name=id]), textarea, select, dialog, [popover]")) return;
    if (document.documentElement.dataset.keys === "off" && event.key.length === 1) return;
    const row = rows[cursor];
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
    else if (key === "x" && row) select(cursor, !box(row).checked, event.shiftKey);
    else if (event.key === "Enter" && row && event.target.closest("a, button") === null) row.querySelector(".is-title a").click();
    else if (event.key === " " && row && event.target.closest("a, button, input") === null) row.querySelector("[data-preview]")?.click();
    else if (key === "e" && row) row.querySelector("[data-edit]")?.click();
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });
  for (const row of find()) if (kept.has(box(row).value)) box(row).checked = true;
  refresh();
});
