"""An input becomes numbered lines, which travel together; whatever its size, only a part of it is in memory."""

import bz2
import gzip
import lzma
import os
import threading

import pytest
from waiting import PATIENCE

from crossover.jobs.runner.numbers import Numbers
from crossover.jobs.runner.sources import batches
from crossover.jobs.runner.sources.source import Source
from workloads.base import InputError


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", {}),
        (b"1", {1: "1"}),
        (b"1\n", {1: "1"}),
        (b"\n", {1: ""}),
        (b"1\n\n2\n", {1: "1", 2: "", 3: "2"}),
        (b"\xef\xbb\xbf1\n2", {1: "1", 2: "2"}),
        (b"1\r\n2\r\n", {1: "1\r", 2: "2\r"}),
    ],
)
def test_each_line_has_its_number(lines, content, expected):
    assert lines("in.jsonl", content) == expected


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_lines_are_the_same_however_they_are_read(lines, monkeypatch, block):
    monkeypatch.setattr(batches, "BLOCK", block)
    content = [b"12", b"", b"345678901234567890", b"6"]
    for end in (b"", b"\n"):
        assert list(lines("in.jsonl", b"\n".join(content) + end).values()) == [line.decode() for line in content]


def test_lines_that_are_done_are_passed_over_and_no_chunk_goes_across_them(chunks):
    found = chunks("in.jsonl", b"".join(b"%d\n" % number for number in range(1, 11)), done=(1, 4, 5, 9), most=3)
    assert [(chunk.first, chunk.lines) for chunk in found] == [(2, b"2\n3"), (6, b"6\n7\n8"), (10, b"10")]


@pytest.mark.parametrize(
    ("name", "compressed"),
    [
        ("in.jsonl.gz", gzip.compress(b"1\n2", mtime=0) + gzip.compress(b"3\n4\n", mtime=0)),
        ("in.jsonl.bz2", bz2.compress(b"1\n2") + bz2.compress(b"3\n4\n")),
        ("in.jsonl.xz", lzma.compress(b"1\n2") + lzma.compress(b"3\n4\n")),
        ("in.jsonl", gzip.compress(b"1\n23\n4\n", mtime=0)),
    ],
)
def test_compressed_lines_are_read_from_all_parts_of_a_file(lines, name, compressed):
    assert list(lines(name, compressed).values()) == ["1", "23", "4"]


def test_zstd_is_read_from_all_parts_of_a_file(lines):
    zstd = pytest.importorskip("backports.zstd")
    assert list(lines("in.jsonl.zst", zstd.compress(b"1\n2") + zstd.compress(b"3\n")).values()) == ["1", "23"]


GZIPPED = gzip.compress(b"1\n" * 100_000, mtime=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GZIPPED[:-12], "ends too early: its gzip data is not complete"),
        (GZIPPED[:12] + b"\xff" * 20 + GZIPPED[32:], "is damaged gzip data"),
        (GZIPPED + b"no more of it", "cannot be read: Not a gzipped file"),
        ("1\n2\n".encode("utf-16"), "line 1: UTF-16, not UTF-8"),
    ],
)
def test_what_cannot_be_read_to_its_end_is_said(lines, content, message):
    with pytest.raises(InputError, match=message):
        lines("in.jsonl.gz", content)


def test_a_line_that_is_too_long_is_one_that_cannot_be_read(lines, monkeypatch):
    monkeypatch.setattr(batches, "LONGEST", 1_000)
    monkeypatch.setattr(batches, "BLOCK", 64)
    long = b"x" * 1_001
    for content in (b"1\n" + long + b"\n3\n", b"1\n" + long):
        found = lines("in.jsonl", content)
        assert found[2].startswith("line 2 is longer than 64 MiB: keep large data in files")
        assert list(found) == [1, 2, 3][: len(content.splitlines())]
    assert lines("in.jsonl", long[1:] + b"\n2")[1] == "x" * 1_000


def test_lines_of_a_pipe_come_as_it_pauses(opened, tmp_path):
    os.mkfifo(path := tmp_path / "pipe")
    told = threading.Event()
    writer = threading.Thread(target=lambda: made.append(path.open("wb", buffering=0)))
    made = []
    writer.start()
    reading = threading.Thread(target=lambda: read.append(Source(opened("pipe"))))
    read = []
    reading.start()
    writer.join()
    made[0].write(b"1\n")
    reading.join()
    source = read[0]
    source.when_ready(told.set)
    assert source.chunk(10, Numbers()).lines == b"1"
    assert source.chunk(10, Numbers()) is None
    assert not source.ended
    made[0].write(b"2\n3\n")
    assert told.wait(PATIENCE)
    assert source.chunk(10, Numbers()).lines == b"2\n3"
    told.clear()
    made[0].close()
    assert told.wait(PATIENCE)
    assert source.chunk(10, Numbers()) is None
    assert source.ended
