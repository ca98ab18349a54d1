"""A private server starts wherever TMPDIR leads: in a folder of any name, or in another one."""

import tempfile
from pathlib import Path

import pytest
from skips import serve

from brokers.servers import doctor
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError

NAMES = ["my tmp", "it's", 'a "quoted" one', "back\\slash", "line\nend", "not\udcffutf8", "ü", "#$(x)"]
LONG = "/".join(["long" * 12] * 3)


@pytest.fixture
def in_folder(monkeypatch, tmp_path):
    """Let TMPDIR be a folder of some name."""

    def move(name):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr("tempfile.tempdir", None)
        return folder

    return move


@pytest.mark.parametrize("name", [*NAMES, LONG])
@pytest.mark.parametrize("kind", ["redis", "memcached"])
def test_a_folder_of_any_name(kind, name, in_folder):
    folder = in_folder(name)
    server = serve(kind)
    try:
        assert server_kind(kind).inspect(server.url)
        assert kind == "memcached" or server.directory.parent == folder
    finally:
        server.stop()
    assert not server.directory.exists()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_scripts_that_quote_nothing_get_a_folder_with_a_plain_name(name, in_folder):
    folder = in_folder(name)
    kind = server_kind("rabbitmq")
    assert not kind.fits(folder / "crossover-rabbitmq-abc")
    assert kind.fits(Path("/tmp/crossover-rabbitmq-abc_1.x"))


def test_where_no_folder_fits_the_message_says_what_to_do(in_folder, monkeypatch):
    in_folder(LONG)
    monkeypatch.setattr("crossover.recording.temporary.OTHERS", ())
    with pytest.raises(StartError, match=r"a private memcached server cannot be started: .*set TMPDIR to one"):
        serve("memcached")


def test_what_a_crashed_run_left_is_found_in_the_other_folder_too(in_folder):
    in_folder(LONG)
    server = serve("memcached")
    try:
        assert server.directory.parent != Path(tempfile.gettempdir())
        assert not [line for line in doctor.leftovers() if str(server.directory) in line]
    finally:
        server.stop()
