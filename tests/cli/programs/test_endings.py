"""A function that ends its process ends its own run, which says so."""

import re

import pytest

EXITS = """
    import os

    def run(item):
        if item == 7:
            os._exit(3)
        return item
"""


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads"])
def test_the_producer_ends(compare, result, transport):
    ended = compare(EXITS, transport, "queue", "pipe")
    assert ended.returncode == 1, ended
    own, queue, pipe = result()["runs"]
    assert re.fullmatch(r"a process died: producer \d+.*", own["ending"])
    for run in (queue, pipe):
        assert re.fullmatch(r"a process died: worker \d+.*", run["ending"])
    assert own["ending"] in " ".join(ended.stdout.split())
    assert own["delivery"]["lost"] >= 1
    assert "Traceback" not in ended.stderr


BREAKS = """
    import pickle

    def loads(*_):
        raise ZeroDivisionError

    pickle.loads = loads

    def run(item):
        return item
"""


@pytest.mark.long
def test_a_producer_that_the_module_breaks_from_inside(compare, result):
    ended = compare(BREAKS, "serial", "queue")
    assert ended.returncode == 1, ended
    serial, queue = result()["runs"]
    assert serial["ending"] == "the transport broke: the producer failed: ZeroDivisionError"
    assert queue["delivery"]["completed"] == 10
    assert "reading or writing failed" not in ended.stderr
