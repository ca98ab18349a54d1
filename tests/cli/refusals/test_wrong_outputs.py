"""Where a result cannot be written is found out before the run, not after it."""

import os
import stat

import pytest

TELLTALE = """
    from pathlib import Path

    def run(item):
        Path("it-ran").touch()
        return item
"""


@pytest.fixture
def refused(in_process, mine, tmp_path):
    """Compare with a result that cannot be written; return what was said."""

    def attempt(place):
        ended = in_process("compare", "serial", *mine(TELLTALE), "-r", "1", "--json", place)
        assert ended.returncode == 2
        assert not (tmp_path / "it-ran").exists()
        return ended.stderr

    return attempt


def test_a_missing_folder_is_named(refused):
    assert "nowhere/out.json cannot be written: No such file or directory (folder nowhere)" in refused(
        "nowhere/out.json"
    )


@pytest.mark.usefixtures("folder")
def test_a_folder_is_no_place_for_a_file(refused):
    assert "folder is a folder, not a file that a result can be written to" in refused("folder")


def test_a_folder_must_be_writable(refused, folder):
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert "folder/out.json cannot be written: Permission denied" in refused("folder/out.json")


def test_an_old_file_must_be_writable(refused, tmp_path):
    old = tmp_path / "out.json"
    old.touch(0o400)
    if os.access(old, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert "out.json cannot be written: permission denied" in refused("out.json")


def test_what_is_no_regular_file_is_never_replaced_by_one(crossover, tmp_path):
    os.mkfifo(tmp_path / "out.json")
    ended = crossover("compare", "serial", "-W", "noop", "-n", "9", "-r", "1", "--json", "out.json")
    assert stat.S_ISFIFO((tmp_path / "out.json").stat().st_mode)
    assert ended.returncode == 2
    assert "out.json" in ended.stderr
