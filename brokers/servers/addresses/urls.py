"""URLs of servers: how to read them, and how to print them without user and password."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from crossover.contract.text import ENCODE, unreadable

CONNECT_WITHIN = 1.0  # seconds


class Scheme(NamedTuple):
    """One URL scheme of a kind of server.

    Attributes:
        port: the default port; 0: the URL has the path of a Unix socket.
        tls: whether the connection is encrypted.
    """

    port: int
    tls: bool = False


SOCKET = Scheme(0)
Schemes = Mapping[str, Scheme]


def port_in(url: str, schemes: Schemes) -> int:
    """Return the port in a URL, else the default port of its scheme; 0 for a Unix socket."""
    parts = urlsplit(url)
    return parts.port or schemes.get(parts.scheme, SOCKET).port


def host_and_port(url: str, schemes: Schemes) -> str:
    """Return `host:port`, or the path of the socket: what messages may show of a URL."""
    parts = urlsplit(url)
    if schemes.get(parts.scheme) == SOCKET:
        return unquote(parts.path)
    return f"{parts.hostname}:{port_in(url, schemes)}"


def accepts_connections(url: str, schemes: Schemes) -> bool:
    """Return whether a process accepts connections at a URL."""
    parts = urlsplit(url)
    is_socket = schemes.get(parts.scheme) == SOCKET
    with suppress(OSError), socket.socket(socket.AF_UNIX if is_socket else socket.AF_INET) as probe:
        probe.settimeout(CONNECT_WITHIN)
        probe.connect(unquote(parts.path) if is_socket else (parts.hostname, port_in(url, schemes)))
        return True
    return False


def problem_in(url: str, schemes: Schemes, name: str) -> str | None:
    """Return what is wrong with a URL, or None. Never quotes anything that may be part of a password.

    Args:
        url: of a server.
        schemes: those allowed.
        name: of the kind of server, for the message.
    """
    source = f"the URL of {name}"
    if problem := _syntax_error(url):
        return f"{source} cannot be read: {problem}"
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        shown = parts.scheme or "nothing"
        return f"{source} begins with {shown}, allowed: {', '.join(f'{scheme}://' for scheme in schemes)}"
    is_socket = schemes[parts.scheme] == SOCKET
    if not (parts.path if is_socket else parts.hostname):
        return f"{source} names no {'socket' if is_socket else 'host'}"
    return None


def _syntax_error(url: str) -> str | None:
    if unreadable(url):
        return ENCODE
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"its host is neither a name nor an address; {ENCODE}"
    try:
        _ = parts.port
    except ValueError:
        return f"its port is no number up to 65535; {ENCODE}"
    return None
