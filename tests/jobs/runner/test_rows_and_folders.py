"""Rows of a CSV file are dicts, and files of a folder are paths."""

import gzip
import lzma
import os
import random

import pytest

from crossover.contract.errors import UsageError
from crossover.jobs.runner.numbers import Numbers
from crossover.jobs.runner.sources.source import Source
from workloads.base import InputError


def test_a_row_is_a_dict_whose_names_are_those_of_the_header(values):
    content = b'\xef\xbb\xbfname,"what, it is"\r\nx,1\r\n\r\n"say ""a\nb""","\xc3\xa9"'
    expected = [{"name": "x", "what, it is": "1"}, {"name": 'say "a\nb"', "what, it is": "é"}]
    assert values("in.csv", content) == expected
    assert values("in.CSV.gz", gzip.compress(content)) == expected
    assert values("in.txt", content, rows=True) == expected


@pytest.mark.parametrize(
    ("name", "content", "delimiter"),
    [
        ("in.csv", b'a;b\n"1;2";3,4\n', ";"),
        ("in.txt", b'a|b\n1;2|"3,4"\n', "|"),
        ("in.TSV", b"a\tb\n1;2\t3,4\n", None),
        ("in.tsv", b'a,b\n1;2,"3,4"\n', ","),
        ("in.csv", b'"a","b"\n1;2,"3,4"\n', None),
    ],
)
def test_cells_stand_apart_by_what_the_user_says_or_the_name_of_the_file(values, name, content, delimiter):
    assert values(name, content, delimiter=delimiter) == [{"a": "1;2", "b": "3,4"}]


def test_one_column_whose_name_has_what_often_stands_between_cells_is_refused_until_the_user_says_so(lines, values):
    content = b"a;b;c\td\n1;2;3\n"
    with pytest.raises(InputError, match=r"names one column, 'a;b;c\\td': if ; stands between .* --delimiter ';'"):
        lines("in.csv", content)
    assert values("in.csv", content, delimiter=",") == [{"a;b;c\td": "1;2;3"}]
    with pytest.raises(InputError, match="if tab stands between cells, say so with --delimiter 'tab'"):
        lines("in.csv", b"a\tb\n")


def test_rows_that_are_read_in_another_way_are_another_input(opened):
    assert opened("in.csv", b"a,b\n").read_as == opened("in.csv", delimiter=",").read_as == "csv"
    assert opened("in.csv", delimiter=";").read_as == "csv with ';' between cells"


@pytest.mark.parametrize(
    ("name", "pack"), [("in.csv", bytes), ("in.jsonl.gz", gzip.compress), ("in.csv.xz", lzma.compress)]
)
def test_how_many_lines_there_are_is_told_before_all_are_read(opened, name, pack):
    draw = random.Random(0)
    content = b"a,b\n" + b"".join(b"%d,%s\n" % (line, draw.randbytes(50).hex().encode()) for line in range(60_000))
    source = Source(opened(name, pack(content)))
    told = []
    while source.chunk(10_000, Numbers()) is not None:
        told.append(source.lines)
    assert told[-1] == pytest.approx(60_000, abs=1)
    halfway = told[len(told) // 2]
    assert halfway is not None
    assert 45_000 < halfway < 75_000


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (b"1", "line 4 has 1 cell, and the header has 2 cells"),
        (b'1,2,"3\n4"', "line 4 has 3 cells, and the header has 2 cells"),
        (b'1,"2"3', "line 4 is no row of CSV (',' expected after '\"')"),
        (b"1,\xe9", "line 4 is not UTF-8"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line_and_the_others_are_read(lines, row, problem):
    assert list(lines("in.csv", b'a,b\n"\n",1\n' + row + b"\n3,4\n").values()) == [
        '{"a":"\\n","b":"1"}',
        problem,
        '{"a":"3","b":"4"}',
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b,a\n1,2,3\n", "line 1 names the columns, and has 'a' twice"),
        (b"\n\xe9,b\n1,2\n", "line 2, which should name the columns, is not UTF-8"),
        (b'a,b\n1,"2\n3,4\n', "line 2: a quote that is opened there is not closed"),
    ],
)
def test_a_file_that_has_no_rows_is_refused(lines, content, message):
    with pytest.raises(InputError, match=message):
        lines("in.csv", content)


def test_a_header_alone_has_no_rows(values):
    assert values("in.csv", b"a,b\n") == []


@pytest.fixture
def tree(tmp_path):
    """A folder with files in it, and below it, one with a name that is no text."""
    (tmp_path / "tree" / "b" / "empty").mkdir(parents=True)
    for name in ("b/2.py", "a.txt", "b/1.py", "b.py", os.fsdecode(b"\xe9\n.py")):
        (tmp_path / "tree" / name).touch()
    (tmp_path / "tree" / "again").symlink_to("b")
    (tmp_path / "tree" / "one.py").symlink_to("a.txt")
    os.mkfifo(tmp_path / "tree" / "pipe.py")
    return tmp_path / "tree"


def test_files_of_a_folder_are_sorted_and_come_from_below_it_too(values, tree):
    found = [os.path.relpath(path, tree) for path in values("tree")]
    assert found == ["a.txt", "b/1.py", "b/2.py", "b.py", "one.py", os.fsdecode(b"\xe9\n.py")]
    assert [os.path.relpath(path, tree) for path in values("tree", pattern="[12].py")] == ["b/1.py", "b/2.py"]


def test_a_folder_without_files_is_refused(opened, tree):
    with pytest.raises(InputError, match=r"tree has no file whose name matches '\*\.c' in it, nor below it"):
        opened("tree", pattern="*.c")
    with pytest.raises(InputError, match="empty has no file in it, nor below it"):
        opened("tree/b/empty")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("in.jsonl", {"text": True, "rows": True}, "--lines and --rows exclude each other"),
        ("in.csv", {"text": True, "delimiter": ";"}, "--lines and --delimiter exclude each other"),
        ("tree", {"delimiter": ";"}, "--delimiter is for a file"),
        ("in.jsonl", {"pattern": "*"}, "--glob chooses among the files of a folder, and -i .*in.jsonl is none"),
        ("tree", {"text": True}, "--lines is for a file; of the folder .*tree, the function gets each file's path"),
        ("tree", {"rows": True}, "--rows is for a file"),
        ("tree", {"pattern": "b/*"}, r"--glob 'b/\*' is not possible; allowed: a pattern of names, as in '\*\.py'"),
    ],
)
def test_options_that_do_not_fit_an_input_are_refused(opened, tree, name, options, message):
    with pytest.raises(UsageError, match=message):
        opened(name, **options)


def test_an_input_that_is_not_there_is_named(opened):
    with pytest.raises(InputError, match=r"input .*in\.jsonl cannot be read: No such file or directory"):
        opened("in.jsonl")


def write(path):
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, (1, 1))


@pytest.mark.parametrize(
    ("happens", "change"),
    [
        (lambda path: path.write_bytes(b"1\n2\n3\n"), "has grown from 4 to 6 bytes"),
        (lambda path: os.truncate(path, 2), "was cut from 4 to 2 bytes"),
        (lambda path: path.unlink(), "was removed"),
        (write, "was written to"),
        (lambda path: (path.with_suffix(".new").touch(), path.with_suffix(".new").replace(path)), "was replaced by an"),
    ],
)
def test_a_file_that_is_no_more_what_it_was_is_noticed(opened, tmp_path, happens, change):
    read = opened("in.jsonl", b"1\n2\n")
    assert read.change() == ""
    happens(tmp_path / "in.jsonl")
    assert read.change().startswith(change)


def test_a_folder_that_has_other_files_now_is_noticed(opened, tree):
    read = opened("tree")
    assert read.change() == ""
    (tree / "b" / "3.py").touch()
    assert read.change() == "has other files (6 before, 7 now)"
