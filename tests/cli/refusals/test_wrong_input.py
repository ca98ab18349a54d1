"""Input that cannot be used is refused by name; standard input is as good as a file."""

import pytest

ECHO = "def run(item): return item"


@pytest.fixture
def compare(in_process, mine):
    mine(ECHO)
    return lambda source: in_process("compare", "serial", "-W", "mine:run", "-i", source, "-r", "1")


@pytest.fixture
def compare_typed(crossover, mine):
    """Compare with what comes from standard input."""
    mine(ECHO)
    return lambda typed: crossover("compare", "serial", "-W", "mine:run", "-i", "-", "-r", "1", input=typed)


def test_a_function_needs_items(in_process, mine):
    mine(ECHO)
    ended = in_process("compare", "serial", "-W", "mine:run")
    assert ended.returncode == 2
    assert "mine:run needs items: -i FILE with one JSON value a line, or -i - for standard input" in ended.stderr


def test_a_workload_without_input_takes_none(in_process):
    ended = in_process("compare", "serial", "-W", "noop", "-i", "items.jsonl")
    assert ended.returncode == 2
    assert "noop takes no input (-i); files takes a folder, MODULE:FUNCTION a file of JSON lines" in ended.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "input.jsonl is empty: one JSON value per line is expected"),
        (b"\n  \n", "input.jsonl is empty: one JSON value per line is expected"),
        (b'1\n"\xff"\n', "input.jsonl, line 2: not UTF-8 (byte 2 of the line)"),
        (b'1\n\n{"a": }\n4\n', "input.jsonl, line 3: not JSON (Expecting value, column 7)"),
        (b"1\n" + b"[" * 600 + b"]" * 600, "input.jsonl, line 2: nested too deep: lists and objects may be 200 deep"),
    ],
    ids=["empty", "blank", "not UTF-8", "not JSON", "too deep"],
)
def test_a_bad_file_is_named_with_the_line(compare, tmp_path, content, sentence):
    (tmp_path / "input.jsonl").write_bytes(content)
    ended = compare("input.jsonl")
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_missing_file_is_named(compare):
    ended = compare("nowhere.jsonl")
    assert ended.returncode == 2
    assert "input nowhere.jsonl cannot be read: No such file or directory" in ended.stderr


def test_a_folder_is_no_file_of_items(compare, tmp_path):
    (tmp_path / "here").mkdir()
    ended = compare("here")
    assert ended.returncode == 2
    assert "input here cannot be read: Is a directory" in ended.stderr


@pytest.mark.long
def test_items_may_come_from_standard_input(crossover, mine, result):
    mine(ECHO)
    words = ["-W", "mine:run", "-i", "-", "-n", "3", "-r", "1", "--json", "out.json"]
    ended = crossover("compare", "serial", "queue", *words, input='"a"\n\n"b"\n{"c": [1]}\n')
    assert ended.returncode == 0
    assert [run["delivery"]["completed"] for run in result()["runs"]] == [3, 3]


@pytest.mark.long
def test_an_array_is_read_as_items_and_that_is_said(crossover, mine, result):
    mine(ECHO)
    words = ["-W", "mine.py:run", "-i", "-", "-n", "2", "-r", "1", "-q", "--json", "out.json"]
    ended = crossover("compare", "queue", *words, input='[\n  "a",\n  ["b", {}]\n]\n')
    assert ended.returncode == 0
    assert ended.stderr == "crossover: standard input is read as a JSON array, whose elements are the items\n"
    assert [run["delivery"]["completed"] for run in result()["runs"]] == [2]


def test_empty_standard_input_is_said(compare_typed):
    ended = compare_typed("")
    assert ended.returncode == 2
    assert "standard input is empty: one JSON value per line is expected" in ended.stderr


@pytest.mark.long
def test_a_bad_line_of_standard_input_is_named(compare_typed):
    ended = compare_typed("1\nno\n")
    assert ended.returncode == 2
    assert "standard input, line 2: not JSON" in ended.stderr


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nowhere", "nowhere does not exist; the files workload takes a folder (-i DIR)"),
        ("folder/1.txt", "folder/1.txt is not a folder; the files workload takes a folder (-i DIR)"),
        ("empty", "empty contains no file; the files workload takes a folder with at least one"),
    ],
)
def test_files_wants_a_folder_with_files(in_process, tmp_path, source, sentence):
    (tmp_path / "empty").mkdir()
    ended = in_process("compare", "serial", "-W", "files", "-i", source)
    assert ended.returncode == 2
    assert sentence in ended.stderr
