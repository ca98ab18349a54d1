"""The client of memcached: pymemcache with our settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pymemcache.client.base import Client

from brokers.servers.addresses.urls import SOCKET, Scheme, port_in

SCHEMES = {"memcached": Scheme(11211), "unix": SOCKET}
LARGEST_ITEM = 2**20  # bytes, the default of memcached's option -I

SETTINGS: Mapping[str, Any] = {
    "connect_timeout": 5.0,  # seconds; pymemcache: none
    "timeout": 8.0,  # seconds; pymemcache: none
    "no_delay": True,  # pymemcache: False; a small request would wait for the reply to the previous one
}
"""The client's settings; after each, the library's default."""


def connect(url: str) -> Client:
    """Return a client, which connects when it is used.

    Args:
        url: memcached://host:port or unix:///path
    """
    parts = urlsplit(url)
    is_socket = SCHEMES.get(parts.scheme) == SOCKET
    server = unquote(parts.path) if is_socket else (parts.hostname or "", port_in(url, SCHEMES))
    return Client(server, **SETTINGS)
