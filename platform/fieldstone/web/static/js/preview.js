// A quick look beside the list: Space or the eye opens it, Escape closes it; groups open and close.
import { behave } from "./behave.js";

behave("[data-preview-panel]", (panel) => {
  const close = () => {
    panel.hidden = true;
    panel.replaceChildren();
  };
  panel.addEventListener("htmx:afterSwap", () => {
    panel.hidden = !panel.firstElementChild;
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-preview-close]")) close();
    const star = event.target.closest("[data-star]");
    if (star) star.querySelector(".bi").className = `bi bi-star${star.querySelector(".bi-star") ? "-fill" : ""}`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden || event.target.closest("dialog, [popover], input, textarea, select")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    close();
  }, true);
});

behave("[data-group-toggle]", (link) => {
  const body = link.closest("tbody");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const open = body.classList.toggle("is-closed") === false;
    link.setAttribute("aria-expanded", String(open));
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    link.click();
  });
});
