"""A result file is whole or not there; where it cannot be written is found out beforehand."""

import json
import os

import pytest
from sample_records import result_of, run_of

from crossover.contract.errors import UsageError
from crossover.report.formats.files import as_json, write
from crossover.report.formats.places import check_writable, place
from crossover.report.formats.saver import Saver


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_what_is_written_is_the_whole_text_and_nothing_else(tmp_path):
    write("caf\u00e9\n", place(str(tmp_path / "out.json")))
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == "caf\u00e9\n"
    assert names(tmp_path) == ["out.json"]


def test_an_old_file_is_replaced(tmp_path):
    (tmp_path / "out.json").write_text("a much longer old text")
    write("new", place(str(tmp_path / "out.json")))
    assert (tmp_path / "out.json").read_text() == "new"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    (tmp_path / "out.json").write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write("x" * 100_000 + "\udcff", place(str(tmp_path / "out.json")))
    assert (tmp_path / "out.json").read_text() == "old"
    assert names(tmp_path) == ["out.json"]


def test_a_failed_replacement_leaves_no_temporary_file(tmp_path):
    (tmp_path / "out.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write("new", place(str(tmp_path / "out.json")))
    assert names(tmp_path) == ["out.json"]


def test_others_may_read_what_was_written(tmp_path):
    write("new", place(str(tmp_path / "out.json")))
    assert (tmp_path / "out.json").stat().st_mode & 0o444 == 0o444


def test_a_symbolic_link_still_leads_to_the_file(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write("new", place(str(tmp_path / "link.json")))
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_looking_whether_it_can_be_written_leaves_nothing(tmp_path):
    check_writable(place(str(tmp_path / "out.json")))
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("folder", "folder is a folder, not a file that a result can be written to"),
        ("nowhere/out.json", "cannot be written: No such file or directory"),
        ("file/out.json", "cannot be written: Not a directory"),
        ("fifo", "fifo is not a regular file"),
        ("loop", "loop cannot be written: Too many levels of symbolic links"),
    ],
)
def test_where_nothing_can_be_written_is_said(tmp_path, typed, sentence):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match=sentence):
        check_writable(place(str(tmp_path / typed)))


def test_standard_output_can_always_be_written():
    check_writable(place("-"))


def test_the_json_of_a_result_holds_its_runs():
    found = json.loads(as_json(result_of(run_of(), run_of("pipe"))))
    assert [run["transport"] for run in found["runs"]] == ["queue", "pipe"]
    assert found["runs"][0]["delivery"]["completed"] == 1000


def test_a_saver_complains_once_and_goes_on_trying(tmp_path):
    said = []
    folder = tmp_path / "folder"
    saver = Saver(place(str(folder / "out.json")), said.append)
    saver.save(result_of())
    saver.save(result_of())
    assert not saver.saved
    assert len(said) == 1
    assert "out.json cannot be written: No such file or directory; the runs go on" in said[0]
    folder.mkdir()
    saver.save(result_of())
    assert saver.saved
    assert names(folder) == ["out.json"]
