// The columns of a table: choosing them in the dialog, and making them wider or narrower at the edge of the head.
import { behave } from "./behave.js";

behave("[data-choose]", (box) => {
  const shown = box.querySelector("[data-order]");
  const search = box.querySelector("[data-narrow]");

  box.querySelector(".fs-columns-list").addEventListener("change", (event) => {
    const choice = event.target.closest("label");
    if (!event.target.checked) return;
    const item = box.querySelector("template").content.firstElementChild.cloneNode(true);
    item.querySelector("input").value = event.target.value;
    item.querySelector("span").textContent = choice.dataset.label;
    for (const button of item.querySelectorAll("button")) {
      button.setAttribute("aria-label", button.dataset.label.replace("{name}", choice.dataset.label));
    }
    const next = choice.nextElementSibling ?? choice.previousElementSibling;
    shown.append(item);
    choice.remove();
    item.scrollIntoView({ block: "nearest" });
    (next?.querySelector("input") ?? search).focus();
  });

  search.addEventListener("input", () => {
    const sought = search.value.trim().toLocaleLowerCase();
    for (const group of box.querySelectorAll(".fs-choose-group")) {
      const labels = [...group.querySelectorAll("label")];
      for (const label of labels) label.hidden = !label.dataset.label.toLocaleLowerCase().includes(sought);
      group.hidden = labels.every((label) => label.hidden);
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    box.querySelector(".fs-choose-group label:not([hidden]) input")?.click();
  });
});

const least = 4;
const most = 56;

behave("[data-edge]", (edge) => {
  const head = edge.closest("th");
  const table = edge.closest("table");
  const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  const width = () => Math.round(head.offsetWidth / rem());
  let timer = 0;

  function set(value) {
    const now = Math.max(least, Math.min(most, value));
    for (const name of [...head.classList]) if (/^w-\d|^cw-/.test(name)) head.classList.remove(name);
    head.classList.add(`cw-${Math.round(now)}`);
    edge.setAttribute("aria-valuenow", String(Math.round(now)));
  }

  function keep() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const widths = {};
      for (const other of table.querySelectorAll("[data-edge]")) {
        const name = [...other.closest("th").classList].find((each) => each.startsWith("cw-"));
        if (name) widths[other.dataset.edge] = Number(name.slice(3));
      }
      const body = new URLSearchParams({ view: table.dataset.view, widths: JSON.stringify(widths) });
      fetch(table.dataset.widths, { method: "POST", body, headers: { "X-CSRFToken": token() } });
    }, 400);
  }

  const token = () => document.querySelector("input[name=csrf_token]").value;

  edge.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    edge.setPointerCapture(event.pointerId);
    edge.classList.add("is-held");
  });
  edge.addEventListener("pointermove", (event) => {
    if (!edge.hasPointerCapture(event.pointerId)) return;
    set((event.clientX - head.getBoundingClientRect().left) / rem());
  });
  edge.addEventListener("pointerup", () => {
    edge.classList.remove("is-held");
    keep();
  });
  edge.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    set(width() + step);
    keep();
  });
});

// Shift and a click on a head: sorted by this column too.
behave("a[data-more]", (link) => {
  link.addEventListener("click", (event) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    location.assign(link.dataset.more);
  });
});
