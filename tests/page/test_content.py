"""What stands on a page, whatever it is read with."""

import re
from html.parser import HTMLParser

import pytest
from sample_records import result_of, rounds_of
from sample_results import KINDS, compared, everything, judged, page, scaled_up, shared, slower, struck

from crossover.report.page.chart_files import write_charts

MOST = 2_000_000  # bytes


class Tables(HTMLParser):
    """Reads the tables of a page: caption → rows of cells, a figure as it was before it was rounded."""

    def __init__(self, text):
        super().__init__()
        self.found, self._caption, self._cell, self._value = {}, None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "caption":
            self._caption = ""
        elif tag == "tr" and self.found:
            self._rows.append([])
        elif tag in {"td", "th"}:
            self._cell, self._value = "", None
        elif tag == "data":
            self._value = float(dict(attrs)["value"])

    def handle_endtag(self, tag):
        if tag == "caption":
            self._rows = self.found[self._caption] = []
            self._caption = None
        elif tag in {"td", "th"}:
            self._rows[-1].append(self._cell.strip() if self._value is None else self._value)
            self._cell = None

    def handle_data(self, data):
        if self._caption is not None:
            self._caption += data
        elif self._cell is not None:
            self._cell += data


def titles(text):
    return re.findall(r"<h3[^>]*>(.*?)</h3>", text)


def test_all_results_together_are_small_and_name_no_address():
    text = page(everything())
    assert len(text.encode()) < MOST
    outside = text[: text.index('<script type="module">')]
    assert "http" not in outside.replace("http-equiv", "")


def test_a_page_does_not_grow_with_its_rounds():
    few, many = len(page([compared(rounds=5)])), len(page([compared(rounds=200)]))
    assert abs(many - few) < 2_000


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("compare", ["Throughput", "Latency", "Where a task&#39;s time goes", "CPU and memory by role",
                     "Overhead per task",
                     "Efficiency at the break-even time, predicted and measured"]),
        ("payload", ["Payloads of several sizes"]),
        ("scale", ["Scaling", "Scaling: queue", "Scaling: pool"]),
        ("share", ["Shared counters"]),
        ("safety", ["What safety costs", "What each fault does", "What was observed", "What each safety level sets"]),
    ],
)  # fmt: skip
def test_there_are_only_the_sections_whose_data_there_is(kind, wanted):
    found = titles(page([KINDS[kind]()]))
    assert [title for title in found if not title.startswith(("Warnings", "Where it was"))] == wanted
    assert found[-1] == "Where it was measured"


def test_tables_say_what_the_result_says():
    result = compared()
    tables = Tables(page([result])).found
    rows = tables["Throughput, with the 95% interval of the median"][1:]
    assert [[row[0], *row[2:5]] for row in rows] == [
        [one.transport, one.throughput, one.ci95_low, one.ci95_high] for one in result.summary
    ]
    hops = tables["Where a task's time goes, bars in shares, data in median µs; queueing is part of wait and return"][
        1:
    ]
    assert [row[1:5] for row in hops] == [
        [one.hops_us.submit, one.hops_us.wait, one.hops_us.execute, one.hops_us.back] for one in result.summary
    ]


def test_the_tables_of_other_commands_do_so_too():
    scale, share, safety = scaled_up(), shared(), judged()
    tables = Tables(page([scale, share, safety])).found
    rows = tables["Throughput with each number of workers"][1:]
    assert [row[:5] for row in rows] == [
        [p.transport, p.workers, p.throughput, p.ci95_low, p.ci95_high] for p in scale.points
    ]
    assert [row[1:4] for row in tables["Shared counters"][1:]] == [
        [one.updates_per_second, one.ci95_low, one.ci95_high] for one in share.summary
    ]
    caption = "What safety costs: tasks/s with tasks that do nothing, and tasks lost when a busy worker is killed"
    assert [row[1:4] for row in tables[caption][1:]] == [[c.safety, c.throughput, c.lost] for c in safety.costs]


def test_the_matrix_says_in_words_what_its_colours_say():
    text = page([judged(struck("default", lost=3), struck("safe", error="a visible one", symptoms="E"))])
    assert '<td class="bad">L lost 3</td>' in text
    assert '<td class="error" title="a visible one">E error</td>' in text
    assert '<td class="nothing" title="nothing dies">· does not apply</td>' in text
    assert "1 of 2 runs with a fault lost accepted tasks: redis-list default" in text


def test_the_answer_stands_on_top():
    text = page([compared()])
    answer = text[text.index('<div class="answer">') : text.index("<h3")]
    assert "Use queue with 2 workers" in answer
    assert 1 <= answer.count("<p>") <= 4


def test_several_results_have_a_table_of_contents():
    text = page([compared(), shared()])
    links = re.findall(r'<a href="#(result-\d+)">', text)
    assert links == ["result-1", "result-2"]
    assert all(f'id="{link}"' in text for link in links)


def test_where_it_comes_from_is_said():
    text = page([compared()])
    for said in ("crossover compare queue pipe pool", "a cpu, 2 cores", "click 8", "redis 7, appendonly"):
        assert said in text
    assert "skipped: rabbitmq: no server" in text


def test_a_result_without_runs_is_a_page_all_the_same():
    text = page([result_of()])
    assert "Where it was measured" in text
    assert "<script" not in text


def test_one_round_and_one_transport_are_a_page():
    assert "Throughput" in page([result_of(*rounds_of("queue", 100))])


@pytest.mark.parametrize("throughput", [0.0, 1e-9, 1e12])
def test_odd_figures_are_drawn_too(throughput):
    assert "Throughput" in page([result_of(*rounds_of("queue", throughput), *rounds_of("pipe", 5))])


def test_what_is_behind_a_cell_of_the_matrix_can_be_read_without_pointing_at_it():
    runs = [struck(level, error="a visible one", symptoms="E") for level in ("default", "safe")]
    rows = Tables(page([judged(*runs)])).found["Details of the cells"]
    assert ["a visible one", "redis-list default, kill-worker-busy; redis-list safe, kill-worker-busy"] in rows
    assert any(reason == "nothing dies" for reason, _ in rows)


def test_what_has_changed_stands_before_the_results():
    base = compared()
    text = page([base, base], [slower(base, 0.2)])
    assert (
        text.index("0 → 1: slower by more than 10%?")
        < text.index("Slower by more than 10%: ")
        < text.index(">Throughput<")
    )
    (rows,) = (rows for caption, rows in Tables(text).found.items() if caption.startswith("Speed of each case"))
    assert rows[1][0] == base.summary[0].transport
    assert rows[1][4] == pytest.approx(0.8, abs=0.01)


def test_what_has_changed_becomes_a_picture(tmp_path):
    base = compared()
    written = write_charts({"a": base, "b": base}, [slower(base, 0.2, new="b")], tmp_path)
    assert {"2-changes.svg", "2-changes.png"} <= {path.name for path in written}


def test_charts_become_pictures(tmp_path):
    written = write_charts({"a": compared(), "b": judged()}, [], tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(written)
    names = {path.name for path in written}
    assert {"1-throughput.svg", "1-throughput.png", "1-hops.svg", "2-safety-throughput.png"} <= names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written if path.suffix == ".png")
    svg = (tmp_path / "1-throughput.svg").read_text(encoding="utf-8")
    assert "queue" in svg
    assert "currentColor" not in svg
