"""A function that redirects or replaces standard output keeps its prints to itself, and the result reaches the user."""

import json

import pytest

REDIRECTS = """
    import contextlib
    import io
    import time

    def run(item):
        with contextlib.redirect_stdout(io.StringIO()):
            print(item)
            time.sleep(0.001 * (1 + item % 3))  # with blocks of several threads overlap, and end in another order
        return item
"""
REPLACES = """
    import sys

    sys.stdout = open("mine.log", "w")
    print("begun")

    def run(item):
        print(item)
        return item
"""
CLOSES = """
    import sys

    sys.stdout.close()
    sys.stderr.close()
    sys.stdout = sys.stderr = None

    def run(item):
        print(item)
        return item
"""
SOURCES = pytest.mark.parametrize("source", [REDIRECTS, REPLACES, CLOSES], ids=["redirects", "replaces", "closes"])


@pytest.mark.long
@SOURCES
def test_the_table_is_printed_by_the_command(agree, source):
    agree(source, "threads", "serial", "queue", items=range(60))


@pytest.mark.long
@SOURCES
def test_a_result_for_standard_output_is_all_that_is_there(crossover, mine, source):
    ended = crossover("compare", "serial", "threads", *mine(source, range(60)), "-r", "1", "-w", "2", "--json", "-")
    assert ended.returncode == 0, ended
    assert [run["transport"] for run in json.loads(ended.stdout)["runs"]] == ["serial", "threads"]
    assert "Traceback" not in ended.stderr
