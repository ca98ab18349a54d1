"""How sentences are wrapped: by cells, with further lines under the text of the first one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text
from sample_results import shared
from screen import printed

from crossover.report.terminal.layout.paragraph import Paragraph
from crossover.report.terminal.render import render


def lines(text, width=20, **how):
    return [line.rstrip() for line in printed(Paragraph(Text(text), **how), width).splitlines()]


@pytest.mark.parametrize(
    ("text", "how", "shown"),
    [
        ("one two three four five", {}, ["one two three four", "five"]),
        ("one two three four five", {"hanging": True}, ["one two three four", "  five"]),
        ("one two three four five", {"indent": 2, "hanging": True}, ["  one two three four", "    five"]),
        ("  one two three four", {}, ["  one two three four"]),
        ("  one two three four five", {}, ["  one two three four", "    five"]),
        ("  Said:  one two three four", {}, ["  Said:  one two", "         three four"]),
        ("one\n  two three four five\n\nsix", {}, ["one", "  two three four", "    five", "", "six"]),
        ("  a-word-that-is-too-long-for-a-line", {}, ["  a-word-that-is-too", "    -long-for-a-line"]),
        ("", {}, [""]),
    ],
)
def test_further_lines_stand_under_the_text(text, how, shown):
    assert lines(text, **how) == shown


def test_chinese_needs_no_spaces_and_fills_a_line_after_a_word():
    assert lines("用 get 取得返回值，没有就等待。") == ["用 get 取得返回值，", "没有就等待。"]


def test_a_mark_goes_to_the_next_line_with_what_it_ends_or_begins():
    assert lines("进程池的进程数固定。", 18) == ["进程池的进程数固", "定。"]
    assert lines("进程池的进程（八个）", 14) == ["进程池的进程", "（八个）"]


def test_colours_stay_where_they_were():
    text = Text.assemble("  one two ", ("three four", "red"), " five")
    found = printed(Paragraph(text), 14)
    assert found.split() == ["one", "two", "three", "four", "five"]


@given(st.text(st.sampled_from("ab 进程，。（） \n:-"), max_size=30), st.integers(40, 50), st.booleans())
def test_nothing_is_lost_and_every_line_fits(text, width, hanging):
    text += text
    found = printed(Paragraph(Text(text), hanging=hanging), width)
    assert "".join(found.split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in found.splitlines())


@pytest.mark.parametrize(("full", "indents"), [(False, {2, 4}), (True, {0, 2})])
def test_a_long_sentence_of_a_verdict_is_indented(full, indents):
    shown = [line.rstrip() for line in printed(render(shared(), full=full)).splitlines()]
    verdict = [line for line in shown[shown.index("Verdict") + 1 :] if line and not line.startswith("Details")]
    assert {len(line) - len(line.lstrip()) for line in verdict} == indents
