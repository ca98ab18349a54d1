"""The table of server kinds. Each is imported when it is first used, so that the table costs nothing."""

from __future__ import annotations

import importlib.metadata
from functools import cache

from brokers.servers.kind import ServerKind
from crossover.contract.registry import import_entry

SERVER_KINDS = {
    "redis": "brokers.redis.server:RedisKind",
    "rabbitmq": "brokers.rabbitmq.server:RabbitmqKind",
    "memcached": "brokers.memcached.server:MemcachedKind",
}
ENTRY_POINTS = "crossover.server_kinds"  # the group in which installed distributions add theirs


def kind_names() -> list[str]:
    """Return the names of all kinds, ours first."""
    return list(_table())


def server_kind(name: str) -> ServerKind:
    """Return a kind of server.

    Raises:
        UsageError: no kind has this name.
    """
    table = SERVER_KINDS if name in SERVER_KINDS else _table()
    made: ServerKind = _instance(import_entry(table, name, "kind of server"))
    return made


def server_kinds() -> list[ServerKind]:
    """Return all kinds; this imports all client libraries."""
    return [server_kind(name) for name in kind_names()]


@cache
def _instance(kind: type[ServerKind]) -> ServerKind:
    return kind()


def _table() -> dict[str, str]:
    return {**SERVER_KINDS, **{name: value for name, value in _installed().items() if name not in SERVER_KINDS}}


@cache
def _installed() -> dict[str, str]:
    return {point.name: point.value for point in importlib.metadata.entry_points(group=ENTRY_POINTS)}
