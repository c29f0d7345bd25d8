"""Processes of the command, forked from one that has imported everything: starting from nothing took each of them
longer than what most of them do. Run as a program, this is that one; it never does anything but fork.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from functools import cache
from importlib import import_module
from typing import Any

_BECOME_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_MOST = 1 << 20
"""Bytes of one order: the words and the environment."""


class Forked(subprocess.Popen[str]):
    """`Forked(["check"], …)` is as `Popen([sys.executable, "-m", "fieldstone.cli", "check"], …)`, and a child of this
    process like any other: it is forked twice, so that the process in between can end and leave it to us."""

    def _execute_child(self, args: Any, *rest: Any) -> None:  # type: ignore[override]
        env, ends = rest[5], rest[9:15]
        read, _, _, output, _, errors = ends
        orders = _get_orders()
        socket.send_fds(orders, [json.dumps({"words": args, "env": env}).encode()], [read, output, errors])
        self.pid = int(orders.recv(20))
        self._child_created = True
        self._close_pipe_fds(*ends)  # type: ignore[attr-defined]


@cache
def _get_orders() -> socket.socket:
    """What the one that forks is told by; it is started when it is first needed."""
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = [sys.executable, "-P", __file__, str(theirs.fileno())]
    process = subprocess.Popen(program, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(orders: socket.socket) -> None:
    """Until the one that gives orders is gone."""
    while True:
        order, files, _, _ = socket.recv_fds(orders, _MOST, 3)
        if not order:
            return
        told, tell = os.pipe()
        between = os.fork()
        if between == 0:
            child = os.fork()
            if child == 0:
                orders.close()
                os.close(told)
                os.close(tell)
                _be(json.loads(order), files)
            os.write(tell, str(child).encode())
            os._exit(0)
        os.waitpid(between, 0)  # only now is the child theirs
        orders.send(os.read(told, 20))
        for file in (told, tell, *files):
            os.close(file)


def _be(order: dict[str, Any], files: list[int]) -> None:
    """The command, from its first line to its exit code."""
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv[:] = ["fieldstone", *order["words"]]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from fieldstone.cli import main

    main()


if __name__ == "__main__":
    for name in ("serve", "init", "publish", "rollback", "import_", "imports", "worker"):
        import_module(f"fieldstone.cli.{name}")
    for name in ("web.app", "runtime.site", "storage.postgresql", "changes.publish"):
        import_module(f"fieldstone.{name}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve(socket.socket(fileno=int(sys.argv[1])))
