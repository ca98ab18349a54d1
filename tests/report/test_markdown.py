"""What the terminal shows, as Markdown: the same words in the same order, whatever is in them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Group
from rich.text import Text
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of, run_of
from sample_shares import share_result, share_run
from screen import printed

from crossover.report.formats.catalogue import FORMATS, rendered
from crossover.report.formats.markdown import as_markdown, code, escaped
from crossover.report.terminal.layout.columns import Column
from crossover.report.terminal.layout.grid import Grid
from crossover.results.records import Skipped

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
WITHOUT_WIDTH = "\u200b"
NASTY = ["<script>alert(1)</script>", "a|b", "\\|", "[x](http://y)", "![x](y)", "`x`", "**x**", "_x_", "~~x~~"]
NASTY += [
    "&lt;",
    "# x",
    "- x",
    "+ x",
    "1. x",
    "1) x",
    "---",
    "***",
    "> x",
    "```",
    "a\nb",
    "a_b_c",
    "$x$",
    "x\\",
    "[red]",
]


def read(markdown):
    """Return the text that a reader of Markdown sees, and the tags around it."""
    text, tags = [], set()
    for block in READER.parse(markdown):
        tags.add(block.tag)
        for part in block.children or ():
            tags.add(part.tag)
            text.append(" " if part.type == "softbreak" else part.content)
        text.append("\n" if block.type == "inline" else "")
    return "".join(text).replace(WITHOUT_WIDTH, ""), tags


def one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize("text", NASTY)
def test_markup_is_shown_as_it_is(text):
    table = Grid([Column("name", [text])])
    page = Group(Text(text, style="bold"), table, Text(text), Text.assemble(("warning:", "red"), f" {text}"))
    shown, tags = read(as_markdown({text: (page, code(text))}))
    assert one_line(shown).count(one_line(text)) == 5
    assert tags <= {"h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p", "strong", "code", ""}


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1).filter(str.strip))
@example("\\\\|")
@example("1.")
def test_any_text_comes_through_a_table_a_list_and_a_heading(text):
    table = Grid([Column("name", [text])])
    shown, tags = read(as_markdown({"": (Group(Text(text, style="bold"), table, Text(text.strip())), "end")}))
    assert [line for line in shown.splitlines() if line] == [
        one_line(text),
        "name",
        one_line(text),
        one_line(text),
        "end",
    ]
    assert tags <= {"h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p", ""}


def test_names_with_underscores_can_still_be_read_as_they_are_written():
    assert escaped("value_digest 17.5% (redis-list)") == "value_digest 17.5% (redis-list)"


def compared():
    runs = [*rounds_of("queue", 1000, 1001, 999, 1000), *rounds_of("pipe", 500, 501, 499, 500)]
    runs += rounds_of("redis-list", 250, 251, 249, 250, guarantee=AT_MOST_ONCE_ACROSS, warnings=["late"])
    return result_of(*runs, skipped=[Skipped("pool", "no pools today")])


@pytest.mark.parametrize("result", [compared(), share_result(share_run("value", lost=9), share_run("value-lock"))])
def test_all_words_of_the_terminal_are_there_in_the_same_order(result):
    legends = ("transport", "state", "Bars: ")
    lines = [line for line in printed(rendered(result)).splitlines() if not line.startswith(legends)]
    words = re.findall(r"[\w.,%×]+", "\n".join(lines))
    written = iter(re.findall(r"[\w.,%×]+", read(FORMATS["markdown"]({"": result}, []))[0]))
    assert all(word in written for word in words)


def test_it_has_headline_tables_answer_warnings_skipped_and_the_host_in_this_order():
    markdown = FORMATS["markdown"]({"r.json": compared()}, [])
    places = [
        markdown.index(part)
        for part in (
            "### power: 1,000 tasks",
            "#### Throughput",
            "- Fastest (at-most-once delivery, local): queue",
            "| transport | tasks/s |",
            "| queue | 1,000 |",
            "#### Warnings and what was skipped",
            "- **warning:** redis-list: late",
            "- skipped: pool: no pools today",
            "#### Verdict",
            "- Use queue with 2 workers",
            "crossover · 2025-01-01",
        )
    ]
    assert places == sorted(places)
    assert "a cpu, 2 cores, 1.0 GiB" in markdown


def test_each_table_of_a_group_has_its_headings():
    markdown = FORMATS["markdown"]({"": compared()}, [])
    assert markdown.count("| transport | tasks/s | ± 95% | 95% interval | vs fastest | wrong | CPU µs |") == 2
    assert "*at-most-once delivery, broker:*" in markdown


def test_several_results_stand_under_their_names():
    markdown = FORMATS["markdown"]({"a.json": compared(), "b_1.json": result_of(run_of("pipe"))}, [])
    assert [line for line in markdown.splitlines() if line.startswith("## ")] == ["## a.json", "## b_1.json"]


def test_a_result_without_runs_says_so():
    assert "Nothing was measured." in FORMATS["markdown"]({"": result_of()}, [])


PEOPLE = ["@someone", "(@someone)", "user:***@host", "@org/team", "\\@someone", "&#64;someone"]
ISSUES = ["#12", "x#12", "GH-12", "gh-12", "owner/repo#12", "\\#12"]


@pytest.mark.parametrize("text", [*PEOPLE, *ISSUES])
def test_markdown_notifies_no_user_and_links_no_issue(text):
    """GitHub looks for them in the text that is read, after all that Markdown does to it; not in code."""
    table = Grid([Column(text, [text])], [text])
    markdown = as_markdown({text: (Group(Text(text, style="bold"), table, Text(text)), code(text))})
    seen = "".join(
        part.content for block in READER.parse(markdown) for part in block.children or () if part.type != "code_inline"
    )
    assert not re.search(r"@\w|#\d|\bGH-\d", seen, re.IGNORECASE)
    assert read(markdown)[0].count(text) == 5


def test_nothing_is_drawn_in_it():
    markdown = FORMATS["markdown"]({"": compared()}, [])
    assert not re.search("[█▏▎▍▌▋▊▉▁▂▃▄▅▆▇░▒▓─]", markdown)
    assert "|  |" not in markdown
