// A calendar: entries go to another day or time by mouse, by a long touch or by keys (Space, arrows, Enter, Escape), and
// are made longer at their end (by its edge, or with Shift and arrows). A press on an empty place makes a new one there.
import { behave } from "./behave.js";
import { dragging } from "./dragging.js";

const quarters = 96;
const two = (number) => String(number).padStart(2, "0");
const clock = (quarter) => `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`;
const quarterOf = (text) => Number(text.slice(11, 13)) * 4 + Math.floor(Number(text.slice(14, 16)) / 15);
const shift = (day, by) => new Date(Date.parse(`${day}T00:00:00Z`) + by * 86400000).toISOString().slice(0, 10);

behave("[data-calendar]", (root) => {
  const words = new Intl.DateTimeFormat(root.dataset.language === "en" ? "en-GB" : root.dataset.language, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  const tip = Object.assign(document.createElement("output"), { className: "fs-when", hidden: true });
  const slot = Object.assign(document.createElement("div"), { className: "fs-slot" });
  root.append(tip);
  let lifted = null; // {entry, end: whether its end moves, grab: quarters from its top, place: {day, quarter}}

  const calendar = () => root.querySelector("#calendar");
  const cellOf = (day, timed) => root.querySelector(timed ? `[data-column][data-day="${day}"]` : `.fs-cal-day[data-day="${day}"]`);
  const lengthOf = (entry) => {
    if (!entry.dataset.start || !entry.dataset.end) return 4;
    return Math.max(1, Math.round((Date.parse(`${entry.dataset.end}Z`) - Date.parse(`${entry.dataset.start}Z`)) / 900000));
  };

  function at(x, y, grab = 0) {
    const cell = document.elementsFromPoint(x, y).map((found) => found.closest("[data-day]")).find((found) => found && root.contains(found));
    if (!cell) return null;
    if (!("column" in cell.dataset)) return { day: cell.dataset.day, quarter: null };
    const box = cell.getBoundingClientRect();
    const quarter = Math.floor(((y - box.top) / box.height) * quarters) - grab;
    return { day: cell.dataset.day, quarter: Math.max(0, Math.min(quarters - 1, quarter)) };
  }

  function lift(entry, { end = false, grab = 0, place }) {
    lifted = { entry, end, grab, place };
    entry.classList.add("is-origin");
  }

  function show(place, x, y) {
    for (const cell of root.querySelectorAll(".is-over")) cell.classList.remove("is-over");
    slot.remove();
    lifted.place = place;
    tip.hidden = !place;
    if (!place) return;
    const { entry, end } = lifted;
    const timed = place.quarter !== null;
    const cell = cellOf(place.day, timed);
    if (timed && cell) {
      const from = end ? quarterOf(entry.dataset.start) : place.quarter;
      const to = end ? Math.max(place.quarter, from + 1) : place.quarter + lengthOf(entry);
      slot.className = `fs-slot q${Math.min(from, quarters - 2)} u${Math.max(2, Math.min(to, quarters))} c1 w12`;
      cell.append(slot);
    } else cell?.classList.add("is-over");
    const quarter = place.quarter === null ? "" : ` ${place.quarter === quarters ? "24:00" : clock(place.quarter)}`;
    tip.textContent = `${end ? "→ " : ""}${words.format(new Date(`${place.day}T00:00:00Z`))}${quarter}`;
    const box = entry.getBoundingClientRect();
    tip.style.left = `${x ?? box.left}px`;
    tip.style.top = `${(y ?? box.top) - 32}px`;
  }

  function drop(dropped) {
    const { entry, end, place } = lifted;
    show(null);
    entry.classList.remove("is-origin", "is-lifted");
    lifted = null;
    if (!dropped || !place) return;
    const { module, id, version, on } = entry.dataset;
    const weekly = root.querySelector("[data-column]");
    const time = place.quarter === null ? (weekly && !end ? "all" : "") : clock(place.quarter % quarters);
    const day = place.quarter === quarters ? shift(place.day, 1) : place.day;
    const url = calendar().dataset.move.replace("-module-", module).replace("/0/", `/${id}/`);
    const values = { version, day, time, edge: end ? "end" : "", on: on ?? "" };
    htmx.ajax("POST", url, { source: root, target: "#calendar", swap: "outerHTML", values }).then(() => {
      if (!document.querySelector("dialog[open]")) document.getElementById(entry.id)?.focus({ preventScroll: true });
    });
  }

  function placeOf(entry, end) {
    const weekly = root.querySelector("[data-column]") && entry.classList.contains("is-slot");
    const { start, first, last } = entry.dataset;
    if (!end) return { day: first, quarter: weekly ? quarterOf(start) : null };
    if (!weekly) return { day: last, quarter: null };
    return { day: first, quarter: quarterOf(start) + lengthOf(entry) };
  }

  dragging(root, "[data-movable]", {
    scrolls: () => root.querySelector(".fs-calendar-grid") ?? root,
    ghost: (entry, target) => (target.closest("[data-grip]") ? null : entry.cloneNode(true)),
    start(entry, { x, y, target }) {
      const end = Boolean(target.closest("[data-grip]"));
      const from = at(x, y);
      const grab = !end && from && from.quarter !== null && entry.dataset.start ? from.quarter - quarterOf(entry.dataset.start) : 0;
      lift(entry, { end, grab, place: null });
    },
    over(x, y) {
      const place = at(x, y, lifted.grab);
      if (place && lifted.end && place.quarter !== null) place.quarter += 1;
      show(place, x, y);
    },
    end: drop,
  });

  function step(key, stretch) {
    const { place, entry, end } = lifted;
    const by = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    const sideways = key === "ArrowLeft" || key === "ArrowRight";
    if (stretch && !end && "stretch" in entry.dataset) Object.assign(lifted, { end: true, place: placeOf(entry, true) });
    const now = lifted.place ?? place;
    if (now.quarter === null) return show({ day: shift(now.day, sideways || lifted.end ? by : by * 7), quarter: null });
    if (sideways) return show({ day: shift(now.day, lifted.end ? 0 : by), quarter: now.quarter });
    const least = lifted.end ? quarterOf(entry.dataset.start) + 1 : 0;
    return show({ day: now.day, quarter: Math.max(least, Math.min(lifted.end ? quarters : quarters - 1, now.quarter + by)) });
  }

  root.addEventListener("keydown", (event) => {
    const entry = event.target.closest("[data-movable]");
    if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!lifted && event.key === " ") {
      lift(entry, { place: placeOf(entry, false) });
      entry.classList.add("is-lifted");
      show(lifted.place);
    } else if (lifted && event.key.startsWith("Arrow")) step(event.key, event.shiftKey);
    else if (lifted && (event.key === "Enter" || event.key === " ")) drop(true);
    else if (lifted && (event.key === "Escape" || event.key === "Tab")) drop(false);
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });

  root.addEventListener("click", (event) => {
    const { new: form, newStart, newEnd, newAll, timed, here } = calendar().dataset;
    if (!form || event.target.closest("a, button") || event.defaultPrevented) return;
    const place = at(event.clientX, event.clientY);
    if (!place) return;
    const query = new URLSearchParams({ next: here });
    const quarter = place.quarter === null ? 36 : place.quarter - (place.quarter % 2);
    const timedPlace = timed !== undefined;
    query.set(newStart, timedPlace ? `${place.day}T${clock(quarter)}` : place.day);
    if (timedPlace && newEnd) query.set(newEnd, `${quarter + 4 >= quarters ? shift(place.day, 1) : place.day}T${clock((quarter + 4) % quarters)}`);
    if (newAll && event.target.closest("[data-whole]")) query.set(newAll, "1");
    htmx.ajax("GET", `${form}?${query}`, { source: root, target: "#dialog", swap: "innerHTML" });
  });

  // Work begins in the morning: the hours before are there, above. A calendar drawn anew stays where it was.
  let top = null;
  const scroll = () => {
    const [hours, grid] = [root.querySelector("[data-hours]"), root.querySelector(".fs-calendar-grid")];
    if (grid && (hours || top !== null)) grid.scrollTop = top ?? (hours.offsetHeight / 24) * 7.5;
  };
  root.addEventListener("scroll", (event) => (top = event.target.scrollTop), { capture: true });
  // What was asked in a dialog is answered by the calendar anew.
  new MutationObserver(() => {
    document.querySelector("dialog.fs-dialog[open]")?.close();
    scroll();
  }).observe(root, { childList: true });
  scroll();
});
