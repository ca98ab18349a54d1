"""How private servers are launched: what a launch specification contains, free ports, passwords, versions."""

from __future__ import annotations

import re
import secrets
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import NamedTuple

HOST = "127.0.0.1"
USER = "crossover"
PORTS = range(10_000, 32_768)  # Linux gives outgoing connections ports from 32768 on
VERSION_WITHIN = 5.0  # seconds


class LaunchSpec(NamedTuple):
    """How to launch a private server.

    Attributes:
        commands: started in this order, in the server's directory; the last one is the server.
        url: of the server, password included.
        listens: its port, or the path of its Unix socket; the server is ready when it accepts a connection there.
        files: name → content, written to the server's directory first; only this user can read them.
        environment: variables that are set in addition to ours.
    """

    commands: Sequence[Sequence[str]]
    url: str
    listens: int | str
    files: Mapping[str, str] = {}
    environment: Mapping[str, str] = {}


def free_ports(count: int) -> list[int]:
    """Return different free ports of the loopback interface.

    They are outside the range from which the kernel takes ports for outgoing connections: the port of a server that is
    down for some seconds stays free.
    """
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            one = held.enter_context(socket.socket())
            with suppress(OSError):
                one.bind((HOST, secrets.choice(PORTS)))
                found.append(one.getsockname()[1])
    return found


def new_password() -> str:
    """Return a random password that needs no quoting in a URL."""
    return secrets.token_urlsafe(24)


def version_of(program: str) -> str:
    """Return the version that `program --version` prints; an empty string if it prints none."""
    answer = subprocess.run(
        [program, "--version"], capture_output=True, encoding="utf-8", timeout=VERSION_WITHIN, check=False
    )
    return version_in(answer.stdout)


def version_in(text: str) -> str:
    """Return the first version number in a text; an empty string if there is none."""
    found = re.search(r"\d+\.\d+(\.\d+)*", text)
    return found[0] if found else ""
