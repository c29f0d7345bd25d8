// What is typed into a form stays in this tab until it is saved, under the person and the address of the form: it
// survives a log-in in between and is offered again. It goes when the form is saved or somebody logs out.
import { behave } from "./behave.js";

const PREFIX = "fs-draft:";

function forget(matches) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && matches(key.slice(PREFIX.length))) sessionStorage.removeItem(key);
  }
}

behave("[data-draft-owner]", (body) => {
  const mine = `${body.dataset.draftOwner}:`;
  forget((key) => !key.startsWith(mine) || key === mine + body.dataset.draftSaved);
});

behave("form[action='/logout']", (form) => form.addEventListener("submit", () => forget(() => true)));

behave("form[data-draft]", (form) => {
  const key = PREFIX + form.dataset.draft;
  const offer = form.querySelector("[data-draft-offer]");
  const isOurs = (each) => /^[ftm]\./.test(each.name ?? "") && each.type !== "password";
  const controls = () => [...form.elements].filter(isOurs);
  const isChoice = (each) => each.type === "checkbox" || each.type === "radio";
  const stateOf = (each) => (isChoice(each) ? [each.value, each.checked] : [each.value]);

  function read() {
    const held = {};
    for (const each of controls()) (held[each.name] ??= []).push(stateOf(each));
    return JSON.stringify(held);
  }

  function write(held) {
    for (const [name, states] of Object.entries(held)) {
      const found = controls().filter((each) => each.name === name);
      const tokens = found[0]?.closest("[data-tokens]");
      if (tokens) {
        for (const each of tokens.querySelectorAll(".fs-tag")) each.remove();
        found.at(-1).value = states.map(([word]) => word).filter(Boolean).join(", ");
        continue;
      }
      found.forEach((each, place) => {
        if (!states[place]) return;
        if (isChoice(each)) each.checked = states[place][1];
        else each.value = states[place][0];
      });
    }
    for (const each of controls()) {
      if (each.name.startsWith("f.")) each.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  const loaded = read();
  const kept = sessionStorage.getItem(key);
  let open = kept !== null && kept !== loaded && !("draftTyped" in form.dataset);
  if (offer) offer.hidden = !open;

  function keep() {
    const now = read();
    if (open) offer.hidden = !(open = false);
    if (now === loaded && !("draftTyped" in form.dataset)) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, now);
  }

  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.querySelector("[data-draft-restore]")?.addEventListener("click", () => {
    offer.hidden = true;
    open = false;
    write(JSON.parse(kept));
    keep();
  });
  form.querySelector("[data-draft-forget]")?.addEventListener("click", () => {
    offer.hidden = true;
    open = false;
    sessionStorage.removeItem(key);
  });
});
