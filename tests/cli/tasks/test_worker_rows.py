"""Workers are a part of a transport: `?workers=N`; where tasks wait, each transport is tried with many of them, too."""

import pytest

NAPS = "import time\ndef run(item):\n    time.sleep(0.01)\n    return item"


def workers_of(found):
    return {run["transport"]: run["workers"] for run in found["runs"]}


@pytest.mark.long
def test_a_url_sets_the_number_of_workers_of_its_transport(in_process, result):
    ended = in_process(
        "compare", "queue", "queue?workers=3", "-W", "noop", "-n", "100", "-r", "1", "--json", "out.json"
    )
    assert ended.returncode == 0, ended.stderr
    found = result()
    assert workers_of(found) == {"queue": found["plan"]["workers"], "queue?workers=3": 3}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("queue?workers=0", "queue: workers cannot be '0'; allowed: a whole number from 1 to 1,024"),
        ("queue?workers=many", "queue: workers cannot be 'many'; allowed: a whole number from 1 to 1,024"),
        ("serial?workers=2", "serial has no workers, so workers= cannot be set"),
    ],
)
def test_a_number_that_cannot_be_is_refused(in_process, url, sentence):
    ended = in_process("compare", url, "-W", "noop")
    assert ended.returncode == 2
    assert sentence in ended.stderr


@pytest.mark.long
def test_tasks_that_wait_are_tried_with_many_workers_too(in_process, mine, result):
    words = [*mine(NAPS, range(200)), "-r", "1", "--json", "out.json"]
    ended = in_process("compare", "threads", "serial", *words)
    assert ended.returncode == 0, ended.stderr
    found = result()
    assert found["task"]["waiting"] > 0.5
    assert len(workers_of(found)) == 3
    assert max(workers_of(found).values()) > found["plan"]["workers"]


@pytest.mark.parametrize("command", ["scale", "safety"])
def test_where_workers_are_varied_or_the_same_for_all_a_url_sets_none(in_process, command):
    ended = in_process(command, "queue?workers=2", "-W", "noop")
    assert ended.returncode == 2
    assert "queue?workers=2 sets its own number of workers" in " ".join(ended.stderr.split())


def test_it_is_said_how_many_tasks_of_the_sample_failed(in_process, mine):
    odd = mine("def run(item):\n    if item % 2:\n        raise ValueError(item)\n    return item", range(8))
    ended = in_process("compare", "serial", *odd, "-n", "8", "-r", "1")
    assert "4 of the" in " ".join(ended.stdout.split())
    assert "failed (ValueError)" in " ".join(ended.stdout.split())
