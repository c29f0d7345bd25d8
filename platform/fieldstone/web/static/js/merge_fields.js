// data-merge="#id": beside a text a menu of what can be put into it where the caret stands; its entries are those of
// the select with that id.
import { behave } from "./behave.js";

behave("[data-merge]", (text) => {
  const menu = document.querySelector(text.dataset.merge)?.cloneNode(true);
  if (!menu) return;
  menu.removeAttribute("id");
  menu.hidden = false;
  menu.className = "form-select fs-merge";
  text.before(menu);
  menu.addEventListener("change", () => {
    if (!menu.value) return;
    const caret = text.selectionStart ?? text.value.length;
    text.setRangeText(menu.value, caret, text.selectionEnd ?? caret, "end");
    menu.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
  menu.addEventListener("click", (event) => event.stopPropagation());
});
