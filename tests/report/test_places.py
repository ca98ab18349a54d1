"""A place is where it was when it was named; what takes no new file is written in place, or refused beforehand."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from sample_records import result_of

from crossover.contract.errors import UsageError
from crossover.report.formats.files import claimed, write
from crossover.report.formats.places import check_writable, place
from crossover.report.formats.saver import Saver

NOBODY = 65534


@pytest.fixture
def mounted():
    """Mount for the time of a test; only root can."""
    done = []

    def mount(*words):
        if os.geteuid() != 0 or shutil.which("mount") is None:
            pytest.skip("only root can mount")
        tried = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
        if tried.returncode:
            pytest.skip(f"nothing can be mounted here: {tried.stderr.strip()}")
        done.append(words[-1])

    yield mount
    for where in reversed(done):
        subprocess.run(["umount", where], check=True)


@contextmanager
def as_nobody():
    """Act as a user who owns nothing."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared():
    """A folder that every user can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_a_place_stays_where_it_was_when_the_folder_changes(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    where = place("out.json")
    monkeypatch.chdir("other")
    write("new", where)
    assert (tmp_path / "out.json").read_text() == "new"
    assert str(where) == "out.json"


def test_in_a_folder_that_was_removed_only_a_relative_place_is_refused(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match=r"out\.json cannot be written: the current folder has been removed"):
        place("out.json")
    check_writable(place(str(tmp_path / "out.json")))


@pytest.mark.parametrize("name", ["a" * 255, "é" * 127])
def test_the_longest_name_can_be_written(tmp_path, name):
    where = place(str(tmp_path / name))
    check_writable(where)
    assert write("new", where) == ""
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(UsageError, match="File name too long"):
        check_writable(place(str(tmp_path / ("a" * 256))))


def test_a_mounted_file_is_written_in_place_and_the_saver_says_so_once(tmp_path, mounted):
    (tmp_path / "out.json").write_text("a much longer old text" * 1000)
    (tmp_path / "outside.json").write_text("")
    mounted("--bind", str(tmp_path / "outside.json"), str(tmp_path / "out.json"))
    where, said = place(str(tmp_path / "out.json")), []
    check_writable(where)
    saver = Saver(where, said.append)
    saver.save(result_of())
    saver.save_at_last(result_of())
    assert saver.saved
    assert (tmp_path / "outside.json").read_text().endswith("}\n")
    assert len(said) == 1
    assert "out.json cannot be replaced by a new file (Device or resource busy): it is written in place" in said[0]
    write("short", where)
    assert (tmp_path / "outside.json").read_text() == "short"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.json", "outside.json"]


def test_a_mounted_file_keeps_what_it_had_where_the_new_text_has_no_room(tmp_path, mounted):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted("-t", "tmpfs", "-o", "size=8k", "tmpfs", str(disk))
    (disk / "file").write_text("old")
    (tmp_path / "out.json").touch()
    mounted("--bind", str(disk / "file"), str(tmp_path / "out.json"))
    with pytest.raises(OSError, match="No space left"):
        write("new" * 10_000, place(str(tmp_path / "out.json")))
    assert (tmp_path / "out.json").read_text() == "old"


def test_a_writable_file_in_a_folder_that_takes_no_new_one_is_written_in_place(shared):
    (shared / "out.json").write_text("a longer old text")
    (shared / "out.json").chmod(0o666)
    with as_nobody():
        check_writable(place(str(shared / "out.json")))
        assert write("new", place(str(shared / "out.json"))) == "Permission denied"
        with pytest.raises(UsageError, match=r"new\.json cannot be written: Permission denied"):
            check_writable(place(str(shared / "new.json")))
    assert (shared / "out.json").read_text() == "new"


def test_another_users_file_in_a_sticky_folder_is_written_in_place(shared):
    shared.chmod(0o1777)
    (shared / "out.json").write_text("a longer old text")
    (shared / "out.json").chmod(0o666)
    with as_nobody():
        check_writable(place(str(shared / "out.json")))
        assert write("new", place(str(shared / "out.json"))) == "Operation not permitted"
    assert (shared / "out.json").read_text() == "new"
    assert [file.name for file in shared.iterdir()] == ["out.json"]


def test_a_file_that_may_not_be_written_is_refused(shared):
    (shared / "out.json").touch(0o444)
    with as_nobody(), pytest.raises(UsageError, match="Permission denied"):
        check_writable(place(str(shared / "out.json")))


def test_devices_and_open_descriptors_take_a_result_once(tmp_path):
    reader, writer = os.pipe()
    piped, null = place(f"/dev/fd/{writer}"), place("/dev/null")
    for where in (piped, null):
        check_writable(where)
        assert not where.keeps
        Saver(where, print).save(result_of())
        write("whole", where)
    with pytest.raises(UsageError, match="closed, or open for reading only"):
        check_writable(place(f"/dev/fd/{reader}"))
    os.close(writer)
    assert os.read(reader, 100) == b"whole"
    os.close(reader)
    assert place("/dev/stdout").is_standard_output
    assert place("/proc/self/fd/1").is_standard_output


def test_what_cannot_be_saved_anywhere_near_is_saved_among_the_users_own_files(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "folder").mkdir()
    said = []
    saver = Saver(place(str(tmp_path / "folder" / "out.json")), said.append)
    saver.save(result_of())
    shutil.rmtree(tmp_path / "folder")
    saver.save_at_last(result_of())
    (rescued,) = (tmp_path / "state").rglob("*.json")
    assert rescued.read_text().endswith("}\n")
    assert not saver.saved
    assert said[1:] == [f"the result is in {rescued} instead"]


def test_the_first_folder_that_can_be_made_is_claimed(tmp_path):
    (tmp_path / "file").touch()
    with claimed(tmp_path / "file" / "a", tmp_path / "b") as folder:
        assert folder == tmp_path / "b"
        with pytest.raises(UsageError, match="in use by another crossover"), claimed(tmp_path / "b"):
            pass
    assert not folder.exists()
    with pytest.raises(UsageError, match="a cannot be made: Not a directory"), claimed(tmp_path / "file" / "a"):
        pass
