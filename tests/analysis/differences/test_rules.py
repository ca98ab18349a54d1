"""The table of docs/method-differences.md says of every setting what becomes of a difference."""

import re

import pytest
from output_blocks import ROOT

from crossover.analysis.differences import rules
from crossover.results.job import JobPlan
from crossover.results.records import Host, Plan
from crossover.results.safety import SafetyPlan
from crossover.results.share import SharePlan

OTHERS = "every other setting of the plan"
PLANS = (Plan, SafetyPlan, SharePlan, JobPlan)
PLAN_FIELDS = {name for plan in PLANS for name in plan.__struct_fields__}


@pytest.fixture(scope="module")
def table():
    """Setting → (refused, noted)."""
    section = (ROOT / "docs" / "method-differences.md").read_text(encoding="utf-8")
    section = section.partition("\n## Refused, noted, not compared\n")[2].partition("\n## ")[0]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3:
            for name in re.findall(r"`(\w+)`", cells[0]) or [cells[0]]:
                assert name not in found, f"{name} has two rows"
                found[name] = (cells[1], cells[2])
    return found


def row(rule):
    return tuple(words or "-" for words in (rule.refused, rule.noted))


def test_every_fact_about_a_host_has_a_rule_and_a_row_that_says_it(table):
    assert set(rules.HOST) == set(Host.__struct_fields__)
    for name, rule in rules.HOST.items():
        assert table[name] == row(rule), name


def test_every_setting_of_a_plan_has_a_row_or_is_refused(table):
    assert set(rules.PLAN) <= PLAN_FIELDS
    for name, rule in rules.PLAN.items():
        assert table[name] == row(rule), name
    assert table[OTHERS] == table["value_digest"] == row(rules.ANY)


def test_packages_that_only_show_have_a_row(table):
    for name in rules.SHOWS:
        assert rules.of_package(name) is rules.NOTED
        assert table[name] == row(rules.NOTED)
    assert rules.of_package("redis") is rules.RELEASE


def test_the_table_has_no_row_of_something_else(table):
    known = {*rules.HOST, *rules.PLAN, *rules.SHOWS, "value_digest", "interpreters", OTHERS, "what differs"}
    assert {name for name in table if not set(name) <= set("- ")} == known
