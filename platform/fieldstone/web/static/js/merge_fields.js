// data-merge="#id": beside a text a menu of what can be put into it where the caret stands; the menu is a copy of the
// element with that id, a select and a button. Choosing alone puts nothing in: by keyboard one passes many entries.
import { behave } from "./behave.js";

behave("[data-merge]", (text) => {
  const menu = document.querySelector(text.dataset.merge)?.cloneNode(true);
  if (!menu) return;
  menu.removeAttribute("id");
  menu.hidden = false;
  text.before(menu);
  const select = menu.querySelector("select");
  let caret = null; // until somebody has been there, the end
  text.addEventListener("blur", () => {
    caret = [text.selectionStart, text.selectionEnd];
  });
  menu.querySelector("button").addEventListener("click", () => {
    if (!select.value) return select.focus();
    const [start, end] = caret ?? [text.value.length, text.value.length];
    text.setRangeText(select.value, start, end, "end");
    select.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
});
