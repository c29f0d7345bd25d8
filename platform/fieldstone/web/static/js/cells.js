// Editing in a list: arrows go from cell to cell, Enter, F2 or a double click edits, Escape gives the value back,
// Tab saves and goes on. One cell at a time; the answer to a change is the whole row.
import { behave, scan } from "./behave.js";

const TYPED = "input:not([name=id]), textarea, select, dialog, [popover]";

behave("table[data-cells]", (table) => {
  let open = null; // { cell, nodes, sent }: the cell with the editor, what stood in it, what the editor held at first

  const field = (cell) => table.tHead.rows[0].cells[cell.cellIndex]?.querySelector("[data-cell]")?.dataset.cell;
  const mayEdit = (cell) => Boolean(field(cell));
  const rowId = (row) => row.querySelector("input[name=id]")?.value;
  const held = (form) => new URLSearchParams(new FormData(form)).toString();

  function focus(cell) {
    if (!cell) return;
    cell.tabIndex = -1;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function say(text) {
    const toast = document.createElement("div");
    toast.className = "fs-toast";
    toast.dataset.toast = "";
    toast.setAttribute("role", "status");
    toast.textContent = text;
    document.getElementById("toasts").replaceChildren(toast);
    scan(toast);
  }

  function show(cell, html) {
    cell.classList.add("is-editing");
    cell.innerHTML = html;
    globalThis.htmx.process(cell);
    scan(cell);
    const fields = [...cell.querySelectorAll("input:not([type=hidden]), select, textarea, .fs-inline > button")];
    const first = fields.find((each) => each.checkVisibility());
    first?.focus();
    first?.select?.();
  }

  async function edit(cell) {
    if (!cell || open?.cell === cell) return;
    if (open && !(await leave())) return;
    const url = `${table.dataset.cells}/${rowId(cell.parentElement)}/cell/${field(cell)}`;
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    const html = await answer.text();
    if (!answer.ok) return say(table.dataset.locked);
    if (open) return;
    open = { cell, nodes: [...cell.childNodes], sent: "" };
    show(cell, html);
    open.sent = held(cell.querySelector("form"));
  }

  function cancel() {
    const { cell, nodes } = open;
    open = null;
    cell.classList.remove("is-editing");
    cell.replaceChildren(...nodes);
    return cell;
  }

  // True when the cell is shut: saved, or as it was.
  async function leave(submitter) {
    const { cell, sent } = open;
    const form = cell.querySelector("form");
    if (!submitter && held(form) === sent) return Boolean(cancel());
    const body = new FormData(form, submitter);
    body.append("whole", cell.parentElement.querySelector("input[name=id]").dataset.whole ?? "");
    const answer = await fetch(form.getAttribute("action") + location.search, { method: "POST", body: new URLSearchParams(body), headers: { "X-Requested-With": "fetch" } });
    const html = await answer.text();
    if (answer.status === 422 || answer.status === 409) {
      show(cell, html);
      return false;
    }
    if (!answer.ok) {
      cancel();
      say(table.dataset.locked);
      return true;
    }
    const row = cell.parentElement;
    const place = cell.cellIndex;
    const made = document.createElement("tbody");
    made.innerHTML = html;
    const fresh = made.rows[0];
    open = null;
    if (!fresh) {
      row.remove();
    } else {
      put(row, fresh);
      focus(row.cells[place]);
      if (answer.headers.has("X-Redraw")) redraw(row);
    }
    if (table.dataset.totals && table.tFoot) globalThis.htmx.ajax("GET", table.dataset.totals, { target: table.tFoot, swap: "outerHTML" });
    return true;
  }

  // The row as it is drawn anew; what is ticked stays so.
  function put(row, fresh) {
    row.querySelector("input[name=id]").dataset.whole = fresh.querySelector("input[name=id]").dataset.whole ?? "";
    while (row.cells.length > 1) row.cells[1].remove();
    row.append(...[...fresh.cells].slice(1));
    globalThis.htmx.process(row);
    scan(row);
  }

  // Amounts of the rows beside it are written in another way now: with cents, or without.
  async function redraw(changed) {
    const group = changed.closest("[data-group]");
    const url = group?.querySelector("[data-group-toggle]").getAttribute("hx-get") ?? location.href;
    const answer = await fetch(url);
    if (!answer.ok) return;
    const page = document.createElement("template");
    page.innerHTML = group ? `<table>${await answer.text()}</table>` : await answer.text();
    const fresh = new Map([...page.content.querySelectorAll("tr:has(input[name=id])")].map((row) => [rowId(row), row]));
    const place = document.activeElement.closest("td")?.cellIndex;
    for (const row of (group ?? table).querySelectorAll("tr:has(input[name=id])")) {
      if (fresh.has(rowId(row)) && row !== open?.cell.parentElement) put(row, fresh.get(rowId(row)));
    }
    if (place !== undefined && !open) focus(changed.cells[place]);
  }

  function beside(cell, step) {
    const cells = [...cell.parentElement.cells].filter(mayEdit);
    return cells[cells.indexOf(cell) + step];
  }

  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell || event.target.closest("a, button, input, form") || !mayEdit(cell)) return;
    getSelection().removeAllRanges();
    edit(cell);
  });
  // Beside the link of a title stands a pencil for whoever has no F2 key.
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("tbody td.is-title");
    const tools = cell?.querySelector(".fs-row-tools");
    if (!tools || tools.querySelector("[data-rename]") || !mayEdit(cell)) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-icon", title: table.dataset.rename });
    button.dataset.rename = "";
    button.setAttribute("aria-label", table.dataset.rename);
    button.innerHTML = '<i class="bi bi-input-cursor-text" aria-hidden="true"></i>';
    tools.prepend(button);
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rename]");
    if (button) edit(button.closest("td"));
  });
  table.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-cell-edit]")) return;
    event.preventDefault();
    await leave(event.submitter?.name ? event.submitter : undefined);
  });
  table.addEventListener("click", (event) => {
    if (event.target.closest("[data-cell-edit] [data-cancel]")) focus(cancel());
  });
  document.addEventListener("pointerdown", (event) => {
    if (open && !open.cell.contains(event.target) && !event.target.closest("[data-toast]")) leave();
  });
  table.addEventListener("keydown", async (event) => {
    if (!open?.cell.contains(event.target) || event.defaultPrevented) return;
    const { cell } = open;
    if (event.key === "Escape") {
      event.preventDefault();
      focus(cancel());
    } else if (event.key === "Tab" && !event.target.closest(".fs-cell-conflict, .fs-inline, [data-cancel]")) {
      const row = cell.parentElement;
      const place = beside(cell, event.shiftKey ? -1 : 1)?.cellIndex;
      if (place === undefined) return;
      event.preventDefault();
      if (await leave()) edit(row.cells[place]);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!table.isConnected || open || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPED)) return;
    const cell = event.target.closest("tbody td");
    const row = cell?.parentElement ?? table.querySelector("tbody tr.is-cursor");
    if (!row || !rowId(row)) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const to = row.cells[cell ? cell.cellIndex + step : 1];
      if (to && to.cellIndex > 0) focus(to);
    } else if (event.key === "F2" || (event.key === "Enter" && event.target === cell)) {
      const chosen = cell ?? [...row.cells].find(mayEdit);
      if (chosen && mayEdit(chosen)) edit(chosen);
      else if (event.key === "Enter") return;
      else say(table.dataset.locked);
    } else if (event.key === "Escape" && cell) {
      cell.blur();
    } else return;
    event.preventDefault();
  });
});
