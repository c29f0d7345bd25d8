// The list of blocks beside a form marks the block in view.
import { behave } from "./behave.js";

behave(".fs-toc", (toc) => {
  const links = [...toc.querySelectorAll("a[href^='#']")];
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links) {
          if (link.hash === `#${entry.target.id}`) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { root: document.getElementById("main"), rootMargin: "-15% 0px -70% 0px" },
  );
  for (const link of links) {
    const block = document.querySelector(link.hash);
    if (block) watch.observe(block);
  }
});
