"""What is slower or faster than before, as intervals say, and what cannot be told."""

import io
import random

import msgspec
import pytest
from rich.console import Console
from sample_records import result_of, rounds_of, run_of
from sample_scales import law, scale_of, scaled
from sample_shares import share_result, share_run

from crossover.analysis.differences.difference import difference
from crossover.report.terminal.render import render
from crossover.results.records import LoadShape, Percentiles, Skipped

ROUNDS = (1000, 1010, 990, 1005, 995)


def noisy(center, spread, draw, count=5):
    return [center * (1 + draw.gauss(0, spread)) for _ in range(count)]


def between(base, new, threshold=0.1):
    return difference(result_of(*rounds_of("queue", *base)), result_of(*rounds_of("queue", *new)), threshold)


def said(found):
    console = Console(file=io.StringIO(), width=80)
    console.print(render(msgspec.structs.replace(found, base="base.json", new="new.json")))
    return console.file.getvalue()


def in_one_line(found):
    return " ".join(said(found).split())


def test_a_planted_slowdown_of_20_percent_breaches_a_threshold_of_10():
    found = between(ROUNDS, [0.8 * figure for figure in ROUNDS])
    assert found.breached
    assert "queue 1,000 800 slower by 20 % (18 to 22 %)" in in_one_line(found)
    assert "Slower by more than 10 %: queue." in in_one_line(found)


def test_the_same_the_other_way_round_is_faster_and_breaches_nothing():
    found = between([0.8 * figure for figure in ROUNDS], ROUNDS)
    assert not found.breached
    assert "queue 800 1,000 faster by 25 % (23 to 28 %)" in in_one_line(found)
    assert "Nothing is slower by more than 10 %" in in_one_line(found)


def test_what_is_slower_by_less_than_the_threshold_is_said_and_breaches_nothing():
    found = between(ROUNDS, [0.95 * figure for figure in ROUNDS])
    assert "queue 1,000 950 slower by 5" in in_one_line(found)
    assert not found.breached


def test_what_may_be_slower_by_less_than_the_threshold_does_not_breach_it():
    found = between(ROUNDS, (900, 870, 830, 800, 850))
    assert not found.breached
    assert "Slower, perhaps by no more than that: queue." in in_one_line(found)


def test_the_same_is_not_distinguishable():
    found = between(ROUNDS, ROUNDS)
    assert "not distinguishable (-2.0 to 2.0 %)" in in_one_line(found)
    assert "Not distinguishable: queue." in in_one_line(found)


def test_fewer_than_four_rounds_say_nothing():
    found = between((1000, 1001, 1002), (500, 501, 502))
    assert not found.breached
    assert "Fewer than 4 sound rounds cannot tell a difference from noise" in in_one_line(found)


def test_of_100_comparisons_of_the_same_hardly_one_is_called_different():
    draw = random.Random(7)
    found = [between(noisy(1000, 0.05, draw), noisy(1000, 0.05, draw), 0.0) for _ in range(100)]
    assert sum(one.changes[0].change != "not distinguishable" for one in found) <= 5
    assert sum(one.breached for one in found) <= 3


def test_of_100_slowdowns_of_20_percent_nearly_all_are_found():
    draw = random.Random(7)
    found = [between(noisy(1000, 0.02, draw), noisy(800, 0.02, draw)) for _ in range(100)]
    assert sum(one.breached for one in found) >= 95


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delivery": {"lost": 3}}, "now 3 × lost, and none before"),
        ({"delivery": {"failed": 1, "completed": 999}}, "now 1 × failed, and none before"),
        ({"ending": "a process died: worker 17"}, "now 1 × a process died, and none before"),
        ({"ending": "hung"}, "now 1 × hung, and none before"),
    ],
)
def test_what_went_wrong_now_and_not_before_breaches_whatever_the_speed(changes, words):
    sound = rounds_of("queue", *ROUNDS)
    bad = [*rounds_of("queue", *ROUNDS[:4]), run_of("queue", 1000, round=5, **changes)]
    found = difference(result_of(*sound), result_of(*bad), 0.1)
    assert found.breached
    assert f"queue: {words}" in in_one_line(found)
    assert not difference(result_of(*bad), result_of(*sound), 0.1).breached
    assert not difference(result_of(*bad), result_of(*bad), 0.1).breached


def test_what_went_wrong_once_before_and_in_every_round_now_breaches():
    base = [*rounds_of("queue", *ROUNDS[:4]), run_of("queue", 1000, round=5, delivery={"lost": 1})]
    found = difference(result_of(*base), result_of(*rounds_of("queue", *ROUNDS, delivery={"lost": 999})), 0.1)
    assert found.breached
    assert "queue: no round is sound any more (4,995 × lost, 1 before)" in in_one_line(found)


def test_what_may_be_slower_for_all_that_is_known_is_not_passed_over():
    few = difference(result_of(*rounds_of("queue", 1000, 1010)), result_of(*rounds_of("queue", 50, 51)), 0.1)
    assert "Not proven, since rounds are too few or too noisy: queue." in in_one_line(few)
    noisy_now = between(ROUNDS, (1400, 1000, 700, 1200, 850))
    assert "Not proven, since rounds are too few or too noisy: queue." in in_one_line(noisy_now)
    assert "Not proven" not in in_one_line(between(ROUNDS, ROUNDS))


def test_that_one_of_them_was_interrupted_is_said():
    whole = result_of(*rounds_of("queue", *ROUNDS))
    part = result_of(*rounds_of("queue", *ROUNDS[:4]), rounds=5)
    assert "warning: now: 4 of 5 runs were measured" in in_one_line(difference(whole, part, 0.1))
    assert "runs were measured" not in in_one_line(difference(whole, whole, 0.1))


def test_a_transport_that_cannot_be_measured_any_more_breaches_and_one_that_nobody_asked_for_does_not():
    both = [*rounds_of("queue", *ROUNDS), *rounds_of("pipe", *ROUNDS)]
    alone = rounds_of("queue", *ROUNDS)
    gone = difference(result_of(*both), result_of(*alone, skipped=[Skipped("pipe", "no pipes today")]), 0.1)
    assert gone.breached
    assert "pipe: was measured before, and could not be now" in in_one_line(gone)
    fewer = difference(result_of(*both), result_of(*alone), 0.1)
    assert not fewer.breached
    assert "Measured only before: pipe." in in_one_line(fewer)
    assert "Measured only now: pipe." in in_one_line(difference(result_of(*alone), result_of(*both), 0.1))


def test_numbers_of_workers_are_compared_each_with_its_own():
    def scale(slow):
        return scale_of(*scaled("queue", lambda n: law(0.1, 0.0)(n) * (slow if n == 8 else 1), rounds=5))

    found = difference(scale(1.0), scale(0.8), 0.1)
    breached = [one.case for one in found.changes if one.breached]
    assert len(found.changes) == 6
    assert breached == ["queue, 8 workers"]


def test_at_a_rate_it_is_the_latency_at_p99_that_counts():
    def at_rate(p99):
        latency = [Percentiles(1.0, 2.0, p99 * (1 + number / 1000), None, 99.0, 1.5) for number in range(5)]
        load = LoadShape("open", rate=100.0)
        runs = [
            run_of("queue", 100.0, latency_ms=one, send_delay_ms=one, achieved_rate=100.0, load=load, round=number)
            for number, one in enumerate(latency, start=1)
        ]
        return result_of(*runs, rate=100.0)

    found = difference(at_rate(5.0), at_rate(6.0), 0.1)
    assert found.breached
    assert "case p99 ms now" in in_one_line(found)
    assert "slower by 20 %" in in_one_line(found)
    assert not difference(at_rate(6.0), at_rate(5.0), 0.1).breached


def test_shared_counters_are_compared_by_their_updates():
    def shared(figure, **changes):
        runs = [share_run("value-lock", figure + number, round=number, **changes) for number in range(1, 6)]
        return share_result(*runs)

    found = difference(shared(100_000), shared(80_000), 0.1)
    assert found.breached
    assert "value-lock 100,003 80,003 slower by 20 %" in in_one_line(found)
    broken = difference(shared(100_000), shared(100_000, lost=1), 0.1)
    assert "value-lock: now 5 × lost or counted twice, and none before" in in_one_line(broken)


def test_that_an_unsafe_counter_loses_other_updates_now_is_no_harm():
    before, now = share_result(share_run("value")), share_result(share_run("value", lost=7))
    assert not difference(before, now, 0.1).breached


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("host", {"cpu": "another"}, "cpu: a cpu, now another"),
        ("host", {"cores": 4}, "cores: 2, now 4"),
        ("host", {"memory_bytes": 2**31}, "memory_bytes: 1073741824, now 2147483648"),
        ("host", {"kernel": "Linux 7"}, "kernel: Linux 6, now Linux 7"),
        ("host", {"python": "CPython 3.12"}, "python: CPython 3.11, now CPython 3.12"),
        ("host", {"packages": {"redis": "8"}}, "redis: none, now 8"),
        ("host", {"brokers": {"redis": "7, appendonly"}}, None),
        ("host", {"memory_bytes": 2**30 + 4096}, None),
        ("plan", {"workload": "noop"}, "workload: power, now noop"),
        ("plan", {"input": "x"}, "input: None, now x"),
        ("plan", {"safety": "safe"}, "safety: default, now safe"),
        ("plan", {"tasks": 7}, "tasks: 1000, now 7"),
        ("plan", {"workers": 4}, "workers: 2, now 4"),
        ("plan", {"batch": 4}, "batch: 1, now 4"),
        ("plan", {"window": 4}, "window: 32, now 4"),
        ("plan", {"payload_bytes": 4}, "payload_bytes: None, now 4"),
        ("plan", {"rate": 4.0}, "rate: None, now 4.0"),
        ("plan", {"rounds": 9}, None),
        ("plan", {"command": ["compare"]}, None),
    ],
)
def test_what_is_not_alike_of_host_and_plan_is_said(part, change, words):
    base = result_of(*rounds_of("queue", *ROUNDS))
    other = msgspec.structs.replace(getattr(base, part), **change)
    new = msgspec.structs.replace(base, **{part: other})
    assert difference(base, new, 0.1).unlike == ([words] if words else [])


def test_brokers_that_both_have_used_must_be_the_same():
    base = result_of(*rounds_of("redis-list", *ROUNDS))
    one, other = (
        msgspec.structs.replace(base, host=msgspec.structs.replace(base.host, brokers={"redis": version}))
        for version in ("redis 7.0", "redis 7.2")
    )
    assert difference(one, other, 0.1).unlike == ["broker redis: redis 7.0, now redis 7.2"]


def test_a_broker_of_somebody_is_not_alike_with_a_private_one():
    base = result_of(*rounds_of("redis-list", *ROUNDS))
    named = msgspec.structs.replace(base, plan=msgspec.structs.replace(base.plan, servers={"redis-list": "host:6379"}))
    assert difference(base, named, 0.1).unlike == ["server of redis-list: a private server, now host:6379"]
    assert not difference(named, named, 0.1).unlike


def test_other_values_are_of_another_input_unless_something_went_wrong_or_they_depend_on_chance():
    base = result_of(*rounds_of("queue", *ROUNDS))
    other = result_of(*rounds_of("queue", *ROUNDS, value_digest="f" * 16))
    assert difference(base, other, 0.1).unlike == ["value_digest: 0123456789abcdef, now ffffffffffffffff"]
    failed = result_of(*rounds_of("queue", *ROUNDS, value_digest="f" * 16, delivery={"failed": 1}))
    assert not difference(base, failed, 0.1).unlike
    chance = [run_of("queue", figure, round=n, value_digest=f"{n:016x}") for n, figure in enumerate(ROUNDS, start=1)]
    assert not difference(base, result_of(*chance), 0.1).unlike


def test_what_was_doubtful_about_one_of_them_is_said():
    busy = "other processes were using the machine"
    found = difference(
        result_of(*rounds_of("queue", *ROUNDS)), result_of(*rounds_of("queue", *ROUNDS, warnings=[busy])), 0.1
    )
    assert f"warning: now: queue: {busy}" in in_one_line(found)
    assert "warning: before" not in in_one_line(found)


def test_other_settings_are_compared_all_the_same_where_that_is_wanted():
    base = result_of(*rounds_of("queue", *ROUNDS, workers=2), workers=2)
    new = result_of(*rounds_of("queue", *[2 * figure for figure in ROUNDS], workers=4), workers=4)
    found = difference(base, new, 0.1)
    assert "queue 1,000 2,000 faster by 100 %" in in_one_line(found)
    assert "not alike: workers: 2, now 4" in in_one_line(found)


def test_the_page_fits_80_columns_and_shows_markup_as_it_is():
    label = "celery+rabbitmq://a.long.host:5672/%2F?[red]"
    found = difference(result_of(*rounds_of(label, *ROUNDS)), result_of(*rounds_of(label, *ROUNDS)), 0.1)
    assert max(map(len, said(found).splitlines())) <= 80
    assert "[red]" in in_one_line(found)
