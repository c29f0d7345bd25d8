// Whom a view is shared with: a person chosen in the combobox becomes a tag, and the choice "shared" with it.
import { behave } from "./behave.js";

behave("[data-receivers]", (box) => {
  const form = box.closest("form");
  const list = box.querySelector(".fs-receivers-list");
  const combo = box.querySelector(".fs-combo");
  const hidden = combo.querySelector("input[type=hidden]");
  const input = combo.querySelector("[role=combobox]");
  const choice = form.querySelector("input[name=audience][value=shared]");

  const show = () => (box.hidden = !choice.checked);

  hidden.addEventListener("change", () => {
    if (!hidden.value) return;
    if (![...list.querySelectorAll("input")].some((each) => each.value === hidden.value)) {
      const tag = list.querySelector("template").content.firstElementChild.cloneNode(true);
      tag.querySelector("input").value = hidden.value;
      tag.querySelector("span").textContent = input.value;
      const button = tag.querySelector("button");
      button.setAttribute("aria-label", button.dataset.label.replace("{tag}", input.value));
      list.append(tag);
    }
    hidden.value = "";
    input.value = "";
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest(".fs-tag button")) event.target.closest(".fs-tag").remove();
  });
  form.addEventListener("change", (event) => event.target.name === "audience" && show());
  show();
});
