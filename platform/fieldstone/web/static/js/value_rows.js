// data-values: rows of a field and its value; one empty row always waits at the end.
import { behave, scan } from "./behave.js";

behave("[data-values]", (box) => {
  box.addEventListener("change", (event) => {
    const last = box.lastElementChild;
    if (!event.target.matches("select") || !last.querySelector("select").value) return;
    const row = last.cloneNode(true);
    for (const old of row.querySelectorAll(".fs-expr")) {
      const text = old.querySelector("textarea");
      old.replaceWith(text);
    }
    row.querySelector("select").value = "";
    const text = row.querySelector("textarea, input");
    text.value = "";
    text.removeAttribute("aria-describedby");
    box.append(row);
    scan(row);
  });
});
