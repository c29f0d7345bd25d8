"""Waitress, stopped gently: what has begun to arrive when the signal comes is still answered."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Any

from waitress import wasyncore

GRACE = 30.0
"""Seconds that requests in flight have left when the server is told to stop."""

_LOOK = 0.05
"""Seconds of one look at the sockets while stopping; the first looks take in what the kernel holds already."""


def serve_until_told(server: Any) -> None:
    """Serve until SIGTERM or SIGINT. Then no connection is taken any more, and requests that have begun to
    arrive are finished, for GRACE seconds at most. `server` is a waitress server of one socket."""
    told = False

    def tell(number: int, frame: FrameType | None) -> None:
        nonlocal told
        told = True
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    while not told:
        _look(server, 1.0)
    server.del_channel()
    deadline = time.monotonic() + GRACE
    for _ in range(3):
        _look(server, _LOOK)
    while any(_is_busy(channel) for channel in list(server.active_channels.values())) and time.monotonic() < deadline:
        _look(server, _LOOK)
    server.task_dispatcher.shutdown(timeout=1)


def _look(server: Any, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=server.adj.asyncore_use_poll, map=server._map, count=1)


def _is_busy(channel: Any) -> bool:
    """A request arrives, is worked on, or its answer is on the way."""
    return channel.request is not None or bool(channel.requests) or channel.total_outbufs_len > 0
