"""Folders for temporary files, and names in shared memory: those that fit, and no file of a process that lives."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from crossover.recording import shared_files, temporary
from crossover.recording.shared_files import abandoned_files, remove_file, shared_name
from crossover.recording.temporary import LONGEST_SOCKET, create_folder, fits_socket, temporary_folders


def test_a_socket_can_have_a_path_of_107_bytes_and_no_more(tmp_path):
    assert LONGEST_SOCKET == 107
    assert fits_socket(Path("/" + "a" * 106))
    assert not fits_socket(Path("/" + "a" * 107))
    assert not fits_socket(Path("/" + "ü" * 54))


def test_the_folder_that_tmpdir_names_comes_first_and_each_comes_once(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    others = [str(tmp_path), str(tmp_path / "other"), str(tmp_path / "other"), str(tmp_path / "missing")]
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(temporary, "OTHERS", others)
    assert list(temporary_folders()) == [tmp_path, tmp_path / "other"]


def test_without_a_folder_there_is_none(monkeypatch):
    monkeypatch.setattr(temporary, "OTHERS", ())

    def none():
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert list(temporary_folders()) == []
    with pytest.raises(OSError, match=r"a short and plain name \(here: none\)"):
        create_folder("crossover-", lambda _: True)


def test_a_folder_is_made_in_the_first_one_that_fits_and_only_its_user_can_enter_it(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "first"))
    monkeypatch.setattr(temporary, "OTHERS", (str(tmp_path / "second"),))
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    asked = []

    def fits(path):
        asked.append(path)
        return path.parent.name == "second"

    made = create_folder("mine-", fits)
    assert made.parent == tmp_path / "second"
    assert made.name.startswith("mine-")
    assert made.stat().st_mode & 0o777 == 0o700
    assert [len(str(path.name)) for path in asked] == [len(made.name)] * 2


@pytest.fixture
def ended():
    with subprocess.Popen(["sleep", "600"]) as child:
        ticks = shared_files._ticks(child.pid)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is not waited for
        yield child.pid, ticks


@pytest.fixture
def shm(monkeypatch, tmp_path):
    monkeypatch.setattr(shared_files, "FOLDER", tmp_path)
    return tmp_path


def test_a_name_belongs_to_the_process_that_made_it_and_is_new_each_time():
    names = {shared_name() for _ in range(100)}
    assert len(names) == 100
    found = shared_files.NAMED.fullmatch(names.pop())
    assert (int(found[2]), int(found[3])) == (os.getpid(), shared_files._ticks(os.getpid()))


def test_only_what_ended_processes_of_this_machine_left_is_found(shm, ended):
    machine = shared_files._machine()
    pid, ticks = ended
    left = [f"{machine}-{pid}-{ticks}-ab", f"sem.{machine}-{pid}-{ticks}-mp", f"{machine}-{os.getpid()}-7-ab"]
    others = [shared_name(), f"crossover-other-1-{pid}-{ticks}-ab", f"{machine}-{pid}-ab", f"x{machine}-{pid}-1-ab"]
    for name in [*left, *others]:
        (shm / name).touch()
    assert sorted(path.name for path in abandoned_files()) == sorted(left)
    said = {remove_file(path) for path in abandoned_files()}
    assert said == {f"{shm / name}: removed" for name in left}
    assert sorted(path.name for path in shm.iterdir()) == sorted(others)
    assert remove_file(shm / left[0]) == f"{shm / left[0]}: removed"  # another one was quicker


def test_what_cannot_be_removed_is_said(shm):
    (shm / "folder").mkdir()
    assert remove_file(shm / "folder") == f"{shm / 'folder'}: cannot be removed: Is a directory"


def test_a_process_that_has_ended_and_was_not_waited_for_was_never_started(ended):
    assert shared_files._ticks(ended[0]) == 0
    assert shared_files._ticks(2**22 + 1) == 0
