"""How we talk to memcached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError

from brokers.servers import address
from crossover.contract.errors import UnusableError
from crossover.contract.text import readable

LARGEST_ITEM = 2**20  # bytes, unless the server was started with another -I

SETTINGS: Mapping[str, Any] = {
    "connect_timeout": 5.0,  # seconds; pymemcache: none
    "timeout": 8.0,  # seconds; pymemcache: none
    "no_delay": True,  # pymemcache: False; a small request would wait for the answer to the one before
}
"""The client's settings; beside each, the library's default."""


def connect(url: str) -> Client:
    """Return a client, which connects when it is used.

    Args:
        url: memcached://host:port or unix:///path
    """
    parts = urlsplit(url)
    server = unquote(parts.path) if parts.scheme == "unix" else (parts.hostname or "", parts.port or 11211)
    return Client(server, **SETTINGS)


def unusable(server_address: str) -> str | None:
    """Return why no memcached can be used there, or None where one can.

    Args:
        server_address: host and port; nothing: the environment's, or a private one.
    """
    return address.unusable("memcached", server_address, facts)


def facts(url: str) -> str:
    """Return version and settings of a server.

    Raises:
        UnusableError: there is none, or it cannot be used.
    """
    if problem := address.wrong("memcached", url):
        raise UnusableError(problem)
    where = address.where(url)
    client = connect(url)
    try:
        told = client.stats("settings")
        version = client.version().decode()
    except TimeoutError as error:
        raise UnusableError(f"what listens at {where} does not answer like memcached") from error
    except OSError as error:
        raise UnusableError(f"no memcached at {where}: {(error.strerror or str(error)).lower()}") from error
    except (MemcacheError, ValueError, IndexError) as error:
        raise UnusableError(f"what listens at {where} is not memcached: {readable(str(error))[:60]}") from error
    finally:
        client.close()
    limit, evicts = int(told.get(b"maxbytes", 0)), told.get(b"evictions") in {b"on", True}
    return f"memcached {version}, {limit // 2**20} MiB, {'evicts' if evicts else 'refuses'} when full"
