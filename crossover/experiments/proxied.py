"""How a run is sent to its server through a proxy of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from brokers.servers.kind import ServerKind
from crossover.execution.network_proxy import HOST, Proxy


def no_way(kind: ServerKind, url: str) -> str:
    """Return why there can be no proxy before a server; nothing where there can."""
    scheme = kind.schemes.get(urlsplit(url).scheme)
    plain_tcp = scheme is not None and scheme.port and not scheme.tls
    return "" if plain_tcp else "there is no proxy for a Unix socket or for TLS"


def proxy_to(kind: ServerKind, url: str) -> Proxy:
    """Return a proxy before a server."""
    return Proxy(urlsplit(url).hostname or HOST, kind.port(url))


def by_way_of(url: str, way: Proxy) -> str:
    """Return the same URL, with the proxy's address."""
    parts = urlsplit(url)
    user = parts.netloc.removesuffix(parts.netloc.rpartition("@")[2])
    return parts._replace(netloc=f"{user}{HOST}:{way.port}").geturl()
