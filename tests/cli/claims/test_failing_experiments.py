"""An experiment that does not come to its end could not tell: it is ended, the others run, and the status is 1."""

from pathlib import Path

import pytest
from waiting import eventually


@pytest.fixture
def checked(in_process, result):
    """Check pool-map by the interpreter of the command and by another one; return what the other one found."""

    def check(python, *words):
        ended = in_process("claims", "pool-map", "--python", python, *words, "-q", "--json", "out.json")
        ours, theirs = result()["runs"]
        assert (ours["verdict"], ours["python"]) == ("false", "")
        assert (theirs["verdict"], theirs["python"]) == ("could not tell", str(python))
        assert ended.returncode == 1
        assert theirs["reason"] in " ".join(ended.stdout.split())
        return theirs["reason"]

    return check


def test_one_that_hangs_is_ended_with_all_that_it_has_started(checked, hanging, tmp_path):
    assert checked(hanging, "--hang-after", "2") == "it had not ended after 2 s"
    memory = Path("/dev/shm", (tmp_path / "memory").read_text())
    assert eventually(lambda: not memory.exists())


def test_one_whose_process_dies(checked, where_a_pool):
    assert checked(where_a_pool("os.abort()")) == "its process ended"


@pytest.mark.long
def test_one_that_raises(checked, where_a_pool):
    assert checked(where_a_pool("raise OSError(11, 'no more processes')")).endswith("no more processes")


def test_one_that_finds_the_opposite_turns_the_verdict(in_process, result, where_a_pool):
    """As a pool would whose map returns no values, and closes it."""
    body = """
        class Valueless:
            __enter__ = lambda self: self
            __exit__ = lambda self, *_: None
            map = lambda self, *_: None
            apply = lambda self, *_: int("Pool not running")
        return Valueless()
    """
    words = ("claims", "pool-map", "--python", where_a_pool(body), "-q", "--json", "out.json")
    assert in_process(*words).returncode == 0
    assert [run["verdict"] for run in result()["runs"]] == ["false", "true"]
