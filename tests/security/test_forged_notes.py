"""`doctor --clean` removes what a note of ours names; a note that another has written makes it remove nothing."""

import os

import msgspec
import pytest

from brokers.servers import leftovers
from brokers.servers.warden.process_identity import ProcessState

URL = "redis://127.0.0.1:1/0"


@pytest.fixture
def note(tmp_path, monkeypatch):
    """Write a note of a run that has ended, changed, into the state folder; return its path."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def write(name="abc123", **changes):
        leftovers.register("abc123", "redis", URL, ["crossover.abc123.tasks"])
        path = leftovers._folder() / "abc123"
        found = msgspec.json.decode(path.read_bytes(), type=leftovers.RegisteredRun)
        ended = msgspec.structs.replace(found.owner, ticks=found.owner.ticks + 1)
        path.write_bytes(msgspec.json.encode(msgspec.structs.replace(found, owner=ended, **changes)))
        return path.rename(path.with_name(name))

    return write


def test_a_note_of_ours_is_found(note):
    note()
    assert [found.run for found in leftovers.abandoned_runs()] == ["abc123"]


@pytest.mark.parametrize(
    "changes",
    [
        {"run": "*"},
        {"run": "*", "name": "*"},
        {"run": "", "name": "empty"},
        {"run": "../../precious"},
        {"run": "another"},
        {"name": "renamed"},
        {"names": ["orders"]},
        {"names": ["crossover.abc123.tasks", "orders"]},
        {"names": ["crossover."]},
    ],
)
def test_a_note_that_names_what_no_run_of_ours_creates_is_not_followed(note, changes):
    note(**changes)
    assert not list(leftovers.abandoned_runs())


def test_what_is_no_plain_file_is_not_opened(note, tmp_path):
    path = note()
    elsewhere = path.rename(tmp_path / "elsewhere")
    path.symlink_to(elsewhere)
    os.mkfifo(path.with_name("pipe"))  # to open it would take for ever
    for state in ProcessState:
        assert not list(leftovers.abandoned_runs(state))
