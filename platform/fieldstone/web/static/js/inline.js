// Editing a value where it stands: a click on the value or Enter on its pencil opens it, Escape gives it back.
import { behave } from "./behave.js";

behave("dd.can-edit", (cell) => {
  cell.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input")) return;
    if (String(getSelection())) return; // somebody marks the text to copy it
    cell.querySelector(".fs-edit")?.click();
  });
});

behave("dd.is-editing", (cell) => {
  cell.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    cell.querySelector("[data-cancel]").click();
  });
  const field = cell.querySelector("[data-conflict] button") ?? cell.querySelector("[aria-invalid=true]") ?? cell.querySelector("input:not([type=hidden]), select, textarea");
  field?.focus();
  field?.select?.();
});
