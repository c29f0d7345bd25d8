"""QR codes as SVG inside the page: the strict content policy lets no picture in by a data address."""

from __future__ import annotations

from markupsafe import Markup


def draw_qr_code(text: str) -> Markup:
    """An SVG element without style or script; dark on light in every theme, as cameras want it."""
    import segno  # only this page needs it

    code = segno.make(text, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(scale=1, border=4)]
    cells = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    size = len(rows)
    return Markup(
        f'<svg class="fs-qr" viewBox="0 0 {size} {size}" aria-hidden="true" shape-rendering="crispEdges">'
        f'<path class="l" d="M0 0h{size}v{size}H0z"/><path class="d" d="{cells}"/></svg>'
    )
