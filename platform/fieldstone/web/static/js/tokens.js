// Tags: Enter or a comma makes one of what was typed, Backspace in the empty field takes the last away.
import { behave } from "./behave.js";

behave("[data-tokens]", (box) => {
  const input = box.querySelector("input:not([type=hidden])");
  const tags = () => [...box.querySelectorAll(".fs-tag")];

  function add(text) {
    const words = text.split(/[,，;；]/).map((word) => word.trim()).filter(Boolean);
    for (const word of words) {
      if (tags().some((tag) => tag.querySelector("input").value === word)) continue;
      const tag = box.querySelector("template").content.firstElementChild.cloneNode(true);
      tag.querySelector("input").value = word;
      tag.querySelector("span").textContent = word;
      const button = tag.querySelector("button");
      button.setAttribute("aria-label", button.dataset.label.replace("{tag}", word));
      input.before(tag);
    }
    input.value = "";
    changed();
  }

  const known = document.getElementById(input.getAttribute("list"));
  let asked = false;
  input.addEventListener("focus", async () => {
    if (asked || !known || !box.dataset.tokens) return;
    asked = true;
    const answer = await fetch(box.dataset.tokens);
    if (answer.ok) known.innerHTML = await answer.text();
  });
  input.addEventListener("input", (event) => {
    const chosen = !event.inputType || event.inputType === "insertReplacementText";
    if (chosen && [...(known?.options || [])].some((option) => option.value === input.value)) add(input.value);
  });

  const changed = () => input.dispatchEvent(new Event("change", { bubbles: true }));

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if ((event.key === "Enter" || event.key === "," || event.key === "，") && input.value.trim()) {
      event.preventDefault();
      add(input.value);
    } else if (event.key === "Backspace" && !input.value) {
      tags().at(-1)?.remove();
      changed();
    }
  });
  input.addEventListener("blur", () => input.value.trim() && add(input.value));
  box.addEventListener("click", (event) => {
    const button = event.target.closest(".fs-tag button");
    if (button) {
      button.closest(".fs-tag").remove();
      changed();
    }
    input.focus();
  });
});
