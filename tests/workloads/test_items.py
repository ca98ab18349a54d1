"""Items are read from what people have: JSON lines or an array, compressed or not; only those that are used."""

import bz2
import gzip
import json
import lzma
import pickle

import pytest

from workloads.custom.items import read_items

VALUES = [{"a": [1, "ä,]}"]}, 2, None, "x", [[]], 1.5e3, {}]
LINES = "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in VALUES).encode()


@pytest.fixture
def read(tmp_path):
    """Write an input, and return its items and what is remarked about it."""

    def write_and_read(content, most=None):
        path = tmp_path / "input.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        items = read_items(str(path), most)
        return items.first(len(items)), items.remark.removeprefix(str(path))

    return write_and_read


@pytest.mark.parametrize(
    "content",
    [
        LINES,
        LINES.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + LINES,
        b"\n \n" + LINES.replace(b"\n", b"\n\n"),
        LINES.rstrip(),
    ],
    ids=["plain", "CRLF", "byte order mark", "blank lines", "no newline at the end"],
)
def test_json_lines_are_read_however_they_end(read, content):
    assert read(content) == (VALUES, "")


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(VALUES),
        json.dumps(VALUES) + "\r\n\n",
        json.dumps(VALUES, indent=2),
        json.dumps(VALUES, indent=2).replace("\n", "\r\n"),
        "\n\n" + json.dumps(VALUES, indent=0),
        "\ufeff" + json.dumps(VALUES, ensure_ascii=False),
        json.dumps(VALUES).replace("2, null", "2\n\n, null"),
    ],
    ids=["one line", "one line and blanks", "pretty", "CRLF", "after blanks", "byte order mark", "broken anywhere"],
)
def test_an_array_is_recognised_and_its_elements_are_the_items(read, content):
    assert read(content) == (VALUES, " is read as a JSON array, whose elements are the items")


def test_several_lines_of_arrays_are_one_item_each(read):
    assert read("[1, 2]\n\n[3]\n") == ([[1, 2], [3]], "")
    assert read("[1, 2]\n3\n") == ([[1, 2], 3], "")


def test_an_array_is_read_wherever_its_parts_are_cut(read, monkeypatch):
    numbers = [*range(3_000), -1.25e-7, "x" * 5_000, {"key": "ä" * 3_000}, True]
    for size in (1, 7, 50):
        monkeypatch.setattr("workloads.custom.json_array.BUFFER", size)
        monkeypatch.setattr("workloads.custom.items.LONGEST", 3)
        assert read(json.dumps(numbers, ensure_ascii=False))[0] == numbers


@pytest.mark.parametrize(
    ("name", "compress"), [("gzip", gzip.compress), ("bzip2", bz2.compress), ("xz", lzma.compress)]
)
def test_a_compressed_input_is_decompressed_and_said_to_be(read, name, compress):
    assert read(compress(LINES)) == (VALUES, f" is read as {name}")
    array = compress(b"\xef\xbb\xbf" + json.dumps(VALUES).encode())
    assert read(array) == (VALUES, f" is read as {name}, a JSON array, whose elements are the items")


@pytest.mark.parametrize(
    "content", [LINES + b"no JSON", b"[1, 2, 3, 4, 5, 6, 7, no JSON", gzip.compress(LINES, mtime=0)[:-8]]
)
def test_what_is_not_used_is_not_read(read, content):
    assert len(read(content, 7)[0]) == 7


def test_items_that_are_used_travel_and_no_others(tmp_path):
    (tmp_path / "many").write_text("".join(f'"{number:0100}"\n' for number in range(10_000)))
    few = read_items(str(tmp_path / "many"), 10)
    assert len(pickle.dumps(few)) < 10_000
    everything = read_items(str(tmp_path / "many"))
    assert len(everything) == 10_000
    assert everything.first(700) == [f"{number:0100}" for number in range(700)]
    assert everything.first(2)[0] is not everything.first(2)[0]
