// Light, dark and density change the page where it stands, so that nothing typed or chosen on it is lost.
// What needs another page from the server (the language, the system's theme) is sent as a form is.
import { behave } from "./behave.js";

const PLACES = { theme: "bsTheme", density: "density" };

behave("form[data-look]", (form) => {
  const root = document.documentElement.dataset;

  function draw(button, value) {
    root[PLACES[button.name]] = value;
    for (const other of form.querySelectorAll(`button[name=${button.name}]`)) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  }

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!(button?.name in PLACES) || button.value === "auto") return;
    event.preventDefault();
    const before = form.querySelector(`button[name=${button.name}][aria-pressed=true]`);
    const shown = root[PLACES[button.name]];
    if (button.name === "theme") root.chosen = "";
    draw(button, button.value);
    const body = new URLSearchParams(new FormData(form, button));
    const sent = fetch(form.action, { method: "POST", headers: { "X-Requested-With": "fetch" }, body, keepalive: true });
    const answer = await sent.catch(() => null);
    if (answer?.status === 204 || !before) return;
    draw(before, shown); // it was not kept
    if (button.name === "theme") delete root.chosen;
  });
});
