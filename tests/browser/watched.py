"""A page of which every fault is noted: violations of the content security policy, errors of scripts."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page

_EXPECTED = ("422 (UNPROCESSABLE ENTITY)", "409 (CONFLICT)", "401 (UNAUTHORIZED)")
"""Answers to what a test does wrong on purpose; Chromium notes them as errors."""


class Watched:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def check_accessibility(self, *, idle: bool = True, only: str = "") -> None:
        """No finding of axe that is serious or critical. `idle` False: nothing more arrives once the page has loaded,
        so that it need not be waited for. `only`: one rule, within the sheet."""
        # The whole shell is scanned; a page that is still arriving would be judged half-way.
        if idle:
            self.page.wait_for_load_state("networkidle")
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

    def _failed(self, url: str, failure: str) -> None:
        if "ERR_ABORTED" not in failure:  # a page that was left before everything had arrived
            self.faults.append(f"not loaded: {url} {failure}")
