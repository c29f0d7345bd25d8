// Where something is put: under the pointer, and by arrows.

// How many columns of units a zone shows at the moment.
export function columnsOf(zone) {
  return getComputedStyle(zone).gridTemplateColumns.split(" ").length || 1;
}

// The place among the units of a zone that a pointer points at.
export function placeUnder(zone, units, x, y) {
  const down = zone.dataset.flow === "down" || columnsOf(zone) === 1;
  const before = (unit) => {
    const at = unit.getBoundingClientRect();
    if (down) return at.top + at.height / 2 < y;
    return at.bottom < y || (at.top <= y && at.left + at.width / 2 < x);
  };
  return units.filter(before).length;
}

// The item that lies next in the direction of an arrow.
export function nearestItem(items, from, key) {
  if (key === "ArrowLeft" || key === "ArrowRight") return items[items.indexOf(from) + (key === "ArrowRight" ? 1 : -1)];
  const middle = (element) => {
    const at = element.getBoundingClientRect();
    return [at.left + Math.min(at.width, 160) / 2, at.top + at.height / 2];
  };
  const [x, y] = middle(from);
  const way = key === "ArrowDown" ? 1 : -1;
  let best = null;
  let least = Infinity;
  for (const each of items) {
    const [otherX, otherY] = middle(each);
    const far = (otherY - y) * way;
    const cost = far * 4 + Math.abs(otherX - x);
    if (far > 4 && cost < least) [best, least] = [each, cost];
  }
  return best;
}
