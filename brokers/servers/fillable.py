"""A server that we did not launch, but whose memory we may fill."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.workers.processes.python_process import environment, python_command

RELIEVED_WITHIN = 30.0  # seconds


class FillableServer:
    """A server that we did not launch, but whose memory we may fill.

    A guard process waits until this process ends, and gives the server its memory back, even after SIGKILL.

    Args:
        kind: a name in the table of server kinds.
        url: of the server.
    """

    def __init__(self, kind: str, url: str) -> None:
        self._kind = kind
        self._url = url
        self._guard: subprocess.Popen[bytes] | None = None

    def fill(self) -> None:
        """Leave it less memory than it uses now.

        Raises:
            BrokenError: the server did not accept the limit.
        """
        before = server_kind(self._kind).fill(self._url, {})
        self._guard = subprocess.Popen(
            python_command(f"{__name__}:guard"),
            env=environment(),
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._guard.stdin is not None
        self._guard.stdin.write(msgspec.json.encode([self._kind, self._url, before]) + b"\n")
        self._guard.stdin.flush()

    def relieve(self) -> None:
        """Give it its memory back.

        Raises:
            BrokenError: the server did not accept the limit.
        """
        if self._guard is not None:
            self._guard.communicate(timeout=RELIEVED_WITHIN)
            if self._guard.returncode:
                raise BrokenError(f"the {self._kind} server did not get its memory back")


def guard() -> None:
    """Wait until our parent closes our standard input, or has ended; then give the server its memory back."""
    kind, url, before = msgspec.json.decode(sys.stdin.buffer.readline(), type=tuple[str, str, str])
    sys.stdin.buffer.read()
    server_kind(kind).relieve(url, {}, before)
