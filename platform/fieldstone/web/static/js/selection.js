// What is selected in a list, kept while its pages are turned and until something is done with it. A list without an
// address keeps nothing.
const prefix = "fieldstone.selected.";

export function selection(list) {
  const key = prefix + list;
  const ids = new Set(JSON.parse((list && sessionStorage.getItem(key)) || "[]"));

  function keep() {
    if (list && ids.size) sessionStorage.setItem(key, JSON.stringify([...ids]));
    else sessionStorage.removeItem(key);
  }

  return {
    has: (id) => ids.has(id),
    get size() {
      return ids.size;
    },
    // The rows of this page that are chosen take the place of what was known of its rows.
    set(here, chosen) {
      for (const id of here) ids.delete(id);
      for (const id of chosen) ids.add(id);
      keep();
    },
    clear() {
      ids.clear();
      keep();
    },
    // Those of other pages go along with the form.
    fill(form, here) {
      for (const input of form.querySelectorAll("[data-elsewhere]")) input.remove();
      const shown = new Set(here);
      for (const id of ids) {
        if (shown.has(id)) continue;
        const input = Object.assign(document.createElement("input"), { type: "hidden", name: "id", value: id });
        input.dataset.elsewhere = "";
        form.append(input);
      }
    },
  };
}

document.addEventListener("submit", (event) => {
  if (!event.target.getAttribute("action")?.includes("/mass/")) return;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
});
