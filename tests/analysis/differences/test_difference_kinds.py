"""Each kind of result is compared by its own figure: workers, latency at a rate, updates."""

from sample_differences import in_one_line
from sample_records import result_of, run_of
from sample_scales import law, scale_of, scaled
from sample_shares import share_result, share_run

from crossover.analysis.differences.difference import difference
from crossover.results.records import LoadShape, Percentiles


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
    assert "+20% (" in in_one_line(found)
    assert not difference(at_rate(6.0), at_rate(5.0), 0.1).breached


def test_shared_counters_are_compared_by_their_updates():
    def shared(figure, **changes):
        runs = [share_run("value-lock", figure + number, round=number, **changes) for number in range(1, 6)]
        return share_result(*runs)

    found = difference(shared(100_000), shared(80_000), 0.1)
    assert found.breached
    assert "value-lock 100,003 80,003 -20.00%" in in_one_line(found)
    broken = difference(shared(100_000), shared(100_000, lost=1), 0.1)
    assert "value-lock: now 5 × lost or counted twice, and none before" in in_one_line(broken)


def test_that_an_unsafe_counter_loses_other_updates_now_is_no_harm():
    before, now = share_result(share_run("value")), share_result(share_run("value", lost=7))
    assert not difference(before, now, 0.1).breached
