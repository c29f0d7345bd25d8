// Behaviours of a few lines each.
import { behave } from "./behave.js";

// data-reveal="id": shows and hides a password.
behave("[data-reveal]", (button) => {
  const show = button.getAttribute("aria-label");
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    const label = shown ? show : button.dataset.hideLabel;
    button.setAttribute("aria-label", label);
    button.title = label;
    button.querySelector(".bi").className = shown ? "bi bi-eye" : "bi bi-eye-slash";
    field.focus();
  });
});

// data-copy="#id": puts the text of an element on the clipboard.
behave("[data-copy]", (button) => {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
    button.lastChild.textContent = button.dataset.done;
  });
});

// data-submit: a choice that is sent as soon as it is made.
behave("[data-submit]", (field) => {
  field.addEventListener("change", () => field.form.requestSubmit());
});

// data-busy: the button that was pressed shows that the form is on its way, and cannot be pressed twice.
behave("form[data-busy]", (form) => {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    event.submitter?.setAttribute("aria-busy", "true");
    addEventListener("pageshow", () => {
      sent = false;
      event.submitter?.removeAttribute("aria-busy");
    }, { once: true });
  });
});

// data-remember="key": a <details> stays as it was left, on this device.
behave("details[data-remember]", (details) => {
  const key = `fieldstone.${details.dataset.remember}`;
  if (localStorage.getItem(key) === "closed") details.open = false;
  details.addEventListener("toggle", () => {
    if (details.open) localStorage.removeItem(key);
    else localStorage.setItem(key, "closed");
  });
});

// data-fold="name": a group of the navigation stays as the person left it, on every device.
behave("details[data-fold]", (details) => {
  let open = details.open; // the event also comes for one that the page brought open
  details.addEventListener("toggle", () => {
    if (details.open === open) return;
    open = details.open;
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = new URLSearchParams({ name: details.dataset.fold, open: open ? "1" : "" });
    fetch("/navigation/fold", { method: "POST", headers, body, keepalive: true });
  });
});

// data-send: Ctrl Enter sends the form of a text that may hold several lines.
behave("textarea[data-send]", (field) => {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
});
