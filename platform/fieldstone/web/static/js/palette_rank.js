// How well a text typed into the command palette fits a label: 0 not at all, else the more the better.
const fold = (text) => text.normalize("NFKC").toLowerCase();

function inOrder(label, text) {
  let at = -1;
  let gaps = 0;
  for (const letter of text) {
    const next = label.indexOf(letter, at + 1);
    if (next < 0) return 0;
    if (at >= 0) gaps += next - at - 1;
    at = next;
  }
  return gaps <= text.length * 2 ? Math.max(1, 20 - gaps) : 0;
}

function one(label, text) {
  if (label === text) return 100;
  if (label.startsWith(text)) return 80;
  const words = label.split(/[\s:,/-]+/);
  if (words.some((word) => word.startsWith(text))) return 60;
  if (words.map((word) => word[0] ?? "").join("").startsWith(text)) return 50;
  if (label.includes(text)) return 40;
  return text.length > 2 ? inOrder(label, text) : 0;
}

// The label counts, then its pinyin, then what is written beside it; several words may stand in any order.
export function rank(entry, typed) {
  const text = fold(typed).trim();
  const label = fold(entry.label);
  const whole = Math.max(one(label, text), ...fold(entry.latin).split(" ").map((key) => (key ? one(key, text) - 5 : 0)));
  if (whole > 0) return whole;
  const parts = text.split(/\s+/);
  const all = `${label} ${fold(entry.hint)}`;
  return parts.every((part) => all.split(/[\s:,/-]+/).some((word) => word.startsWith(part))) ? 30 : 0;
}
