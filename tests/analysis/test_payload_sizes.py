"""Payloads of several sizes; on literal runs."""

import io

from rich.console import Console
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of

from crossover.report.terminal.render import render

SIZES = {"workload": "payload", "payloads": [1024, 65536]}


def rounds(transport, small, large, **changes):
    facts = {"workload": "payload", **changes}
    return [
        *rounds_of(transport, *[small] * 4, payload_bytes=1024, **facts),
        *rounds_of(transport, *[large] * 4, payload_bytes=65536, **facts),
    ]


def shown(*runs, width=80):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(render(result_of(*runs, **SIZES)))
    return console.export_text()


def test_each_size_has_its_fastest_of_each_promise():
    far = rounds("redis-list", 2_000, 50, guarantee=AT_MOST_ONCE_ACROSS)
    lines = shown(*rounds("pipe", 9_000, 100), *rounds("queue", 5_000, 500), *far).splitlines()
    first = {
        line.split()[0]: [word for word in line.split()[1:] if not word.endswith("%")][:2]
        for line in lines
        if line.startswith(("pipe", "queue", "redis")) and "tasks/s" not in line
    }
    assert first == {"pipe": ["9,000*", "100"], "queue": ["5,000", "500*"], "redis-list": ["2,000*", "50*"]}


def test_what_lost_something_is_marked_and_said_and_is_not_the_fastest():
    text = shown(*rounds("pipe", 9_000, 900, delivery={"lost": 3}), *rounds("queue", 5_000, 500))
    assert "9,000!" in text
    assert "5,000*" in text
    assert "! pipe, 1k: 3 lost" in text


def test_too_few_rounds_name_no_fastest_transport():
    few = [run for run in [*rounds("pipe", 9_000, 100), *rounds("queue", 5_000, 500)] if run.round <= 3]
    text = shown(*few)
    assert "*" not in text
    assert "cannot tell a difference" in text


def test_a_warning_says_which_size_it_is_about():
    assert "warning: pipe 1k, pipe 64k: short" in shown(*rounds("pipe", 9_000, 100, warnings=["short"]))
