// What is picked up in the layout editor, where it would be dropped, and its drop: by pointer or by keys.
import { columnsOf, placeUnder } from "./layout_places.js";

export class Lift {
  // `before`: the item that had the focus last; `say` announces; `move` and `ask` send what was dropped.
  constructor(editor, { before, say, move, ask }) {
    Object.assign(this, { editor, before, say, move, ask, held: null });
    this.slot = Object.assign(document.createElement("div"), { className: "fs-drop" });
  }

  unitOf(element) {
    return this.editor.querySelector(`[data-item-box="${CSS.escape(element.dataset.item)}"]`) ?? element;
  }

  unitsIn(zone) {
    const all = zone.querySelectorAll(":scope > [data-unit], :scope > .fs-types > [data-unit], :scope > .fs-esection[data-unit]");
    return [...all].filter((each) => each !== this.held?.unit);
  }

  zones(kind) {
    return [...this.editor.querySelectorAll("#canvas [data-zone], #canvas[data-zone]")].filter((zone) => accepts(zone, kind));
  }

  take(element) {
    const unit = this.unitOf(element);
    this.held = { element, unit, item: element.dataset.item, kind: element.dataset.kind, zone: null, index: 0 };
    if (unit.closest("#canvas")) unit.classList.add("is-origin");
  }

  begin(element) {
    this.take(element);
    const { unit, kind } = this.held;
    const zone = element.closest("#canvas") && unit.parentElement.closest("[data-zone]");
    if (zone && accepts(zone, kind)) this.show(zone, [...zone.children].filter((each) => "unit" in each.dataset).indexOf(unit));
    else this.show(...this.placeAfter(kind));
    this.say("picked", { name: element.dataset.label });
  }

  // Behind the item that had the focus last, or at the end of the first zone that takes such things.
  placeAfter(kind) {
    const all = this.zones(kind);
    const before = this.before();
    const unit = before && this.unitOf(before);
    const zone = all.find((each) => unit && each.contains(unit)) ?? all[0];
    if (!zone) return [null, 0];
    const units = this.unitsIn(zone);
    const at = unit ? units.indexOf(unit) : -1;
    return [zone, at < 0 ? units.length : at + 1];
  }

  show(zone, index) {
    const { held, slot } = this;
    held.zone?.classList.remove("is-over");
    Object.assign(held, { zone, index });
    if (zone && !zone.closest("#canvas")) zone.classList.toggle("is-over", Boolean(held.unit.closest("#canvas")));
    if (!zone?.closest("#canvas")) return slot.remove();
    const others = this.unitsIn(zone);
    slot.classList.toggle("is-tall", held.unit !== held.element);
    if (others[index]) others[index].before(slot);
    else if (others.length) others.at(-1).after(slot);
    else zone.append(slot);
  }

  over(x, y) {
    const { held, slot } = this;
    let zone = document.elementFromPoint(x, y)?.closest("[data-zone]");
    while (zone && !accepts(zone, held.kind)) zone = zone.parentElement.closest("[data-zone]");
    slot.remove(); // where the others stand without it
    this.show(zone ?? null, zone ? placeUnder(zone, this.unitsIn(zone), x, y) : 0);
  }

  step(key) {
    const { zone, index, kind } = this.held;
    const all = this.zones(kind);
    const wide = zone.dataset.flow === "down" ? 1 : columnsOf(zone);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide }[key];
    const count = this.unitsIn(zone).length;
    const next = all[all.indexOf(zone) + Math.sign(by)];
    if (index + by >= 0 && index + by <= count) this.show(zone, index + by);
    else if (next) this.show(next, by > 0 ? 0 : this.unitsIn(next).length);
    else this.show(zone, by > 0 ? count : 0);
    this.slot.scrollIntoView({ block: "nearest" });
    this.say("at", { zone: this.held.zone.dataset.label, n: this.held.index + 1 });
  }

  drop() {
    const { unit, item, kind, zone, index, element } = this.held;
    if (!zone || !(zone.closest("#canvas") || unit.closest("#canvas"))) return this.back();
    if (kind !== "type" && unit.closest("#canvas") && zone.closest("#canvas")) this.slot.before(unit);
    this.letGo();
    if (kind === "type") return this.ask(item, zone.dataset.zone, index);
    this.say("dropped", { name: element.dataset.label, zone: zone.dataset.label });
    this.move(item, zone.dataset.zone, index);
  }

  back() {
    const { element } = this.letGo();
    this.say("back", { name: element.dataset.label });
  }

  letGo() {
    const { held } = this;
    this.slot.remove();
    held.zone?.classList.remove("is-over");
    held.unit.classList.remove("is-origin");
    this.held = null;
    return held;
  }
}

function accepts(zone, kind) {
  return zone.dataset.accepts.split(" ").includes(kind);
}
