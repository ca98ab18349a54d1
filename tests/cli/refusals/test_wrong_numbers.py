"""A number that makes no sense is refused with the option's name and what is allowed."""

import pytest


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5"])
@pytest.mark.parametrize("option", ["--workers", "--tasks", "--batch", "--rounds", "--window"])
def test_counts_are_whole_numbers_from_one(in_process, option, number):
    ended = in_process("compare", "serial", option, number)
    assert ended.returncode == 2
    assert f"'{option}': '{number}' is not possible; allowed: a whole number, 1 or more" in ended.stderr


@pytest.mark.parametrize("size", ["x", "-1", "1.5k", "3 apples"])
def test_a_payload_size_is_a_number_of_bytes(in_process, size):
    ended = in_process("compare", "serial", "-W", "payload", "--payload", size)
    assert ended.returncode == 2
    assert f"'--payload': '{size}' is not possible; allowed: bytes, as in 0, 512, 64k, 16M" in ended.stderr


def test_a_payload_is_64_mib_at_most(in_process):
    ended = in_process("compare", "serial", "-W", "payload", "--payload", "67108865")
    assert ended.returncode == 2
    assert "a payload of 67,108,865 bytes is not possible; allowed: 0 to 67,108,864 (64 MiB)" in ended.stderr


def test_a_payload_size_is_for_the_payload_workload(in_process):
    ended = in_process("compare", "serial", "-W", "noop", "--payload", "1k")
    assert ended.returncode == 2
    assert "--payload is for the payload workload, not for noop" in ended.stderr


@pytest.mark.parametrize("time", ["0", "soon", "-1s", "5d"])
def test_a_time_limit_is_a_time(in_process, time):
    ended = in_process("compare", "serial", "--time-limit", time)
    assert ended.returncode == 2
    assert f"'--time-limit': '{time}' is not possible; allowed: a time, as in 30s, 5m, 1h" in ended.stderr


def test_numbers_may_be_written_with_separators(in_process, result):
    words = ["-W", "noop", "-n", "1_000", "--window", "1,000", "-w", "1", "-r", "1", "--json", "out.json"]
    assert in_process("compare", "serial", *words).returncode == 0
    assert (result()["plan"]["tasks"], result()["plan"]["window"]) == (1_000, 1_000)
