"""Dragging by the mouse, in steps as a hand does it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def drag(page: Page, what: Locator, to: Locator, *, drop: bool = True) -> None:
    """Takes an element at its top and carries it into another; `drop` False keeps the button down."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 30, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 60, steps=4)
    if drop:
        page.mouse.up()
