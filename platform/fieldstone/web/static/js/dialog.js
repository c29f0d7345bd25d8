// What htmx puts into #dialog is shown as a modal dialog; an empty answer closes it.
import { behave } from "./behave.js";

behave("dialog.fs-dialog", (dialog) => {
  let opener = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === dialog && !dialog.open) opener = document.activeElement;
  });
  dialog.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== dialog) return;
    if (!dialog.firstElementChild) return dialog.close();
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector("[autofocus], [aria-invalid=true], [role=alert]") ||
      dialog.querySelector("input:not([type=hidden]):not([readonly]), select, textarea, button:not([data-close])");
    first?.focus();
  });
  dialog.addEventListener("close", () => {
    if (dialog.open) return; // the event comes late: the next dialog may be there already, or a menu
    dialog.replaceChildren();
    if (document.activeElement === document.body) opener?.focus?.();
  });
  dialog.addEventListener("submit", (event) => {
    if (event.target.matches("[data-close-on-submit]")) setTimeout(() => dialog.close());
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
});
