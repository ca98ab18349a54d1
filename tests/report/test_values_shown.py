"""What a report says of values that differ: which transports, what values may depend on, what to do."""

import html
import re

import pytest
from msgspec.structs import replace
from sample_records import result_of, rounds_of, run_of
from sample_results import page
from sample_scales import law, scale_of, scaled

from crossover.analysis.differences.difference import difference
from crossover.report.formats.catalogue import FORMATS
from crossover.report.topics.catalogue import outline
from crossover.report.wording.values import values
from crossover.results.conclusions.findings import ValueComparison


def compared(*runs, workload="mine:run", **found):
    return replace(result_of(*runs, workload=workload), values=ValueComparison(**{"checked": False} | found))


def differing(*changing, alike=(), rounds=2):
    """A result in which 3 of 5 tasks differ, each run with a digest of its own."""
    labels = [*changing, *(label for group in alike for label in group)]
    digests = iter(range(100))
    runs = [
        run_of(label, round=number, value_digest=f"{next(digests):016x}")
        for label in labels
        for number in range(1, rounds + 1)
    ]
    return compared(*runs, tasks=5, differing=3, changing=list(changing), alike=list(map(list, alike)))


def said(result):
    return " ".join(sentence.plain for sentence in values(result))


def test_every_transport_whose_values_change_is_named_and_none_is_blamed():
    words = said(differing("queue", "pipe"))
    assert "4 different value_digests. 3 of 5 tasks differ." in words
    assert "Values change from run to run of queue, pipe, so they may depend on time, random numbers, or the" in words
    assert "this cannot be told from a transport that damages values" in words
    assert words.endswith("with a check: mine:run.check = lambda item, value: ...")


def test_transports_that_agree_are_named_beside_the_one_that_does_not():
    assert "They are the same in all runs of pipe, pool." in said(differing("queue", alike=[("pipe", "pool")]))


def test_values_that_differ_between_transports_only_are_said_to():
    words = said(differing(alike=[("queue", "pipe"), ("threads",)]))
    assert "Values differ between transports (queue, pipe | threads), so they may depend on the process" in words
    assert "change from run to run" not in words


def test_one_run_of_each_tells_less():
    words = said(differing(alike=[("queue",), ("threads",)], rounds=1))
    assert "One run of each cannot show whether they also change from run to run (-r 2 does)." in words


def test_a_value_that_is_missing_is_no_different_value():
    runs = [run_of("queue"), run_of("pipe", value_digest="f" * 16, delivery={"failed": 1})]
    assert said(compared(*runs, tasks=5, alike=[["queue", "pipe"]])).startswith("No task returned different values")


def test_values_that_a_check_accepts_may_differ():
    runs = [run_of("queue"), run_of("pipe", value_digest="f" * 16)]
    assert said(compared(*runs, checked=True)).endswith("2 different value_digests. The check accepted all of them.")
    runs[1].delivery.corrupted = 1
    assert said(compared(*runs, checked=True)).endswith("2 different value_digests.")


@pytest.mark.parametrize("form", ["markdown", "page", "terminal"])
def test_every_form_of_a_report_says_the_same(form):
    result = differing("queue", "pipe")
    text = {
        "markdown": lambda: FORMATS["markdown"]({"0": result}, {}),
        "page": lambda: html.unescape(re.sub("<[^>]*>", "", page([result]))),
        "terminal": lambda: " ".join(note.plain for topic in outline(result).topics for note in topic.notes),
    }[form]()
    assert said(result).partition(":")[2].partition("mine")[0].strip() in " ".join(text.replace("\\", "").split())


def test_numbers_of_workers_are_reported_likewise():
    scale = scale_of(*scaled("queue", law(0.1, 0.0)))
    found = ValueComparison(checked=False, tasks=5, differing=5, changing=["queue"])
    (warning,) = [one.plain for one in outline(replace(scale, values=found)).warnings if "5 of 5" in one.plain]
    assert "Values change from run to run of queue" in warning


def test_values_that_did_not_differ_before_fail_a_comparison_of_two_results():
    base = compared(
        *rounds_of("queue", *[1000] * 5), *rounds_of("pipe", *[900] * 5), tasks=5, alike=[["queue", "pipe"]]
    )
    new = replace(base, values=ValueComparison(checked=False, tasks=5, differing=2, alike=[["queue"], ["pipe"]]))
    found = difference(base, new, 0.1)
    assert found.breached
    assert [one.harm for one in found.changes] == [
        "now 10 × tasks whose values differ between runs, and none before"
    ] * 2
    assert not difference(new, new, 0.1).breached
