// Records that look like what is typed are shown below the fields that are compared, while typing.
import { behave } from "./behave.js";

behave("[data-alike]", (place) => {
  const form = place.closest("form");
  const names = place.dataset.alikeFields.split(" ").map((name) => `f.${name}`);
  let timer = 0;
  let latest = 0;

  async function ask() {
    const turn = ++latest;
    const answer = await fetch(place.dataset.alike, { method: "POST", body: new FormData(form) });
    if (turn !== latest || !answer.ok) return;
    const text = (await answer.text()).trim();
    place.hidden = text === "";
    place.innerHTML = text;
  }

  function noticed(event) {
    const name = event.target.name ?? "";
    if (!names.some((each) => name === each || name.startsWith(`${each}.`))) return;
    clearTimeout(timer);
    timer = setTimeout(ask, event.type === "input" ? 500 : 0);
  }

  form.addEventListener("input", noticed);
  form.addEventListener("change", noticed);
});
