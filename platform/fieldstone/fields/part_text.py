"""Several parts written as one text, each part in its place and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterable


def join_parts(parts: Iterable[str], separator: str) -> str:
    """Parts joined by `separator` and a space; the separator, backslash and line feed are escaped."""
    return f"{separator} ".join(
        part.replace("\\", "\\\\").replace(separator, "\\" + separator).replace("\n", "\\n") for part in parts
    )


def split_parts(text: str, separator: str) -> list[str]:
    """The parts again, trimmed. A lone backslash stands for itself."""
    parts = [""]
    for piece in re.findall(r"\\.|.", text, re.DOTALL):
        if piece == separator:
            parts.append("")
        elif piece == "\\n":
            parts[-1] += "\n"
        else:
            parts[-1] += piece[1] if len(piece) == 2 and piece[1] in (separator, "\\") else piece
    return [part.strip() for part in parts]
