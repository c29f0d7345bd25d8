// Runs before the first paint, only for people who let the system choose between light and dark.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const apply = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  apply();
  dark.addEventListener("change", () => "chosen" in root.dataset || apply()); // until one is chosen on this page
})();
