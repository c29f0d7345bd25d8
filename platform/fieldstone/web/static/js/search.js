// The search box: results below it while typing, arrows to choose, Enter to open.
import { behave } from "./behave.js";

behave("form[data-search]", (form) => {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector(".dropdown-menu");
  let timer = 0;
  let latest = 0;

  const items = () => [...list.querySelectorAll("[role=option]")];
  const current = () => list.querySelector("[aria-selected=true]");

  function show(open) {
    list.classList.toggle("show", open);
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  }

  function choose(item) {
    for (const other of items()) {
      other.setAttribute("aria-selected", String(other === item));
      other.classList.toggle("is-current", other === item);
    }
    if (item) input.setAttribute("aria-activedescendant", item.id);
  }

  async function load() {
    const text = input.value.trim();
    const turn = ++latest;
    if (!text) return show(false);
    const answer = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`);
    if (turn !== latest || !answer.ok) return;
    list.innerHTML = await answer.text();
    choose(null);
    show(document.activeElement === input);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(load, 150);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.classList.contains("show")) {
      const all = items();
      choose(all[(all.indexOf(current()) + step + all.length) % all.length]);
      event.preventDefault();
    } else if (event.key === "Enter" && current()) {
      event.preventDefault();
      location.assign(current().href);
    } else if (event.key === "Escape") {
      if (list.classList.contains("show")) show(false);
      else input.blur();
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
});
