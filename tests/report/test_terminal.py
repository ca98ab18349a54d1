"""What a person reads of a result: figures, bars, and under them what they say."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of, run_of
from screen import printed

from crossover.report.terminal.console import PipeSafeConsole
from crossover.report.terminal.layout.drawing import bar, line_of
from crossover.report.terminal.render import render
from crossover.results.records import Cost, Skipped


def shown(result, width=80):
    return printed(render(result), width)


def in_one_line(result):
    return " ".join(shown(result).split())


def test_names_and_messages_are_shown_as_they_are():
    console = PipeSafeConsole(file=io.StringIO(), width=80)
    console.print("queue:fire:: OSError: no :key: here")
    assert console.file.getvalue() == "queue:fire:: OSError: no :key: here\n"


def test_a_bar_is_as_long_as_its_part():
    assert [len(bar(twelfths / 12)) for twelfths in range(13)] == list(range(13))
    assert bar(1.0) == "█" * 12
    assert bar(0.5 / 12) == "▌"
    assert bar(0.0) == ""


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_longer_bar_is_never_for_a_smaller_part(one, other):
    small, large = sorted((one, other))
    assert len(bar(small)) <= len(bar(large)) <= 12


def test_the_fastest_has_the_longest_bar_and_stands_first():
    lines = shown(result_of(*rounds_of("pipe", 500, 500), *rounds_of("queue", 1000, 1000))).splitlines()
    rows = [line.split()[:3] for line in lines if line.startswith(("queue ", "pipe "))][:2]
    assert [row[:2] for row in rows] == [["queue", "1,000"], ["pipe", "500"]]
    assert len(rows[0][2]) >= 12
    assert len(rows[1][2]) == pytest.approx(len(rows[0][2]) / 2, abs=1)


def test_a_long_name_is_folded_and_takes_no_figure_from_anybody():
    lines = shown(
        result_of(*rounds_of("celery+rabbitmq://a.long.host:5672/%2F?workers=external", 400, 500))
    ).splitlines()
    heading = next(line for line in lines if line.startswith("transport"))
    for name in ("tasks/s", "± 95%", "wrong"):
        assert name in heading
    assert all(len(line) <= 80 for line in lines)


def test_transports_with_the_same_guarantee_stand_together():
    across = AT_MOST_ONCE_ACROSS
    runs = [*rounds_of("queue", 1000, 1001, 999, 1000), *rounds_of("pipe", 500, 501, 499, 500)]
    runs += rounds_of("redis-list", 250, 251, 249, 250, guarantee=across)
    said = in_one_line(result_of(*runs))
    assert "at-most-once delivery, local: queue 1,000" in said
    assert "at-most-once delivery, broker: redis-list 250" in said
    assert "Fastest (at-most-once delivery, local): queue" in said
    assert "Fastest (at-most-once delivery, broker): redis-list" in said
    # 2 workers: 2 / 250 s less 2 / 1000 s = 6 ms more for each task; 19 times that is 114 ms
    assert "as fast as redis-list, which adds 6,000 µs per task" in said
    assert "Tasks of 114 ms or more run equally fast through both" in said


def test_the_cost_of_what_is_not_all_ours_is_not_said():
    far = rounds_of("celery+redis", *[500] * 5, guarantee=AT_MOST_ONCE_ACROSS)
    lines = shown(result_of(*rounds_of("queue", *[1000] * 5), *far)).splitlines()
    assert next(line for line in lines if line.startswith("celery+redis")).split()[-2] == "-"
    assert next(line for line in lines if line.startswith("queue ")).split()[-2] == "100"
    assert not any("µs CPU" in line for line in lines)


def test_the_fastest_is_named_with_those_within_noise_of_it():
    pipe, queue, pool = (500, 501, 502, 500), (1000, 1040, 1020, 1020), (980, 1010, 1030, 1000)
    runs = [*rounds_of("pipe", *pipe), *rounds_of("queue", *queue), *rounds_of("pool", *pool)]
    said = in_one_line(result_of(*runs))
    assert "Fastest: queue, 1,020 tasks/s. No significant difference from it: pool (-" in said
    assert "Slower than queue: pipe -5" in said


def test_counts_are_sums_over_the_rounds():
    runs = [run_of(round=number, delivery={"lost": number, "failed": 1000}) for number in (1, 2)]
    rows = [line.split() for line in shown(result_of(*runs)).splitlines() if line.startswith("queue ")]
    assert "2,003" in rows[0]
    assert ["queue", "3", "0", "2,000", "0"] in rows


def test_equal_digests_are_said_and_different_ones_more_loudly():
    same = result_of(run_of(), run_of("pipe"))
    assert "All runs returned the same values (value_digest 0123456789abcdef)." in in_one_line(same)
    different = result_of(run_of(), run_of("pipe", value_digest="f" * 16))
    assert "The runs did not all return the same values: 2 different value_digests." in in_one_line(different)
    assert "All runs returned the same" not in in_one_line(different)


def test_where_no_value_came_at_all_none_is_praised():
    nothing = {"completed": 0, "accepted": 0, "attempted": 0}
    runs = [run_of(name, 0.0, nothing, value_digest="0" * 16, ending="broke") for name in ("queue", "pipe")]
    assert "returned the same values" not in in_one_line(result_of(*runs))


@pytest.mark.parametrize("delivery", [{"lost": 1}, {"completed": 0}])
def test_no_loss_is_claimed_only_where_none_was_seen(delivery):
    assert "No task was lost of 1,000 per transport: at 95% confidence, fewer than 1 in 333" in in_one_line(
        result_of(run_of())
    )
    assert "No task was lost" not in in_one_line(result_of(run_of(), run_of("pipe", delivery=delivery)))


def test_a_run_that_was_cut_off_before_all_came_back_claims_no_loss_and_the_rest_counts_without_it():
    cut_off = run_of(ending="interrupted", delivery={"attempted": 1_000, "accepted": 1_000, "completed": 560})
    alone = in_one_line(result_of(cut_off))
    assert "No task was lost" not in alone
    assert "440 tasks had not come back when a run was ended: whether they are lost is unknown." in alone
    both = in_one_line(result_of(run_of(), cut_off))
    assert "No task was lost of 1,000 per transport" in both
    assert "440 tasks had not come back" in both


def test_a_bound_that_says_nothing_is_not_said():
    assert "fewer than 1 in 1 " not in in_one_line(result_of(run_of(delivery={"completed": 5})))


def test_bad_endings_and_skipped_transports_are_named():
    result = result_of(run_of(ending="a process died: worker 12"), skipped=[Skipped("pipe", "no pipes today")])
    assert "queue, round 1: a process died: worker 12" in in_one_line(result)
    assert "skipped: pipe: no pipes today" in in_one_line(result)


def test_the_most_frequent_failures_are_shown_and_the_rest_is_counted():
    said = in_one_line(result_of(run_of(reasons={f"E: {tasks}": tasks for tasks in range(1, 6)})))
    assert "failed: 5 × E: 5 failed: 4 × E: 4 failed: 3 × E: 3 failed: … and 2 more kinds of failure" in said


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[bold", ":warning:", "C:\\", "\\[red]", "[link=a]b"])
def test_what_looks_like_markup_is_shown_as_it_is(text):
    result = result_of(
        run_of(text, reasons={text: 1}, warnings=[text], ending=text, workload=text),
        skipped=[Skipped(text, text)],
        workload=text,
    )
    said = in_one_line(result)
    assert f"failed: 1 × {text} " in said
    assert f"skipped: {text}: {text}" in said
    assert f"warning: {text}: {text} " in said
    assert f"{text}, round 1: {text} " in said
    assert said.startswith(f"The transport did not finish clean {text}: round 1: {text} {text}: 1,000 tasks")


@pytest.mark.parametrize("width", [80, 81, 92, 100, 120, 160, 200])
def test_more_columns_are_used_up_to_160_and_then_each_round_has_a_mark(width):
    runs = [*rounds_of("queue", 1000, 500, 1000, 250), *rounds_of("celery+rabbitmq://a.long.host:5672/%2F", *[400] * 4)]
    lines = shown(result_of(*runs), width).splitlines()
    heading = next(line for line in lines if line.startswith("transport"))
    assert max(map(len, lines)) <= min(width, 160)
    assert ("rounds" in heading) == (width >= 120)
    assert any(line.rstrip().endswith("█▅█▃") for line in lines) == (width >= 120)
    assert ("95% interval" in heading) == (width >= 120)


def test_rounds_in_which_nothing_came_have_the_lowest_mark():
    assert line_of([0.0, 0.0]) == "▁▁"
    assert line_of([0.0, 10.0]) == "▁█"
    assert line_of([]) == ""


def test_the_same_transport_twice_shows_the_noise():
    twice = [*rounds_of("queue", *[1000] * 4), *rounds_of("queue (2)", *[990] * 4, url="queue")]
    assert "queue and queue (2) are the same transport and differ by 1.0%: noise." in in_one_line(result_of(*twice))
    assert "the same transport" not in in_one_line(result_of(*rounds_of("queue", 1000), *rounds_of("pipe", 1000)))


@pytest.mark.parametrize(
    ("shared_once", "said"),
    [
        (["producer", "workers"], "Memory that processes share counts once."),
        (["producer"], "Memory that processes share counts once for each of them (workers)."),
        ([], "Memory that processes share counts once for each of them (producer, workers)."),  # of an older version
    ],
)
def test_how_memory_is_counted_that_processes_share_is_said(shared_once, said):
    cost = Cost({"producer": 0.1}, 0.1, 0.0, {"producer": 2**25, "workers": 2**26}, shared_once=shared_once)
    assert f"and peak memory. {said}" in in_one_line(result_of(run_of(cost=cost)))
