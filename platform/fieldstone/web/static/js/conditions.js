// The condition builder: rows come from the server; this takes one away.
import { behave } from "./behave.js";

behave("[data-remove]", (button) => {
  button.addEventListener("click", () => {
    const row = button.closest(button.dataset.remove);
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    neighbour?.querySelector("select, button")?.focus();
  });
});
