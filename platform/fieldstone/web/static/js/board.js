// A board: cards go to another column by mouse, by a long touch, by keys (Space, arrows, Enter, Escape), or from a
// menu (M). The server has the last word: a card stands in the column that its answer names in data-in.
import { behave } from "./behave.js";
import { place } from "./menu.js";
import { dragging } from "./dragging.js";

behave("[data-board]", (board) => {
  const menu = document.getElementById("move-menu");
  const said = document.querySelector("[data-said]");
  const lanes = () => [...board.querySelectorAll(".fs-lane")];
  const bodyOf = (lane) => lane.querySelector("[data-cards]");
  const nameOf = (card) => card.querySelector("a").textContent;
  const slot = Object.assign(document.createElement("div"), { className: "fs-slot" });
  let lifted = null; // the card that is picked up: {card, lane}
  let chosen = null; // the card whose menu is open
  let origins = new Map(); // id → where a card stood before its move

  const say = (text) => (said.textContent = text);
  const takes = (lane, card) => !card.dataset.shut?.split(" ").includes(lane.dataset.lane);
  const laneOf = (card) => card.closest(".fs-lane");

  function lift(card) {
    lifted = { card, lane: laneOf(card) };
    card.classList.add("is-origin");
    for (const lane of lanes()) lane.classList.toggle("is-shut", !takes(lane, card));
  }

  function over(lane) {
    for (const other of lanes()) other.classList.toggle("is-over", other === lane);
    if (lane && lane !== laneOf(lifted.card)) bodyOf(lane).prepend(slot);
    else slot.remove();
    lifted.lane = lane;
  }

  function letGo() {
    if (!lifted) return;
    over(null);
    lifted.card.classList.remove("is-origin");
    for (const lane of lanes()) lane.classList.remove("is-shut");
    lifted = null;
  }

  function move(card, lane) {
    if (!lane || lane === laneOf(card) || !takes(lane, card)) return;
    origins.set(card.id, { before: card.nextElementSibling, in: bodyOf(laneOf(card)) });
    bodyOf(lane).prepend(card);
    card.setAttribute("aria-busy", "true");
    card.focus({ preventScroll: true });
    const values = { to: lane.dataset.lane, version: card.dataset.version };
    const url = board.dataset.move.replace("/0/", `/${card.dataset.card}/`);
    htmx.ajax("POST", url, { source: board, target: "#dialog", swap: "innerHTML", values }).finally(() => settle(card.id));
  }

  // Every card into the column it is in by the server's word; what the list does not show waits out of sight.
  function settle(id) {
    for (const card of document.querySelectorAll("[data-card]")) {
      card.removeAttribute("aria-busy");
      const lane = lanes().find((each) => each.dataset.lane === card.dataset.in);
      const home = "gone" in card.dataset || !lane ? board.querySelector("[data-limbo]") : bodyOf(lane);
      if (card.parentElement === home) continue;
      const origin = origins.get(card.id);
      const before = origin?.in === home && origin.before?.isConnected ? origin.before : null;
      if (before) before.before(card);
      else home.prepend(card);
    }
    const card = document.getElementById(id);
    if (!card || document.activeElement !== document.body) return;
    const shown = card.checkVisibility() ? card : card.closest(".fs-lane")?.querySelector("[id^=fold]");
    (shown ?? board).focus({ preventScroll: true });
  }
  document.addEventListener("fs-board-moved", (event) => board.isConnected && settle(`card-${event.detail.id}`));

  function openMenu(card) {
    chosen = card;
    for (const item of menu.querySelectorAll("[data-to]")) {
      const lane = lanes().find((each) => each.dataset.lane === item.dataset.to);
      item.hidden = lane === laneOf(card) || !takes(lane, card);
    }
    menu.showPopover();
    place(menu, card.querySelector("[data-menu-of]"));
    menu.querySelector("[data-to]:not([hidden])")?.focus();
  }
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("[data-to]");
    if (!item) return;
    menu.hidePopover();
    move(chosen, lanes().find((lane) => lane.dataset.lane === item.dataset.to));
  });
  menu.addEventListener("toggle", (event) => event.newState === "closed" && chosen?.isConnected && chosen.focus());

  board.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu-of]");
    if (button) openMenu(button.closest("[data-card]"));
  });

  dragging(board, "[data-movable]", {
    start: lift,
    over(x, y) {
      const lane = document.elementFromPoint(x, y)?.closest(".fs-lane");
      over(lane && board.contains(lane) && takes(lane, lifted.card) ? lane : null);
    },
    end(dropped) {
      const { card, lane } = lifted;
      letGo();
      if (dropped) move(card, lane);
    },
  });

  function step(by) {
    const all = lanes().filter((lane) => takes(lane, lifted.card));
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(lifted.lane) + by))];
    over(next);
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(board.dataset.over.replace("{column}", next.dataset.label));
  }

  function walk(card, key) {
    const cards = (lane) => [...lane.querySelectorAll("[data-card]")];
    const own = cards(laneOf(card));
    const at = own.indexOf(card);
    if (key === "ArrowDown" || key === "ArrowUp") return own[at + (key === "ArrowDown" ? 1 : -1)]?.focus();
    const filled = lanes().filter((lane) => cards(lane).length);
    const next = filled[filled.indexOf(laneOf(card)) + (key === "ArrowRight" ? 1 : -1)];
    if (next) cards(next)[Math.min(at, cards(next).length - 1)].focus();
  }

  board.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
    const movable = "movable" in card.dataset;
    if (lifted && ["ArrowLeft", "ArrowRight"].includes(event.key)) step(event.key === "ArrowRight" ? 1 : -1);
    else if (lifted && (event.key === "Enter" || event.key === " ")) {
      const { lane } = lifted;
      letGo();
      move(card, lane);
    } else if (lifted && event.key === "Escape") {
      letGo();
      say(board.dataset.back.replace("{name}", nameOf(card)));
    } else if (lifted && event.key === "Tab") return letGo();
    else if (movable && event.key === " ") {
      lift(card);
      over(laneOf(card));
      say(board.dataset.picked.replace("{name}", nameOf(card)));
    } else if (movable && event.key.toLowerCase() === "m") openMenu(card);
    else if (event.key === "Enter") card.querySelector("a").click();
    else if (event.key.startsWith("Arrow")) walk(card, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
});
