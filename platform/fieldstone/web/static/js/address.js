// A button at an address takes over that of the record which a lookup of the same form holds.
import { behave } from "./behave.js";

behave("[data-copy-address]", (button) => {
  const form = button.closest("form");
  const source = () => form.querySelector(`[name="${button.dataset.copyFrom}"]`)?.value ?? "";
  const update = () => (button.hidden = !/^\d+$/.test(source()));

  button.addEventListener("click", async () => {
    const answer = await fetch(`${button.dataset.copyAddress}&id=${encodeURIComponent(source())}`);
    if (!answer.ok) return;
    for (const [part, text] of Object.entries(await answer.json())) {
      const control = form.querySelector(`[name="${button.dataset.copyTo}.${part}"]`);
      if (!control) continue;
      control.value = text;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  form.addEventListener("change", update);
  update();
});
