"""What can be said about servers and clients without running anything through them."""

from __future__ import annotations

import importlib.metadata

from brokers import leftovers as left
from brokers import memcached_client, places, rabbitmq_client, redis_client
from brokers.recipes import PERSISTENCE, installed_version
from crossover.contract.errors import UnusableError

CLIENTS = {
    "redis": ("redis", redis_client),
    "rabbitmq": ("pika", rabbitmq_client),
    "memcached": ("pymemcache", memcached_client),
}


def servers() -> dict[str, str]:
    """Return kind → which server will be used, its version and what it writes to disk."""
    return {kind: _server(kind) for kind in CLIENTS}


def clients() -> dict[str, str]:
    """Return library and version → the settings that we give it."""
    return {
        f"{library} {importlib.metadata.version(library)}": ", ".join(
            f"{name} {value}" for name, value in module.SETTINGS.items()
        )
        for library, module in CLIENTS.values()
    }


def leftovers() -> list[str]:
    """Return what crashed runs have left, in words."""
    found = [f"left by a crashed run: {folder}" for folder in left.folders()]
    found += [f"left by a crashed run: {note.run} on {note.kind} at {note.where}" for note in left.abandoned()]
    return [*found, "`crossover doctor --clean` removes it."] if found else []


def _server(kind: str) -> str:
    url = places.named(kind)
    if url is not None:
        try:
            return f"{CLIENTS[kind][1].facts(url)}, at {places.where(url)} ({places.VARIABLES[kind]})"
        except UnusableError as error:
            return f"cannot be used: {error} ({places.VARIABLES[kind]})"
    if missing := places.missing(kind):
        return missing
    levels = ", ".join(f"{level}: {what}" for level, what in PERSISTENCE.items())
    disk = {"redis": f"append-only file synced: {levels}", "rabbitmq": "to disk as each message asks"}.get(kind, "")
    return f"private, version {installed_version(kind)}" + (f"; {disk}" if disk else "; nothing on disk")
