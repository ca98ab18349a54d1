"""What can be typed after an option."""

import click
import pytest

from crossover.cli.parameter_types import Count, Duration, Size


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("10_000", 10_000), ("10,000", 10_000), ("007", 7), (3, 3)])
def test_counts(text, number):
    assert Count().convert(text, None, None) == number


@pytest.mark.parametrize("text", ["0", "-1", "+1", "1.5", "1e3", "abc", "", " ", "_", "٣", "²"])
def test_what_is_no_count(text):
    with pytest.raises(click.BadParameter, match="allowed: a whole number, 1 or more"):
        Count().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("512", 512),
        ("1k", 1024),
        ("1K", 1024),
        ("64kB", 65_536),
        ("64KiB", 65_536),
        ("64 M", 64 * 2**20),
        ("1g", 2**30),
        ("7b", 7),
    ],
)
def test_sizes(text, size):
    assert Size().convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "k", "-1", "1.5k", "1t", "1kk", "abc", "٣"])
def test_what_is_no_size(text):
    with pytest.raises(click.BadParameter, match="allowed: bytes, as in 0, 512, 64k, 16M"):
        Size().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30", 30), ("30s", 30), ("0.5s", 0.5), ("5m", 300), ("1h", 3600), ("1.5H", 5400)]
)
def test_durations(text, seconds):
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "0", "0.0s", "-1", "1d", "1m30s", "inf", "nan", "1e3", "٣"])
def test_what_is_no_duration(text):
    with pytest.raises(click.BadParameter, match="allowed: a time, as in 30s, 5m, 1h"):
        Duration().convert(text, None, None)
