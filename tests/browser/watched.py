"""A page of which every fault is noted, and that nothing is done to before it stands."""

from __future__ import annotations

from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Download, Locator, Page

_EXPECTED = ("422 (UNPROCESSABLE ENTITY)", "409 (CONFLICT)", "401 (UNAUTHORIZED)")
"""Answers to what a test does wrong on purpose; Chromium notes them as errors."""

_MARK = """(() => {
  const mark = (on) => document.documentElement.toggleAttribute("data-moving", on);
  new MutationObserver((_changes, watcher) => {
    if (!document.documentElement) return;
    watcher.disconnect();
    mark(true);
  }).observe(document, { childList: true });
  addEventListener("load", () => mark(false));
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.method !== "dialog") mark(true);
  });
  navigation.addEventListener("navigate", (event) => {
    if (!event.destination.sameDocument && event.downloadRequest === null) mark(true);
  });
})()"""
"""Marks a page as moving until it has loaded with its scripts, and again from the moment it is decided to leave it."""

_STANDS = """([turn, files]) => {
  if (window.stood?.turn !== turn) window.stood = { turn, frames: 0, files: window.stood?.files ?? files };
  const root = document.documentElement;
  if (window.stood.files < files) root.removeAttribute("data-moving"); // what came was a file, and the page stays
  window.stood.files = files;
  const moving = document.readyState !== "complete" || root.hasAttribute("data-moving")
    || document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling");
  window.stood.frames = moving ? 0 : window.stood.frames + 1;
  return window.stood.frames === 3;
}"""
"""For three frames: what was pressed just now may decide only in a moment to leave."""


class Watched:
    """A robot is quicker than any person: what it presses on a page that is still arriving, or about to be left, is
    lost. Playwright's own actions and expectations wait here until the page stands; keys are pressed by `press`, and
    texts that suggest something while they are written, by `write`.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._turn = self._files = 0
        page.add_init_script(_MARK)
        page.add_locator_handler(page.locator("html[data-moving]"), self.settle, no_wait_after=True)
        self.faults: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("download", self._took)
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def settle(self) -> None:
        """Waits until the page stands: loaded with its scripts, not on the way to another, with nothing of it being
        fetched by htmx."""
        self._turn += 1
        self.page.wait_for_function(_STANDS, arg=[self._turn, self._files])

    def press(self, *keys: str, on: Locator | None = None) -> None:
        """Presses keys one after the other once the page stands; on an element, or where the focus is."""
        self.settle()
        for key in keys:
            (on or self.page.keyboard).press(key)

    def write(self, text: str, on: Locator) -> None:
        """Writes letter by letter into a field."""
        self.settle()
        on.press_sequentially(text)

    def check_accessibility(self, *, only: str = "") -> None:
        """No finding of axe that is serious or critical. `only`: one rule, within the sheet."""
        self.settle()  # the whole shell is scanned; a page that is still arriving would be judged half-way
        options = {"resultTypes": ["violations"], **({"runOnly": [only]} if only else {})}
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(
            "async ([within, options]) => (await axe.run(within ?? document, options)).violations",
            ["#main" if only else None, options],
        )
        serious = [
            f"{item['id']}: {item['help']} at {[node['target'] for node in item['nodes']][:5]}"
            for item in found
            if item["impact"] in ("serious", "critical")
        ]
        assert not serious, "\n".join(serious)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in _EXPECTED):
            self.faults.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", None):
            self.faults.append(f"asked elsewhere: {url}")

    def _took(self, _file: Download) -> None:
        self._files += 1

    def _failed(self, url: str, failure: str) -> None:
        if "ERR_ABORTED" not in failure:  # a page that was left before everything had arrived
            self.faults.append(f"not loaded: {url} {failure}")
