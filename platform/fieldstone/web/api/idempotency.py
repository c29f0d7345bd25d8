"""The header Idempotency-Key: a POST that is sent again is answered as the first time, and not done again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.idempotency import KeptAnswer, claim, give_up, keep
from fieldstone.web.current import current_actor, current_site

View = TypeVar("View", bound=Callable[..., Response])

BAD_KEY = declare("api.E015", "This Idempotency-Key cannot be used.", "Send 1 to 255 printable ASCII characters.")

HEADER = "Idempotency-Key"
_LONGEST = 255


def idempotent(view: View) -> View:
    """Lets callers send the request of a view twice. Without the header nothing changes."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        if not 0 < len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
            raise InvalidInputError(BAD_KEY, field=HEADER)
        site = current_site()
        content = f"{request.method} {request.full_path}\n".encode() + request.get_data()
        claimed = claim(site.database, current_actor(), key, content, site.clock())
        if claimed.answer is not None:
            return _replay(claimed.answer)
        try:
            response = view(*args, **kwargs)
        except BaseException:
            give_up(site.database, claimed)
            raise
        location = response.headers.get("Location", "")
        answer = KeptAnswer(status=response.status_code, location=location, body=response.get_data(as_text=True))
        keep(site.database, claimed, answer)
        return response

    return cast(View, once)


def _replay(answer: KeptAnswer) -> Response:
    response = Response(answer.body, answer.status, content_type="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    if answer.location:
        response.headers["Location"] = answer.location
    return response
