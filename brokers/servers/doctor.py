"""What `crossover doctor` reports about servers and their clients. No run is needed for it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from typing import Any

from brokers.servers import folders
from brokers.servers import leftovers as left
from brokers.servers.kind import ServerKind
from brokers.servers.process_identity import Life
from brokers.servers.registry import server_kinds
from crossover.contract.errors import UnusableError


def servers() -> dict[str, str]:
    """Return kind of server → which server will be used, its version and what it writes to disk."""
    return {kind.name: _server(kind) for kind in server_kinds()}


def clients() -> dict[str, str]:
    """Return client library and version → the settings that we give it."""
    return {
        f"{kind.library} {importlib.metadata.version(kind.library)}": _in_words(kind.client_settings)
        for kind in server_kinds()
    }


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


def _server(kind: ServerKind) -> str:
    url = kind.named_url()
    if url is not None:
        try:
            return f"{kind.inspect(url)}, at {kind.host_and_port(url)} ({kind.variable})"
        except UnusableError as error:
            return f"cannot be used: {error} ({kind.variable})"
    if hint := kind.install_hint():
        return hint
    return f"private, version {kind.installed_version()}; {kind.on_disk}"


def _in_words(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
