"""A gate is judged round by round, and says what it saw."""

import pytest
from sample_records import result_of, rounds_of, run_of

from crossover.report.wording.comparison.pairs import gate_message, pair_sentences, unproven
from crossover.results.conclusions.findings import Pair

DRIFT = (1.0, 0.93, 1.07, 0.95, 1.05)


def gated(*factors, gate=0.05, rounds=5, **more):
    """Return a result of `queue`, and of others that are faster or slower by a factor in each round."""
    runs = rounds_of("queue", *(1000 * drift for drift in DRIFT[:rounds]))
    for number, factor in enumerate(factors, start=1):
        noise = (0.999, 1.001, 1.0, 1.001, 0.999)
        figures = [1000 * factor * drift * near for drift, near in zip(DRIFT[:rounds], noise, strict=False)]
        runs += rounds_of(f"pool{number}", *figures)
    labels = [f"pool{number}" for number in range(1, len(factors) + 1)]
    return result_of(*runs, gate=gate, compared_with=dict.fromkeys(labels, "queue"), **more)


def said(result):
    return [str(one) for one in pair_sentences(result)]


def test_a_gate_finds_what_the_drift_of_whole_rounds_hides():
    result = gated(0.9, 0.97)
    assert [one.breached for one in result.pairs] == [True, False]
    assert gate_message(result) == "Slower by more than 5%, with all of the interval: pool1."
    assert said(result)[1].startswith("pool1: -10.0% (-10.2 to -9.8%) against queue")
    assert said(result)[2].startswith("pool2: -3.0% (-3.2 to -2.8%) against queue")


def test_what_is_faster_or_as_fast_passes():
    result = gated(1.2, 1.0)
    assert gate_message(result) == "Nothing is proven to be slower by more than 5%."
    assert said(result)[1].startswith("pool1: +20.0% (+19.8 to +20.2%) against queue")
    assert said(result)[2].startswith("pool2: no significant difference from queue (-0.2 to +0.2%)")
    assert not any(one.breached for one in result.pairs)


def test_a_difference_that_may_be_smaller_than_the_gate_is_no_breach_but_said():
    base = rounds_of("queue", 1000, 1000, 1000, 1000)
    result = result_of(*base, *rounds_of("pool", 1000, 800, 1050, 700), gate=0.05, compared_with={"pool": "queue"})
    assert not result.pairs[0].breached
    assert gate_message(result).endswith("Too noisy rounds to rule it out: pool.")


@pytest.mark.parametrize("damaged", [False, True])
def test_too_few_sound_rounds_prove_nothing(damaged):
    later = [run_of("pool", 1, {"lost": 1}, round=number) for number in (4, 5)] if damaged else []
    result = result_of(
        *rounds_of("queue", 1000, 1000, 1000, 1000, 1000),
        *rounds_of("pool", 100, 100, 100),
        *later,
        gate=0.05,
        compared_with={"pool": "queue"},
    )
    assert [one.transport for one in unproven(result)] == ["pool"]
    assert gate_message(result) == "Too few sound rounds to tell: pool in 3 rounds."
    assert said(result)[1] == "pool: 3 sound rounds cannot tell a difference from queue."
    assert not result.pairs[0].breached


def test_without_a_gate_versions_are_compared_and_nothing_is_breached():
    result = gated(0.5, gate=None, against="old:run")
    assert gate_message(result) == ""
    assert said(result) == ["pool1: -50.0% (-50.1 to -49.9%) against queue."]
    assert not result.pairs[0].breached


def test_the_rows_of_the_other_version_are_no_noise_and_carry_nothing_across_machines():
    result = result_of(
        *rounds_of("queue", 1000, 1001, 1002, 1003),
        *rounds_of("queue against old:run", 500, 501, 502, 503, url="queue"),
        against="old:run",
        compared_with={"queue": "queue against old:run"},
    )
    assert "noise" not in " ".join(said(result))
    assert [one.transport for one in result.pairs] == ["queue"]


def test_of_pairs_that_were_not_measured_at_all_nothing_is_said():
    result = result_of()
    result.plan.rounds = 5
    result.pairs = [Pair("pipe", "queue", 0)]
    assert not list(pair_sentences(result))
