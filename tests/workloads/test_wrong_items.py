"""Input that is no item is refused in a sentence: the file, the line, what is wrong, and the way out."""

import gzip
import json
import sys

import pytest

from workloads.base import InputError
from workloads.custom.items import read_items

GZIPPED = gzip.compress(b"1\n" * 10_000, mtime=0)


@pytest.fixture
def refusal(tmp_path, monkeypatch):
    """Write an input, and return why it is refused."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(content):
        (tmp_path / "in.json").write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InputError) as caught:
            read_items("in.json")
        return str(caught.value)

    return write_and_read


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('1\n{"a": NaN}\n', "in.json, line 2: NaN is not JSON: write null, or a string"),
        ("[1,\n-Infinity]", "in.json, line 2, element 2: -Infinity is not JSON: write null, or a string"),
        (f"1\n{'[' * 600}{']' * 600}\n", "in.json, line 2: nested too deep: lists and objects may be 200 deep; pass"),
        (f"{'[' * 600}{']' * 600}\n", "in.json, line 1, element 1: nested too deep: lists and objects may be 200"),
        ("[" * 100_000, "in.json, line 1, element 1: nested too deep"),
        ('{"a":' * 100_000, "in.json, line 1: nested too deep"),
        ('1\n\n{"a": }\n4\n', "in.json, line 3: not JSON (Expecting value, column 7): expected is one JSON value"),
        ('1\n{\n  "a": 1\n}\n', "in.json, line 2: not JSON (Expecting property name enclosed in double quotes, column"),
        ('{\n  "a": 1\n}\n', "): the value goes on in the next line; jq -c . puts each on one line"),
        ('1\n{"a": [1', "in.json, line 2: not JSON (Expecting ',' delimiter, column 9): the input ends in the"),
        ("https://example.org\n", "in.json, line 1: not JSON (Expecting value, column 1): plain text becomes items"),
        ("id,name\n1,a\n", "in.json, line 1: not JSON (Expecting value, column 1): plain text becomes items by jq -R"),
        ("1" * 5_000, "in.json, line 1: not JSON that can be read (Exceeds the limit"),
        (b'1\n"\xff"\n', "in.json, line 2: not UTF-8 (byte 2 of the line): text of another encoding is converted as"),
        (b'[1,\n"\xff"]\n', "in.json, line 2: not UTF-8 (byte 2 of the line): text of another encoding is converted"),
        ("[1,\n\n 2 3]", "in.json, line 3, element 2: '3' follows it; expected is a comma, or the ] that ends"),
        ("[1,\n{'a': 2}]", "in.json, line 2, element 2: not JSON (Expecting property name enclosed in double quotes)"),
        ('[1,\n"a', "in.json, line 2, element 2: not JSON (Unterminated string starting at)"),
        ("[1,\n[2,", "in.json, line 2, element 2: the input ends in the middle of it"),
        ("[1,\n2", "in.json, line 2, element 2: the input ends after it; expected is a comma, or the ]"),
        ("[\n1\n]\n[2]", "in.json, line 4: something follows the JSON array: expected is one array, or one JSON value"),
        ("[ ]\n", "in.json is an empty JSON array: one JSON value per line is expected, or an array of them"),
        ("", "in.json is empty: one JSON value per line is expected, or an array of them"),
        ("\ufeff\n", "in.json is empty: one JSON value per line is expected"),
        (gzip.compress(b"", mtime=0), "in.json is empty: one JSON value per line is expected"),
        ('{"a": 1}'.encode("utf-16"), "in.json, line 1: UTF-16, not UTF-8: convert it, as with iconv -f UTF-16 -t"),
        ('{"a": 1}'.encode("utf-32"), "in.json, line 1: UTF-32, not UTF-8: convert it, as with iconv -f UTF-32 -t"),
        ('{"a": 1}'.encode("utf-16-le"), "in.json, line 1: binary, or UTF-16LE, not UTF-8: convert text, as with"),
        ('{"a": 1}'.encode("utf-32-be"), "in.json, line 1: binary, or UTF-32BE, not UTF-8: convert text, as with"),
        (gzip.compress("[1]".encode("utf-16"), mtime=0), "in.json, line 1: UTF-16, not UTF-8"),
        (b"PK\3\4more", "in.json, line 1: a zip archive: unpack it"),
        (GZIPPED[:-12], "in.json ends too early: its gzip data is not complete"),
        (GZIPPED[:12] + b"\xff" * 20 + GZIPPED, "in.json is damaged gzip data: "),
    ],
)  # fmt: skip
def test_it_is_refused_with_file_line_and_way_out(refusal, content, sentence):
    assert sentence in refusal(content)


def test_nesting_is_counted_and_wide_values_are_not_deep(tmp_path):
    values = [[[number] for number in range(500)], json.loads("[" * 199 + "[]" + "]" * 199)]
    (tmp_path / "in.json").write_text("1\n" + "".join(f"{json.dumps(value)}\n" for value in values))
    assert read_items(str(tmp_path / "in.json")).first(3) == [1, *values]


def test_a_line_or_an_element_that_is_too_long_is_refused(refusal, monkeypatch):
    monkeypatch.setattr("workloads.custom.items.LONGEST", 2**20)
    monkeypatch.setattr("workloads.custom.json_array.LONGEST", 2**20)
    long = "a" * 2**21
    assert refusal(f'1\n"{long}"\n').startswith(
        "in.json, line 2: longer than 64 MiB: keep large data in files, and name"
    )
    assert refusal(f'[1,\n"{long}"]').startswith(
        "in.json, line 2, element 2: longer than 64 MiB: keep large data in fil"
    )


def test_more_items_than_memory_holds_are_refused_before_it_is_full(refusal, monkeypatch):
    monkeypatch.setattr("workloads.custom.items.MOST_BYTES", 1_000)
    assert refusal("1\n" * 1_000).endswith(" items the input is too large for memory: -n N reads N of them")


def test_zstd_without_its_library_is_refused_with_what_to_install(refusal, monkeypatch):
    for module in ("compression", "backports"):
        monkeypatch.setitem(sys.modules, f"{module}.zstd", None)
    missing = (
        "in.json is zstd, which cannot be read here: before Python 3.14 it is read with pip install 'crossover-ipc[zs"
    )
    assert refusal(b"\x28\xb5\x2f\xfd").startswith(missing)
