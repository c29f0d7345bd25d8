"""A progress bar for work that counts rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fieldstone.cli.report import err


@contextmanager
def progress_bar(words: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Gives what is told (done, total), on standard error where that is a terminal. Total 0: not known now."""
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), disable=quiet or not err().is_terminal, transient=True) as bar:
        task = bar.add_task("rows", total=None)

        def tell(done: int, total: int) -> None:
            if total:
                bar.update(task, completed=done, total=total)

        yield tell
