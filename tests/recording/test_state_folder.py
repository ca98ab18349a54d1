"""Where a user's files lie: also for a user without a home, and never where another user could have put something."""

import os
import pwd
import tempfile
from pathlib import Path

import pytest

from crossover.recording.storage import state_folder, state_folders


def shared(folder):
    folder.mkdir()
    folder.chmod(0o777)


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Let there be no home, and a folder for temporary files."""
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f".crossover-{os.getuid()}"


@pytest.fixture
def without_entry(monkeypatch):
    """Let this user be in no list of users, as in a container that was started with any number."""

    def missing(number):
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", missing)


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"XDG_STATE_HOME": "/x", "HOME": "/h"}, "/x/crossover"),
        ({"HOME": "/h"}, "/h/.local/state/crossover"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/h"}, "/h/.local/state/crossover"),
    ],
)
def test_variables_name_it(monkeypatch, variables, folder):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert state_folder() == Path(folder)


def test_the_list_of_users_names_it():
    assert state_folder() == Path(pwd.getpwuid(os.getuid()).pw_dir, ".local", "state", "crossover")


@pytest.mark.usefixtures("without_entry")
@pytest.mark.parametrize("home", [None, "", "relative"])
def test_without_a_home_it_is_among_temporary_files(monkeypatch, temporary, home):
    if home is not None:
        monkeypatch.setenv("HOME", home)
    assert list(state_folders()) == [temporary]
    temporary.mkdir(mode=0o700)
    assert state_folder() == temporary


@pytest.mark.usefixtures("without_entry")
@pytest.mark.parametrize("trap", [lambda at: at.symlink_to("/tmp"), lambda at: at.touch(), shared])
def test_a_folder_that_others_may_have_made_is_not_used(temporary, trap):
    trap(temporary)
    assert list(state_folders()) == []
    assert not state_folder().exists()
    assert list((state_folder() / "runs").glob("*")) == []
