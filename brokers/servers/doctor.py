"""What can be said about servers and clients without running anything through them."""

from __future__ import annotations

import importlib.metadata

from brokers.celery import client_settings as celery_client
from brokers.memcached import client as memcached_client
from brokers.rabbitmq import client as rabbitmq_client
from brokers.redis import client as redis_client
from brokers.servers import address as places
from brokers.servers import folders
from brokers.servers import leftovers as left
from brokers.servers.launch import PERSISTENCE, installed_version
from brokers.servers.process_identity import Life
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
    found = {
        f"{library} {importlib.metadata.version(library)}": ", ".join(
            f"{name} {value}" for name, value in module.SETTINGS.items()
        )
        for library, module in CLIENTS.values()
    }
    return {**found, **celery_client.shown()}


def leftovers() -> list[str]:
    """Return what crashed runs have left, in words, and what may still be in use elsewhere."""
    found = [f"left by a crashed run: {one}" for one in _left(Life.ENDED)]
    found += ["`crossover doctor --clean` removes it."] if found else []
    return found + [f"elsewhere (another machine or container must clean it): {one}" for one in _left(Life.ELSEWHERE)]


def clean() -> list[str]:
    """Remove what crashed runs have left, and return in words what that was."""
    return [*map(folders.remove, list(folders.left())), *map(left.clean, list(left.abandoned()))]


def _left(life: Life) -> list[str]:
    return [*(str(folder.path) for folder in folders.left(life)), *map(str, left.abandoned(life))]


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
