"""What `crossover doctor` reports about servers and their clients. No run is needed for it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from typing import Any

from brokers.servers.kind import ServerKind
from brokers.servers.leftovers import abandoned_runs, clean_up
from brokers.servers.registry import server_kinds
from brokers.servers.warden import folders
from brokers.servers.warden.process_identity import ProcessState
from crossover.contract.errors import UnusableError
from crossover.contract.traits import RunRequest
from crossover.recording.shared_files import abandoned_files, remove_file


def servers(here: RunRequest) -> dict[str, str]:
    """Return kind of server → which server will be used, its version and what it writes to disk.

    Args:
        here: remembers what servers have said.
    """
    return {kind.name: _server(kind, here) for kind in server_kinds()}


def clients() -> dict[str, str]:
    """Return client library and version → the settings that we give it."""
    return {
        f"{kind.library} {importlib.metadata.version(kind.library)}": _in_words(kind.client_settings)
        for kind in server_kinds()
    }


def leftovers() -> list[str]:
    """Return what crashed runs have left, in words, and what may still be in use elsewhere."""
    found = [f"left by a crashed run: {one}" for one in _abandoned(ProcessState.ENDED)]
    found += ["`crossover doctor --clean` removes it."] if found else []
    elsewhere = _abandoned(ProcessState.ELSEWHERE)
    return found + [f"elsewhere (another machine or container must clean it): {one}" for one in elsewhere]


def clean() -> list[str]:
    """Remove what crashed runs have left, and return in words what that was."""
    removed = [folders.remove(folder) for folder in list(folders.abandoned())]
    removed += [remove_file(path) for path in list(abandoned_files())]
    return removed + [clean_up(run) for run in list(abandoned_runs())]


def _abandoned(state: ProcessState) -> list[str]:
    files = abandoned_files() if state is ProcessState.ENDED else ()
    return [
        *(str(folder.path) for folder in folders.abandoned(state)),
        *map(str, files),
        *map(str, abandoned_runs(state)),
    ]


def _server(kind: ServerKind, here: RunRequest) -> str:
    url = kind.named_url()
    if url is not None:
        try:
            facts = kind.facts(here)
            return f"{facts.description if facts else ''}, at {kind.host_and_port(url)} ({kind.variable})"
        except UnusableError as error:
            return f"cannot be used: {error} ({kind.variable})"
    if hint := kind.install_hint():
        return hint
    return f"private {kind.product()}, version {kind.installed_version()}; {kind.on_disk}"


def _in_words(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
