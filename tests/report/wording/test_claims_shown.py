"""What a person reads of claims in a terminal: a block for each of a few, a line for each of many."""

import pytest
from rich.cells import cell_len
from sample_claims import CODE, claim_run, claims_result, every_theme
from screen import printed

from crossover.report.formats.catalogue import FORMATS
from crossover.report.terminal.render import render
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import SkippedClaim

FREE = {"python": "/x/python3.14t", "version": "CPython 3.14.0 free-threaded"}


def shown(result, *, full=False, width=80):
    return printed(render(result, full=full), width)


def in_one_line(text):
    return " ".join(text.split())


def whole(text):
    """Return all characters, without the places where lines end."""
    return "".join(text.split())


def test_a_few_claims_have_a_block_each():
    lines = [line.rstrip() for line in shown(claims_result(claim_run(), claim_run("lock"))).splitlines()]
    assert lines[:5] == [
        "What is said about processes, threads and queues: 2 checked just now",
        "false 2",
        "",
        "Pools",
        "",
    ]
    assert lines[5:12] == [
        "pool-map: false",
        "  Said:     map is apply_async with close and join built in; it has no get and",
        "            gives no values.",
        "  Seen:     map([3, 1, 2]) returned [9, 1, 4]; another task for the same pool",
        "            then gave: 25.",
        "  Instead:  Use the list that map returns. The pool stays open until you close",
        "            it, or leave its with block.",
    ]


def test_many_claims_have_a_line_each_and_then_the_verdict():
    text = shown(every_theme())
    lines = [line.rstrip() for line in text.splitlines()]
    at = lines.index("Pools")
    assert lines[at + 1].startswith("  false           pools-1: ")
    assert "  false           pool-size: A pool should have cpu_count + 1 workers." in lines
    verdict = lines.index("Verdict")
    assert lines[verdict + 1] == "  true 4 · true, but 5 · misleading 6 · false 8 · could not tell 4"
    assert verdict > lines.index("Managers")
    assert "false: threads-2, thread-faster-for-compute, synchronisation-1" in text
    assert lines[-1] == "Details: --full, or --html page.html"
    assert "Seen:" not in text


def test_full_shows_the_blocks_of_many_claims():
    text = shown(every_theme(), full=True)
    assert "Seen:" in text
    assert "Details:" not in text
    assert [line.rstrip() for line in text.splitlines()].count("Verdict") == 1


@pytest.mark.parametrize("full", [False, True])
def test_what_could_not_be_told_or_was_skipped_says_why(full):
    text = in_one_line(shown(every_theme(), full=full))
    assert "it had not ended after 30 s" in text
    assert "skipped: middleware-safe: there is no redis-server" in text
    chinese = in_one_line(shown(every_theme("zh"), full=full))
    assert "跳过：middleware-safe" in chinese
    assert "30 s 之后仍未结束" in chinese
    assert "it had not ended" not in chinese


@pytest.mark.parametrize("width", [80, 81, 100, 160])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_fits_and_nothing_is_cut(language, full, width):
    result = every_theme(language)
    text = shown(result, full=full, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text
    assert whole(text) == whole(shown(result, full=full, width=1000))


def test_chinese_stands_under_chinese():
    lines = shown(claims_result(language="zh")).splitlines()
    first = next(number for number, line in enumerate(lines) if "说法：" in line)
    at = cell_len(lines[first].partition("map 相当于")[0])
    assert lines[first + 1].startswith(" " * at)
    assert lines[first + 1][at] != " "


@pytest.mark.long
def test_no_line_begins_with_a_mark_that_ends_a_phrase():
    for width in range(80, 120):
        lines = shown(every_theme("zh"), full=True, width=width).splitlines()
        assert not [line for line in lines if line.strip()[:1] in set("，。、；：！？）")]


def both():
    here = [claim_run("gil", ClaimVerdict.TRUE, {"x": 1}, theme="threads"), claim_run()]
    there = [claim_run("gil", ClaimVerdict.FALSE, {"x": 2}, theme="threads", **FREE), claim_run(**FREE)]
    return claims_result(*here, *there)


def test_several_interpreters_have_a_column_each():
    lines = [line.split("  ") for line in shown(both()).splitlines()]
    table = [[word.strip() for word in line if word.strip()] for line in lines]
    assert table.index(["CPython 3.14.0"]) + 1 == table.index(["claim", "CPython 3.11.7", "free-threaded"])
    assert ["gil", "true", "false"] in table
    assert ["pool-map", "false", "false"] in table
    text = in_one_line(shown(both()))
    assert "CPython 3.11.7: true 1 · false 1 CPython 3.14.0 free-threaded: false 2" in text
    assert "gil: true (CPython 3.11.7), false (CPython 3.14.0 free-threaded)" in text
    assert text.count("Use the list that map returns.") == 1


def test_interpreters_of_the_same_version_are_told_apart():
    paths = ("", "/one/bin/python", "/two/bin/python", "/two/bin/python3")
    result = claims_result(*(claim_run(python=path) for path in paths))
    text = in_one_line(shown(result))
    ends = ("this Python", "one/bin/python", "two/bin/python", "python3")
    assert all(f"CPython 3.11.7 ({end}): false 1" in text for end in ends)


def test_a_claim_that_one_of_them_could_not_check_has_no_verdict_there():
    result = claims_result(claim_run(), claim_run("lock"), claim_run(**FREE))
    result.skipped.append(SkippedClaim("lock", "it lacks redis"))
    assert ["lock", "false", "-"] in [line.split() for line in shown(result).splitlines()]


def test_markdown_has_a_heading_for_each_claim_and_its_code_folded():
    text = FORMATS["markdown"]({"": claims_result()}, [])
    places = [
        text.index(part)
        for part in (
            "#### Pools",
            "##### pool-map: false",
            "- **Said:** map is apply_async",
            "- **Seen:** map(",
            "- **Instead:** Use the list",
            "<details><summary>Code</summary>\n\n```python\n",
            CODE,
            "```\n\n</details>",
        )
    ]
    assert places == sorted(places)


def test_code_ends_no_block_of_code():
    text = FORMATS["markdown"]({"": claims_result(claim_run(code='"""\n```\n</details>\n````\n"""'))}, [])
    assert "\n`````python\n" in text


def test_csv_has_the_facts_and_no_code():
    heading, row = FORMATS["csv"]({"": claims_result()}, []).splitlines()
    assert {"claim", "verdict", "facts.later", "python", "version"} <= set(heading.split(","))
    assert "code" not in heading.split(",")
    assert "def " not in row
