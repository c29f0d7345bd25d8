// A toast stays six seconds, and while it has the pointer or the focus. One with Undo stays ten.
import { behave } from "./behave.js";

behave("[data-toast]", (toast) => {
  const stay = toast.querySelector("form") ? 10000 : 6000;
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), stay);
  };
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", start);
  toast.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) toast.remove();
  });
  start();
});
