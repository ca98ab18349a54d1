"""Sending a run to its server through a proxy: which servers allow it, and the URL that leads through the proxy."""

from __future__ import annotations

from urllib.parse import urlsplit

from brokers.servers.kind import ServerKind
from crossover.execution.network_proxy import HOST, Proxy


def why_not_proxied(kind: ServerKind, url: str) -> str | None:
    """Return why a server cannot be reached through a proxy, or None."""
    scheme = kind.schemes.get(urlsplit(url).scheme)
    plain_tcp = scheme is not None and scheme.port and not scheme.tls
    return None if plain_tcp else "there is no proxy for a Unix socket or for TLS"


def proxy_to(kind: ServerKind, url: str) -> Proxy:
    """Return a proxy in front of a server, not yet started."""
    return Proxy(urlsplit(url).hostname or HOST, kind.port(url))


def proxied_url(url: str, proxy: Proxy) -> str:
    """Return a server's URL with the address of its proxy; user and password stay."""
    parts = urlsplit(url)
    user = parts.netloc.removesuffix(parts.netloc.rpartition("@")[2])
    return parts._replace(netloc=f"{user}{HOST}:{proxy.port}").geturl()
