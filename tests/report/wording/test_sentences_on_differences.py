"""A sentence on a difference says what its interval says."""

from sample_records import AT_MOST_ONCE_ACROSS, paced_rounds, result_of, rounds_of, run_of

from crossover.report.wording.comparison.crossing import local_against_broker
from crossover.report.wording.comparison.latency import lowest_latency
from crossover.report.wording.comparison.ranking import ranking, versus_fastest

QUEUE, PIPE = (1000, 1010, 1020, 1005, 1003), (800, 810, 805, 801, 799)


def against_broker(*figures):
    broker = rounds_of("redis-list", *figures, guarantee=AT_MOST_ONCE_ACROSS)
    return local_against_broker(result_of(*rounds_of("queue", *QUEUE), *broker).crossing)


def test_a_broker_that_is_faster_is_not_called_the_same():
    said = against_broker(2000, 2005, 2002, 2007, 2009)
    assert said.startswith("Local against broker: redis-list is faster here: queue -50% (-50 to -49%) against it.")


def test_what_a_local_transport_is_faster_by_has_its_interval():
    said = against_broker(500, 505, 502, 507, 509)
    assert said.startswith("Local against broker: queue is 2.00 × (1.96 to 2.03 ×) as fast as redis-list, which adds ")


def test_what_may_be_noise_is_called_so():
    assert "no significant difference" in against_broker(1000, 1030, 990, 1005, 1010)


def sentences(*runs):
    result = result_of(*rounds_of("queue", *QUEUE), *rounds_of("pipe", *PIPE), *runs)
    return [one for pair in ranking(result) for one in pair if one], dict(
        zip((one.transport for one in result.summary), versus_fastest(result), strict=True)
    )


def test_one_that_could_not_go_on_takes_nothing_from_the_others():
    for figure in (900, 9_000):  # slower than the fastest, and faster in its only round
        said, versus = sentences(run_of("pool", figure))
        assert said[0].startswith("Fastest: queue, 1,005 tasks/s.")
        assert "pool" not in said[0]
        assert said[1].startswith("Slower than queue: pipe -20% (")
        assert said[2] == "Too few rounds to tell: pool."
        assert versus["pool"] == "-"
        assert versus["pipe"].startswith("-20% (")


def test_one_that_lost_tasks_takes_nothing_from_the_others():
    said, versus = sentences(run_of("pool", 900, {"lost": 1}))
    assert said[0].startswith("Fastest: queue")
    assert versus["pool"] == "damaged"


def test_few_rounds_of_all_tell_nothing():
    result = result_of(*rounds_of("queue", 1000, 1001), *rounds_of("pipe", 10, 11))
    assert [said for said, _ in ranking(result)] == ["Not proven (queue, pipe: too few rounds): use -r 5."]


def test_who_missed_the_slow_rounds_has_not_the_lowest_latency():
    always = paced_rounds("queue", 5, 5.1, 5, 5.05, 50, 52, 51, 50, 52)
    cut_off = paced_rounds("pipe", 8, 8.1, 8, 8.05)
    said = list(lowest_latency(result_of(*always, *cut_off, rate=1000.0)))
    assert said[0] == "Lowest p99: queue, 50.0 ms."
    assert said[1].startswith("Higher than queue: pipe +60% (")
