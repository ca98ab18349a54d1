"""Ways to add 1 to a number that others add to, too: with a Manager, in Redis, in memcached.

Each function is given what it needs to reach the number: the Manager's dict, or the client of a server.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from crossover.experiments.claims.servers.address import server_url
from crossover.experiments.claims.servers.in_server import DEADLINE, EXPIRES, PAUSE, module_of


def in_dict(numbers: Any, key: str) -> None:
    """Read a Manager's dict, then write it."""
    numbers[key] = numbers[key] + 1


def redis_get_set(client: Any, key: str) -> None:
    """Read, then write: two commands, and others may come between them."""
    client.set(key, int(client.get(key)) + 1, ex=EXPIRES)


def redis_incr(client: Any, key: str) -> None:
    """Add in one command."""
    client.incr(key)


def redis_watch(client: Any, key: str) -> None:
    """Write only if nobody else has written since we read; else redis-py begins again."""

    def change(pipe: Any) -> None:
        number = int(pipe.get(key))
        pipe.multi()
        pipe.set(key, number + 1, ex=EXPIRES)

    client.transaction(change, key)


def redis_lock(client: Any, key: str) -> None:
    """Read and write while we hold the lock of redis-py."""
    with client.lock(f"{key}-lock", timeout=EXPIRES, sleep=PAUSE, blocking_timeout=DEADLINE):
        redis_get_set(client, key)


def memcached_get_set(client: Any, key: str) -> None:
    """Read, then write: two commands, and others may come between them."""
    client.set(key, str(int(client.get(key)) + 1), expire=EXPIRES)


def memcached_incr(client: Any, key: str) -> None:
    """Add in one command."""
    client.incr(key, 1)


def memcached_cas(client: Any, key: str) -> None:
    """Write only if nobody else has written since we read (compare and swap)."""
    written = False
    while not written:
        number, version = client.gets(key)
        written = client.cas(key, str(int(number) + 1), version, expire=EXPIRES)


def memcached_lock(client: Any, key: str) -> None:
    """Read and write while we hold an item that only one can add."""
    deadline = time.monotonic() + DEADLINE
    while not client.add(f"{key}-lock", "held", expire=EXPIRES):
        if time.monotonic() >= deadline:
            raise TimeoutError("the lock was not free in time")
        time.sleep(PAUSE)
    memcached_get_set(client, key)
    client.delete(f"{key}-lock")


MANAGER = "Manager"
READ_THEN_WRITE: dict[str, tuple[str, Callable[[Any, str], None]]] = {
    "Manager's dict": (MANAGER, in_dict),
    "Redis GET+SET": ("Redis", redis_get_set),
    "memcached get+set": ("memcached", memcached_get_set),
}
IN_ONE_STEP: dict[str, tuple[str, Callable[[Any, str], None]]] = {
    "Redis INCR": ("Redis", redis_incr),
    "Redis WATCH": ("Redis", redis_watch),
    "Redis lock": ("Redis", redis_lock),
    "memcached incr": ("memcached", memcached_incr),
    "memcached cas": ("memcached", memcached_cas),
    "memcached lock": ("memcached", memcached_lock),
}
"""Label → where the number is, and the function that adds to it."""


WAYS = READ_THEN_WRITE | IN_ONE_STEP


def places(numbers: Any) -> dict[str, Any]:
    """Return where numbers are: the Manager's dict, and the URL of each server.

    Args:
        numbers: the dict.
    """
    return {MANAGER: numbers, "Redis": server_url("redis"), "memcached": server_url("memcached")}


def connected(places: dict[str, Any]) -> dict[str, Any]:
    """Connect this process, and return place → what the functions are given."""
    return {place: at if place == MANAGER else module_of(place).connect(at) for place, at in places.items()}


def begin(clients: dict[str, Any], name: str) -> None:
    """Make all numbers 0.

    Args:
        clients: as of `connected`.
        name: of the run.
    """
    for label, (place, _) in WAYS.items():
        if place == MANAGER:
            clients[place][key_of(name, label)] = 0
        else:
            expires = {"ex" if place == "Redis" else "expire": EXPIRES}
            clients[place].set(key_of(name, label), "0", **expires)


def end(clients: dict[str, Any], name: str) -> dict[str, int]:
    """Return label → the number that has been reached; remove the numbers, and disconnect.

    Args:
        clients: as of `connected`.
        name: of the run.
    """
    reached = {label: int(clients[place].get(key_of(name, label)) or 0) for label, (place, _) in WAYS.items()}
    for client in (clients["Redis"], clients["memcached"]):
        for label in WAYS:
            client.delete(key_of(name, label))
        client.close()
    return reached


def key_of(name: str, label: str) -> str:
    """Return the key of the number of one way, without spaces.

    Args:
        name: of the run.
        label: of the way.
    """
    return f"{name}-{[*WAYS].index(label)}"
