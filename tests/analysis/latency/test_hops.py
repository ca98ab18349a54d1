"""Where the time goes, on records written by hand."""

from hypothesis import given
from hypothesis import strategies as st
from sample_records import result_of, run_of
from screen import printed

from crossover.analysis.conclusions import conclude
from crossover.analysis.latency.timing import median_hops
from crossover.report.terminal.layout.drawing import stacked
from crossover.report.terminal.render import render
from crossover.results.records import Hops


def hops(submit, wait, execute, back):
    return Hops(submit=submit, wait=wait, execute=execute, back=back)


def shown(*runs, wire=None, **plan):
    result = result_of(*runs, **plan)
    result.wire = wire or {}
    return printed(render(conclude(result)))


def rows(page, transport):
    """Return its rows: of the first table, of this one."""
    return [line.split() for line in page.splitlines() if line.startswith(f"{transport} ")]


def test_each_hop_is_the_median_of_the_rounds():
    runs = [run_of(hops_us=hops(number, 10 * number, 100 * number, 5)) for number in (3, 1, 2)]
    assert median_hops(runs) == hops(2, 20, 200, 5)


def test_a_round_of_which_nothing_came_back_does_not_count():
    assert median_hops([run_of(), run_of(hops_us=hops(1, 2, 3, 4))]) == hops(1, 2, 3, 4)
    assert median_hops([run_of()]) is None


def test_the_bar_shows_the_share_of_each_hop_by_its_character():
    page = shown(run_of(hops_us=hops(10, 20, 30, 60)), run_of("pipe", hops_us=hops(0, 60, 0, 0)))
    assert rows(page, "queue")[1][:-1] == ["queue", "10", "20", "30", "60"]
    drawn = rows(page, "queue")[1][-1]
    assert [round(drawn.count(character) / len(drawn) * 12) for character in "█░▓▒"] == [1, 2, 3, 6]
    assert rows(page, "pipe")[1] == ["pipe", "0", "60", "0", "0", "░" * len(drawn)]
    assert "Where a task's time goes" in page
    assert "Bars: █ submit, ░ wait, ▓ execute, ▒ return" in page


@given(st.lists(st.floats(0, 1e9), min_size=4, max_size=4))
def test_every_bar_is_full_and_has_its_parts_in_order(parts):
    drawn = stacked(parts, "█░▓▒", 24)
    assert len(drawn) == (24 if sum(parts) else 0)
    assert sorted(drawn, key="█░▓▒".index) == list(drawn)


def test_bytes_are_said_of_those_that_have_a_broker():
    runs = [run_of(hops_us=hops(1, 2, 3, 4)), run_of("redis-list", hops_us=hops(1, 2, 3, 4))]
    page = shown(*runs, wire={"redis-list": 40_223.4})
    assert rows(page, "redis-list")[1][-1] == "40,223"
    assert rows(page, "queue")[1][-1] == "-"
    assert "without TCP headers" in " ".join(page.split())
    assert "TCP" not in shown(run_of(hops_us=hops(1, 2, 3, 4)))


def test_of_several_tasks_in_a_message_the_time_is_the_messages():
    assert "the time of a message (64 tasks) goes" in " ".join(
        shown(run_of(hops_us=hops(1, 2, 3, 4)), batch=64).split()
    )


def test_where_nothing_came_back_there_is_no_table():
    assert "time goes" not in shown(run_of())


def test_a_long_name_leaves_room_for_every_figure():
    page = shown(run_of("celery+rabbitmq://a.long.host:5672/%2F?workers=external", hops_us=hops(1e6, 1e6, 1e6, 1e6)))
    assert all(len(line) <= 80 for line in page.splitlines())
    assert page.count("1,000,000") == 4
