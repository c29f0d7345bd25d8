"""Links lead somewhere, and every page can be reached."""

from __future__ import annotations

import pytest

from docs.pages import ROOT, Page, all_pages


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_links_resolve(page: Page) -> None:
    broken = []
    for link in page.links():
        target, _, anchor = link.partition("#")
        file = (page.path.parent / target).resolve() if target else page.path
        if not file.exists() or (anchor and anchor not in Page(file).anchors()):
            broken.append(link)
    assert not broken


def test_every_page_is_linked_to() -> None:
    linked = {ROOT / "README.md"}
    for page in all_pages():
        linked |= {(page.path.parent / link.partition("#")[0]).resolve() for link in page.links() if link[0] != "#"}
    assert {page.path for page in all_pages()} <= linked
