"""What all faces have in common, for every kind of result: the same answer and titles; 80 columns, and up to 160."""

import re
from html import unescape

import pytest
from msgspec.structs import replace
from rich.text import Text
from sample_records import AT_MOST_ONCE_ACROSS, paced_rounds, result_of, rounds_of, run_of
from sample_results import KINDS, compared, judged, page, scaled_up, struck
from sample_scales import law, scale_of, scaled
from sample_shares import share_result, share_run
from screen import printed

from crossover.analysis.conclusions import conclude
from crossover.analysis.differences.difference import difference
from crossover.contract.safety import IN_MEMORY
from crossover.report.formats.catalogue import FORMATS
from crossover.report.page.glance import glance
from crossover.report.terminal.layout.columns import Column
from crossover.report.terminal.layout.grid import Grid, SideBySide
from crossover.report.terminal.layout.paragraph import Paragraph
from crossover.report.terminal.render import render
from crossover.report.terminal.tables.comparison.overview import overview
from crossover.report.terminal.tables.safety import SHORT
from crossover.report.topics.catalogue import outline
from crossover.report.wording.resources import explained
from crossover.results.comparison import Bookkeeping
from crossover.results.safety import Planted

LONG = "celery+rabbitmq://a.long.host:5672/%2F?workers=external"


def answer(result):
    return [sentence.plain for sentence in outline(result).answer]


def in_one_line(text):
    return " ".join(text.split())


def of(renderable, kind):
    """Return all parts of a kind that are shown."""
    if isinstance(renderable, Paragraph):
        renderable = renderable.text
    if isinstance(renderable, kind):
        return [renderable]
    inner = renderable.grids if isinstance(renderable, SideBySide) else getattr(renderable, "renderables", ())
    return [part for one in inner for part in of(one, kind)]


def said(columns):
    """Return the words of all headings, and of all cells that are always shown; names may be folded."""
    always = [one for one in columns if isinstance(one, Column) and not one.rank and not one.empty]
    cells = [cell for number, one in enumerate(always) for cell in (one.heading, *(one.cells if number else ()))]
    return {word for cell in cells for word in str(cell).split()}


def titles(renderable):
    """Return what stands there in bold, below the headline."""
    return [part.plain for part in of(renderable, Text) if part.style == "bold"][1:]


def widest():
    """Return kind → a result with long names and large figures."""
    names = ("queue", LONG)
    shares = [share_run("value", 123_456_789, 23_456_789), share_run("value-lock", 123_456_789)]
    shares[0].state = "redis-incr://a.host.with.a.long.name.example.org:6379/0"
    cells = [(name, level, fault) for name in names for level in ("fast", "default", "safe") for fault in SHORT]
    runs = [struck(level, fault, lost=123, transport=name) for name, level, fault in cells]
    return {
        "compare": compared(names=names),
        "load": result_of(*(run for name in names for run in paced_rounds(name, 5, 6, 5, 6)), rate=1e6),
        "scale": scale_of(*scaled(LONG, law(0, 0, 123_456_789.0), counts=(1, 1_000_000))),
        "share": share_result(*shares),
        "safety": judged(*runs),
    }


LONGER = ("compare", "load", "scale", "share", "safety")
EVERY = {**KINDS, **{f"long {kind}": lambda kind=kind: widest()[kind] for kind in LONGER}}


@pytest.mark.parametrize("kind", EVERY)
def test_the_terminal_opens_as_the_page_does_and_goes_on_in_its_order(kind):
    result = EVERY[kind]()
    text, html = printed(render(result), 80), page([result])
    opening = html[html.index("<article") : html.index('<nav aria-label="Parts')]
    opens = [
        unescape(re.sub(r"<[^>]+>", "", one))
        for one in re.findall(r"<(?:h2|p)(?! class)[^>]*>(.*?)</(?:h2|p)>", opening)
    ]
    headline, news = outline(result).headline, [sentence.plain for sentence in outline(result).news]
    assert opens == [headline, *news, *answer(result)]
    begins = [*news, headline] if outline(result).brief else [*news, headline, *answer(result)]
    assert in_one_line(text).startswith(in_one_line(" ".join(begins)))
    assert in_one_line(" ".join(answer(result))) in in_one_line(text)
    of_page = [unescape(title) for title in re.findall(r"<h3[^>]*>(.*?)</h3>", html)]
    assert [title for title in titles(render(result)) if title != "Verdict"] == [
        title
        for title in of_page[:-1]
        if title != "Scaling"  # the chart of all transports
    ]
    assert of_page[-1] == "Where it was measured"


@pytest.mark.parametrize("kind", EVERY)
def test_nothing_is_said_twice(kind):
    result = EVERY[kind]()
    sentences = [part.plain for part in of(render(result), Text) if part.plain.endswith(".")]
    assert len(sentences) == len(set(sentences))
    notes = re.findall(r"<p[^>]*>(.*?)</p>", page([result]))
    assert len(notes) == len(set(notes))


@pytest.mark.parametrize("width", [80, 100, 120, 160, 200])
@pytest.mark.parametrize("kind", EVERY)
def test_no_line_is_longer_than_the_terminal_and_everything_is_whole(kind, width):
    lines = printed(render(EVERY[kind]()), width).splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)


@pytest.mark.parametrize("kind", EVERY)
def test_labels_and_figures_are_whole_in_80_columns(kind):
    for grid in of(render(EVERY[kind]()), Grid):
        seen = set(printed(grid, 80).split())
        assert any(said(columns) <= seen for columns in (grid.columns, grid.roomy or grid.columns))


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"claims", "job"}))  # they have nothing more to show
def test_in_160_columns_more_is_shown(kind):
    whole = render(KINDS[kind]())
    assert len(in_one_line(printed(whole, 160))) > len(in_one_line(printed(whole, 80)))
    for grid in of(whole, Grid):
        narrow, wide = printed(grid, 80), printed(grid, 160)
        assert set(re.findall(r"[\w.,%×+-]+", narrow)) <= set(re.findall(r"[\w.,%×+-]+", wide))


def test_what_a_fault_does_is_said_in_words_where_there_is_room():
    runs = [struck(level, fault, lost=lost, **changes) for level in ("fast", "safe") for fault, lost, changes in (
        ("kill-worker-busy", 12, {}), ("kill-producer", 0, {}), ("kill-broker", 3, {"symptoms": "LE", "error": "x"}),
        ("poison-task", 0, {"symptoms": "H", "hung": True}), ("cut-network", 0, {}), ("pause-broker", 0, {}),
        ("oversize-payload", 0, {}), ("fill-broker-memory", 0, {}), ("kill-worker-idle", 0, {}))]  # fmt: skip
    narrow, wide = (printed(render(judged(*runs)), width) for width in (80, 160))
    assert "L lost" in narrow
    assert "busy kill-worker-busy" in in_one_line(narrow)
    assert "lost 12" in wide
    assert "lost 3," in wide
    assert "hung" in wide
    assert "L lost" not in wide


def test_tables_stand_side_by_side_where_there_is_room():
    sizes = [1024, 4096, 16384, 65536]
    runs = [run for name in ("queue", "shared-memory") for size in sizes
            for run in rounds_of(name, *[1e7 / size] * 4, payload_bytes=size)]  # fmt: skip
    result = result_of(*runs, payloads=sizes)
    assert not any("tasks/s" in line and "MB/s" in line for line in printed(render(result), 80).splitlines()[3:])
    assert any("tasks/s" in line and "MB/s" in line for line in printed(render(result), 160).splitlines()[3:])


@pytest.mark.parametrize("width", [80, 160])
def test_two_compared_results_fit_the_terminal(width):
    before = result_of(*rounds_of(LONG, 1e6, 1.01e6, 0.99e6, 1e6), *rounds_of("queue", 100, 101, 99, 100))
    now = result_of(*rounds_of(LONG, 5e5, 5.1e5, 4.9e5, 5e5), *rounds_of("queue", 100, 102, 99, 101))
    text = printed(render(replace(difference(before, now, 0.1), base="base.json", new="new.json")), width)
    assert max(map(len, text.splitlines())) <= width
    assert "-50% (" in in_one_line(text)
    assert in_one_line(text).startswith("base.json → new.json: slower by more than 10%? Slower by more than 10%:")
    assert ("│" in text) == (width == 160)


def test_what_is_worse_than_a_loss_is_said_first():
    said = " ".join(answer(judged(struck(hung=True, symptoms="H"))))
    assert said.startswith("Hung: redis-list default under kill-worker-busy.")


def test_a_checker_that_did_not_find_what_was_planted_is_not_praised():
    result = replace(judged(), self_test=[Planted("lost", 7, 0)])
    assert "the checker did NOT find the planted errors (lost 0/7)." in in_one_line(printed(render(result), 80))


def test_the_fastest_with_each_payload_size_is_named_in_each_group():
    kinds = (("queue", (1, 2, 3, 4, 5), IN_MEMORY), ("pipe", (4, 3, 2, 1, 0), IN_MEMORY),
             ("redis-list", (-900, -901, -902, -903, -904), AT_MOST_ONCE_ACROSS))  # fmt: skip
    runs = [
        run_of(name, 1000.0 + more, round=number, payload_bytes=size, guarantee=guarantee)
        for name, figures, guarantee in kinds
        for size in (1024, 65536)
        for number, more in enumerate(figures, start=1)
    ]
    (said,) = [one for one in answer(conclude(result_of(*runs, payloads=[1024, 65536]))) if one.startswith("Fastest")]
    assert said.startswith("Fastest (at-most-once delivery, local): at 1k queue, 1,003 tasks/s")
    assert "(no significant difference: pipe -1 to +1%)" in said
    assert "redis-list" not in said  # alone in its group


def test_a_warning_about_all_of_many_transports_says_all():
    many = [run for name in "abcd" for run in rounds_of(name, 1000, 1010, 990, 1005, warnings=["it was loud"])]
    assert "warning: all: it was loud" in in_one_line(printed(render(result_of(*many)), 80))
    few = [*rounds_of("a", 1000, 1010), *rounds_of("b", 1000, 1010, warnings=["it was loud"])]
    assert "warning: b: it was loud" in in_one_line(printed(render(result_of(*few)), 80))


def test_a_comparison_that_was_interrupted_says_so():
    part = result_of(*rounds_of("queue", 1000, 1010), *rounds_of("pipe", 900), rounds=2)
    assert "Partial: 3 of 4 runs were measured." in in_one_line(printed(render(part), 80))
    assert "Partial" not in printed(render(compared()), 80)


def test_who_has_no_workers_shows_none():
    result = result_of(*rounds_of("queue", 1000, 1010), *rounds_of("serial", 3000, 3010))
    (grid,) = overview(result)
    _, workers, *_ = grid.columns
    assert dict(zip(grid.columns[0].cells, workers.cells, strict=True)) == {"queue": "2", "serial": "-"}
    assert {name: shown for name, shown, *_ in glance(result).rows} == {"queue": 2, "serial": None}


WAYS = {
    "terminal": lambda result: printed(render(result), 200),
    "markdown": lambda result: FORMATS["markdown"]({"": result}, []),
    "page": lambda result: page([result]).replace("&#39;", "'"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", [compared, scaled_up])
def test_our_bookkeeping_is_said_so_that_a_reader_can_subtract_it(make, way):
    found = Bookkeeping(batch=8, window=256, producer_us=2.31, worker_us=0.85)
    said = in_one_line(WAYS[way](replace(make(), bookkeeping=found)))
    assert "2.31 µs in the producer and 0.85 µs in a worker are crossover's own bookkeeping" in said
    assert "does nothing, 8 tasks per message" in said
    assert "bookkeeping" not in WAYS["terminal"](make())  # of an earlier version


def test_what_bookkeeping_costs_where_each_outcome_has_time_stamps_is_said():
    found = Bookkeeping(batch=1, window=64, producer_us=1, worker_us=0.3, stamped_producer_us=3, stamped_worker_us=1.1)
    said = explained(replace(compared(), bookkeeping=found))
    assert "Through brokers, and in serial and threads, where each outcome has time stamps, it is 3 and 1.1 µs." in said
