// A list with the page of one record beside it. J and K, a press on a row, and the forms of the page stay here; the
// address says which record is open. Where the page is not shown (a phone) the rows are plain links.
import { behave, scan } from "./behave.js";

behave("[data-split]", (split) => {
  const page = split.querySelector("[data-page]");
  const list = split.querySelector(".fs-split-rows");
  const rows = () => [...list.querySelectorAll("[data-beside]")];
  const beside = () => page.checkVisibility();
  let place = rows().findIndex((row) => row.hasAttribute("aria-current"));
  let turn = 0;
  let timer = 0;

  async function load(url, options) {
    const mine = ++turn;
    page.setAttribute("aria-busy", "true");
    const answer = await fetch(url, options);
    const text = await answer.text();
    if (mine !== turn) return;
    page.removeAttribute("aria-busy");
    const other = new DOMParser().parseFromString(text, "text/html");
    const main = other.getElementById("main");
    if (!main || answer.url.split("?")[0].endsWith(location.pathname)) return location.assign(answer.url);
    page.replaceChildren(...main.childNodes);
    document.getElementById("toasts").append(...(other.getElementById("toasts")?.children ?? []));
    htmx.process(page);
    scan(page);
    page.scrollTop = 0;
  }

  // What was saved on the page may stand in the list too, or take the record out of it.
  async function refresh() {
    const answer = await fetch(location.href);
    const other = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".fs-split-rows");
    if (other) list.replaceChildren(...other.childNodes);
  }

  function open(row, wait = 0) {
    for (const other of rows()) other.toggleAttribute("aria-current", false);
    place = rows().indexOf(row);
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    const here = new URL(location);
    here.searchParams.set("open", row.dataset.beside);
    history.replaceState(history.state, "", here);
    clearTimeout(timer);
    timer = setTimeout(() => load(row.href), wait);
  }

  split.addEventListener("click", (event) => {
    const row = event.target.closest("[data-beside]");
    if (!row || !beside() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(row);
  });

  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("hx-post") || form.method !== "post" || form.enctype === "multipart/form-data") return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const url = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
    load(url, { method: "POST", body }).then(refresh);
  });

  // A value saved where it stands answers with the whole record page, which belongs beside the list.
  page.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "main") return;
    refresh();
    Object.assign(event.detail, { target: page, swapOverride: "innerHTML show:none", selectOverride: "#main > *" });
  });

  // What a part of the page, or a dialog of it, has done leads back to the record: to its place beside the list.
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const url = event.detail.xhr.getResponseHeader("HX-Redirect");
    const opened = rows().find((row) => row.hasAttribute("aria-current"))?.getAttribute("href");
    if (!url || !opened || url.split(/[?#]/)[0] !== opened || !split.isConnected || !beside()) return;
    event.preventDefault();
    document.querySelector("#dialog dialog[open], dialog#dialog[open]")?.close();
    load(url).then(refresh);
  });

  document.addEventListener("keydown", (event) => {
    if (!split.isConnected || !beside() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.documentElement.dataset.keys === "off") return;
    if (event.target.closest("input, textarea, select, dialog, [popover]")) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    event.preventDefault();
    const all = rows();
    const at = all.findIndex((row) => row.hasAttribute("aria-current"));
    const from = at < 0 ? place - (step > 0 ? 1 : 0) : at; // the one that was open has left the list
    const next = all[Math.max(0, Math.min(all.length - 1, from + step))];
    if (next && all.indexOf(next) !== at) open(next, 120);
  });

  if (beside()) load(page.dataset.page);
});
