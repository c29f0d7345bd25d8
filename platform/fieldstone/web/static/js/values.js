// The editor of picklist values: the swatch beside a hue follows it, and a tick decides whether a line is dimmed.
import { behave } from "./behave.js";

behave(".fs-values", (list) => {
  list.addEventListener("change", (event) => {
    const hue = event.target.closest("[data-hue]");
    if (hue) hue.parentElement.querySelector(".fs-swatch").className = `fs-swatch fs-${hue.value}`;
    if (event.target.name?.startsWith("active.")) event.target.closest("li").classList.toggle("is-off", !event.target.checked);
  });
});
