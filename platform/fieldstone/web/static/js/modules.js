// The module manager: lists that are searched while one types, an order that can be kept, an icon that is chosen.
import { behave } from "./behave.js";

// data-filter="#list": hides the rows of lists that do not have what was typed.
behave("[data-filter]", (field) => {
  field.addEventListener("input", () => {
    const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const list of document.querySelectorAll(field.dataset.filter)) {
      for (const row of list.querySelectorAll("tbody > tr, :scope > li, :scope > .fs-kind")) {
        const text = row.textContent.toLocaleLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
      const section = list.closest("section");
      if (section) section.hidden = words.length > 0 && !list.querySelector(":scope > :not([hidden])");
    }
  });
});

// data-order-form: the button that keeps the order appears once there is another one.
behave("[data-order-form]", (list) => {
  const button = list.closest("form").querySelector("[data-order-save]");
  const order = () => [...list.querySelectorAll("[name=name]")].map((field) => field.value).join();
  const before = order();
  const show = () => {
    button.hidden = order() === before;
  };
  list.addEventListener("change", show);
  list.addEventListener("pointerup", show);
});

// data-icon-picker: a press on an icon of the grid chooses it.
behave("[data-icon-picker]", (picker) => {
  const input = picker.querySelector("input[name=icon]");
  const shown = picker.querySelector("[data-icon-now] .bi");
  input.addEventListener("input", () => {
    shown.className = `bi bi-${input.value || "file-earmark"}`;
  });
  picker.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-icon]");
    if (!choice) return;
    input.value = choice.dataset.icon;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    picker.querySelector("[popover]").hidePopover();
    input.focus();
  });
});
