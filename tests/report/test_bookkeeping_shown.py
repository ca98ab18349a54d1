"""Every result says what of the CPU time is our own bookkeeping, so that a reader can subtract it."""

import pytest
from msgspec.structs import replace
from sample_results import compared, page, scaled_up
from screen import printed

from crossover.report.formats.catalogue import FORMATS
from crossover.report.terminal.render import render
from crossover.results.records import Bookkeeping

FOUND = Bookkeeping(batch=8, window=256, producer_us=2.31, worker_us=0.85)
SAID = "2.31 µs in the producer and 0.85 µs in a worker are crossover's own bookkeeping"
WAYS = {
    "terminal": lambda result: printed(render(result), 200),
    "markdown": lambda result: FORMATS["markdown"]({"": result}, []),
    "page": lambda result: page([result]).replace("&#39;", "'"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", [compared, scaled_up])
def test_it_is_said_wherever_all_figures_are_shown(make, way):
    said = " ".join(WAYS[way](replace(make(), bookkeeping=FOUND)).split())
    assert SAID in said
    assert "does nothing, 8 tasks per message" in said


def test_a_result_of_an_earlier_version_says_nothing_of_it():
    assert "bookkeeping" not in printed(render(compared()), 200)
