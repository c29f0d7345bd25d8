// A lookup: suggestions while typing; the hidden field holds the id, the visible one the label.
// Text without a choice is sent too, and the server finds the record of that name.
import { behave } from "./behave.js";

behave("[data-combo]", (combo) => {
  const input = combo.querySelector("[role=combobox]");
  const hidden = combo.querySelector("input[type=hidden]");
  const list = combo.querySelector("[role=listbox]");
  const target = combo.parentElement.querySelector("[data-combo-target]");
  let timer = 0;
  let latest = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const current = () => list.querySelector("[aria-selected=true]");

  function address() {
    const url = new URL(combo.dataset.combo, location.origin);
    if (target) url.pathname = `/suggest/${target.value}`;
    url.searchParams.set("q", input.value.trim());
    url.searchParams.set("for", input.id);
    return url;
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (!option) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function set(id, label) {
    hidden.value = id;
    input.value = label;
    show(false);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function choose(option) {
    if (option.dataset.create) {
      show(false);
      window.htmx.ajax("GET", option.dataset.create, { target: "#dialog", source: input });
    } else {
      set(option.dataset.value, option.dataset.label);
    }
  }

  async function load() {
    const turn = ++latest;
    const answer = await fetch(address());
    if (turn !== latest || !answer.ok) return;
    list.innerHTML = await answer.text();
    const first = options()[0];
    mark(first && !first.dataset.create ? first : null);
    show(document.activeElement === input && options().length > 0);
  }

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(load, 120);
  });
  input.addEventListener("click", () => list.hidden && load());
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) return void load();
      const all = options();
      mark(all[(all.indexOf(current()) + step + all.length) % all.length]);
    } else if (event.key === "Enter" && !list.hidden && current()) {
      event.preventDefault();
      choose(current());
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  combo.addEventListener("focusout", (event) => {
    if (!combo.contains(event.relatedTarget)) show(false);
  });
  target?.addEventListener("change", () => set("", ""));
  document.addEventListener("fs-created", (event) => {
    if (event.detail.for === input.id) {
      set(event.detail.value, event.detail.label);
      input.focus();
    }
  });
});
