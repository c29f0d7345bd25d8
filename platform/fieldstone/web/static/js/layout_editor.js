// The layout editor: what is dragged, by pointer or by keys, is a unit that goes to a place in a zone. The server says
// what has become of it; here only the choice, the focus and the place of the slot are known.
import { behave, scan } from "./behave.js";
import { dragging } from "./dragging.js";
import { Lift } from "./layout_lift.js";
import { nearestItem } from "./layout_places.js";

behave("[data-layout-editor]", (editor) => {
  const byId = (id) => document.getElementById(id);
  const items = () => [...byId("canvas").querySelectorAll("[data-item]")].filter((each) => each.checkVisibility());
  const find = (item) => editor.querySelector(`#canvas [data-item="${CSS.escape(item)}"]`);
  let chosen = ""; // the item whose properties are shown
  let wanted = ""; // the item that gets the focus after the answer
  let last = ""; // the item that had the focus last
  let sending = Promise.resolve();

  const say = (words, values) => {
    byId("editor-said").textContent = Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), editor.dataset[words]);
  };
  const state = () => Object.fromEntries([...byId("editor-state").querySelectorAll("input")].map((each) => [each.name, each.value]));

  function send(values, focus = "") {
    wanted = focus;
    sending = sending.then(() =>
      htmx.ajax("POST", `${editor.dataset.url}do`, { source: byId("canvas"), swap: "none", values: { ...state(), ...values } }),
    );
    return sending;
  }

  function choose(item, focus = false) {
    chosen = item;
    mark();
    editor.classList.add("is-choosing");
    const query = new URLSearchParams({ ...state(), item });
    htmx.ajax("GET", `${editor.dataset.url}panel?${query}`, { source: byId("props"), target: "#props", swap: "innerHTML" }).then(() => {
      if (focus) byId("props").querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
  }

  // What an answer brings is not chosen and cannot be reached by Tab until it is marked so.
  function mark() {
    const all = items();
    for (const each of all) {
      const is = each.dataset.item === chosen;
      each.classList.toggle("is-selected", is);
      each.setAttribute("aria-pressed", is);
      each.tabIndex = -1;
    }
    const reached = all.find((each) => each.dataset.item === last) ?? all[0];
    if (reached) reached.tabIndex = 0;
  }

  function ask(item, zone, position) {
    const query = new URLSearchParams({ ...state(), type: item.split(":")[1], zone, position });
    htmx.ajax("GET", `${editor.dataset.url}new?${query}`, { source: byId("dialog"), target: "#dialog", swap: "innerHTML" });
  }

  const lift = new Lift(editor, {
    before: () => find(last),
    say,
    move: (item, zone, position) => send({ do: "move", item, zone, position }, item),
    ask,
  });

  const hide = (item) => {
    const all = items();
    const at = all.findIndex((each) => each.dataset.item === item);
    const next = all[at + 1] ?? all[at - 1];
    if (chosen === item) choose("");
    send({ do: "hide", item }, next?.dataset.item ?? "");
  };

  // ── pointer ─────────────────────────────────────────────────────────────────────────────────────────────────────
  dragging(editor, "[data-drag]", {
    scrolls: () => byId("main"),
    start: (element) => lift.take(element),
    over: (x, y) => lift.over(x, y),
    end: (dropped) => (dropped ? lift.drop() : lift.back()),
  });

  editor.addEventListener("click", (event) => {
    if (event.defaultPrevented) return; // the click that ends a drag
    const hidden = event.target.closest("[data-hide]");
    const open = event.target.closest("[data-properties]");
    const item = event.target.closest("[data-item]");
    if (event.target.closest("[data-open-palette]")) toggle();
    else if (event.target.closest("[data-look]")) look(event.target.closest("[data-look]").dataset.look);
    else if (hidden) hide(hidden.dataset.hide);
    else if (open) choose(open.dataset.properties, event.detail === 0);
    else if (item?.closest("#canvas")) choose(item.dataset.item, event.detail === 0);
    else if (item) put(item);
    else if (event.target.closest("#main")) editor.classList.remove("is-choosing"); // closes the sheet of a phone
  });

  // Fields as short lines, or as they look in the form; kept on this device.
  function look(as) {
    localStorage.setItem("fieldstone.layout.look", as);
    editor.classList.toggle("is-form", as === "form");
    for (const each of editor.querySelectorAll("[data-look]")) each.setAttribute("aria-pressed", each.dataset.look === as);
  }
  if (localStorage.getItem("fieldstone.layout.look") === "form") look("form");

  function toggle(open = !editor.classList.contains("is-finding")) {
    editor.classList.toggle("is-finding", open);
    editor.querySelector("[data-open-palette]").setAttribute("aria-expanded", open);
    if (open) byId("find-type").focus();
  }

  // A press on something of the palette puts it behind what had the focus last.
  function put(item) {
    const [zone, index] = lift.placeAfter(item.dataset.kind);
    if (!zone) return;
    toggle(false);
    if (item.dataset.kind === "type") ask(item.dataset.item, zone.dataset.zone, index);
    else send({ do: "move", item: item.dataset.item, zone: zone.dataset.zone, position: index }, item.dataset.item);
  }

  // ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────
  editor.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const element = event.target.closest?.("[data-item]");
    if (lift.held) {
      if (key.startsWith("Arrow") && lift.held.zone) lift.step(key);
      else if (key === "Enter" || key === " ") lift.drop();
      else if (key === "Escape") lift.back();
      else if (key === "Tab") return lift.back();
      else return;
    } else if (key === "Escape" && event.target.closest("#props, #editor-palette")) {
      editor.classList.remove("is-choosing");
      toggle(false);
      (find(chosen) ?? items()[0])?.focus();
    } else if (!element || event.target !== element) return;
    else if (key === " ") lift.begin(element);
    else if (!element.closest("#canvas")) return;
    else if (key === "Delete" || key === "Backspace") hide(element.dataset.item);
    else if (key.startsWith("Arrow")) nearestItem(items(), element, key)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // The key that picks up or drops must not press the button too.
  editor.addEventListener("keyup", (event) => event.key === " " && event.target.matches?.("[data-item]") && event.preventDefault());

  editor.addEventListener("focusin", (event) => {
    const element = event.target.closest("#canvas [data-item]");
    if (!element || element.dataset.item === last) return;
    const before = find(last);
    if (before) before.tabIndex = -1;
    last = element.dataset.item;
    element.tabIndex = 0;
  });

  byId("find-type").addEventListener("input", (event) => {
    const typed = event.target.value.trim().toLowerCase();
    for (const each of byId("editor-palette").querySelectorAll("[data-item]")) each.hidden = !each.dataset.label.toLowerCase().includes(typed);
    for (const group of byId("editor-palette").querySelectorAll("[data-type-group]")) group.hidden = !group.querySelector("[data-item]:not([hidden])");
  });

  // ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("fs-layout-done", (event) => {
    scan(editor);
    byId("dialog").close();
    const item = event.detail.item || wanted;
    if (event.detail.chosen) chosen = event.detail.chosen;
    mark();
    const typing = byId("props").contains(document.activeElement);
    if (item && !typing && !byId("dialog").open) find(item)?.focus({ preventScroll: true });
    find(item)?.scrollIntoView({ block: "nearest" });
    wanted = "";
  });
  // Undo and redo draw everything anew, where it was scrolled to.
  editor.addEventListener("submit", (event) => {
    if (event.target.matches("[data-draft-move]")) sessionStorage.setItem("fieldstone.layout", byId("main").scrollTop);
  });
  byId("main").scrollTop = Number(sessionStorage.getItem("fieldstone.layout") ?? 0);
  sessionStorage.removeItem("fieldstone.layout");
  mark();
});
