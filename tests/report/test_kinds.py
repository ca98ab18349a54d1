"""Every kind of result has one row: a new one needs a function that makes its outline, and is shown in every form."""

import pytest
from rich.text import Text
from sample_results import KINDS, compared, slower
from screen import printed

from crossover.report.page.sections import sections
from crossover.report.terminal.render import render
from crossover.report.topics import catalogue
from crossover.report.topics.outline import Outline, Table, Topic
from crossover.results.kinds import Kind, kind_of

OF_SAMPLE = {
    "compare": Kind.COMPARISON,
    "load": Kind.COMPARISON,
    "rate": Kind.RATE,
    "scale": Kind.SCALE,
    "payload": Kind.PAYLOAD_SIZES,
    "backlog": Kind.BACKLOG,
    "share": Kind.SHARE,
    "safety": Kind.SAFETY,
    "claims": Kind.CLAIMS,
    "job": Kind.JOB,
}


@pytest.mark.parametrize("sample", KINDS)
def test_a_result_says_what_it_is_about(sample):
    assert kind_of(KINDS[sample]()) is OF_SAMPLE[sample]


def test_two_results_beside_each_other_are_a_kind_too():
    assert kind_of(slower(compared(), 0.2)) is Kind.DIFFERENCE


def test_each_kind_has_a_row():
    assert set(catalogue.OUTLINES) == set(Kind)


def test_a_topic_without_tables_and_charts_of_its_own_is_shown_by_its_table(monkeypatch):
    table = Table("Claims", ("claim", "times", "share"), [["threads are slow", 3, 0.25], ["pipes are fast", 12, None]])
    outline = Outline("claims: 2", [Text("Both hold.")], [Topic("What people say", table=table)], [])
    monkeypatch.setattr("crossover.report.topics.comparison.comparison", lambda _: outline)
    lines = [line.split("  ") for line in printed(render(compared())).splitlines()]
    rows = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert ["claims: 2"] in rows
    assert ["What people say"] in rows
    assert ["threads are slow", "3", "0.25"] in rows
    assert ["pipes are fast", "12", "-"] in rows
    (section,) = sections(compared())
    assert section.tables == [table]
