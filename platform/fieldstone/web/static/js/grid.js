// A table of checkboxes: arrow keys go from one to the next, those at the edge tick a whole row or column.
import { behave } from "./behave.js";

behave("[data-grid]", (table) => {
  const rows = [...table.tBodies[0].rows];
  const ticks = (row) => [...row.querySelectorAll("td input[type=checkbox]:not(:disabled)")];
  const column = (at) => rows.flatMap((row) => [...(row.cells[at]?.querySelectorAll("input[type=checkbox]:not(:disabled)") ?? [])]);
  const all = (box) => {
    const cell = box.closest("th");
    return box.dataset.all === "row" ? ticks(cell.parentElement) : column(cell.cellIndex);
  };
  const edges = [...table.querySelectorAll("[data-all]")];

  function show() {
    for (const box of edges) {
      const ticked = all(box).filter((each) => each.checked).length;
      box.checked = ticked > 0 && ticked === all(box).length;
      box.indeterminate = ticked > 0 && !box.checked;
    }
  }

  table.addEventListener("change", (event) => {
    const box = event.target.closest("[data-all]");
    if (box) for (const each of all(box)) each.checked = box.checked;
    show();
  });
  table.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const cell = event.target.closest("td, th");
    if (!by || !cell || event.target.type !== "checkbox") return;
    event.preventDefault();
    const grid = [...table.rows];
    const next = grid[grid.indexOf(cell.parentElement) + by[0]]?.cells[cell.cellIndex + by[1]];
    next?.querySelector("input[type=checkbox]")?.focus();
  });
  show();
});
