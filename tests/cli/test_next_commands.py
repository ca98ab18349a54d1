"""The next command that a verdict names can be typed as it stands."""

import importlib
import shlex

import pytest
from msgspec.structs import replace
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of, run_of
from sample_results import judged, struck
from sample_scales import law, scaled
from sample_shares import share_result, share_run

from crossover.analysis.answer.next_command import next_command
from crossover.report.wording.answer import safety, share
from crossover.results.conclusions.answer import Enough

STEADY = (1000, 1010, 990, 1005, 995)
TYPED = ["compare", "queue", "-W", "noop", "-n", "50"]


def across():
    return rounds_of("redis-list", *STEADY, guarantee=AT_MOST_ONCE_ACROSS)


def flat():
    return [run for count in (1, 2, 3) for run in rounds_of("pipe", *STEADY, workers=count)]


RESULTS = {
    "nothing open": lambda: result_of(*rounds_of("queue", *STEADY)),
    "a broker": lambda: result_of(*rounds_of("queue", *STEADY), *across(), workload="sleep", batch=8),
    "a broker alone": lambda: result_of(*across()),
    "all failed": lambda: result_of(run_of("queue", delivery={"failed": 1})),
    "all lost": lambda: result_of(run_of("queue", delivery={"lost": 1}), run_of("pool", delivery={"duplicated": 1})),
    "rising": lambda: result_of(*scaled("pipe", law(0, 0)), worker_counts=[1, 2, 3, 4, 6, 8]),
    "flat": lambda: result_of(*flat(), worker_counts=[1, 2, 3]),
}


def parsed(words):
    """Return the arguments of a command, as it understands them."""
    command = importlib.import_module(f"crossover.cli.commands.{words[0]}").command
    return command.make_context(words[0], list(words[1:])).params


@pytest.mark.parametrize("open_", RESULTS)
def test_the_command_understands_what_the_verdict_says(open_):
    words = RESULTS[open_]().answer.next
    assert words
    assert parsed(words)["transports"]


def test_what_is_not_proven_repeats_what_was_typed_with_other_numbers():
    result = result_of(*rounds_of("queue", *STEADY), command=TYPED)
    words = next_command(result, replace(result.answer, not_proven=Enough(tasks=700, rounds=9)))
    found = parsed(words)
    assert (found["tasks"], found["rounds"], found["workload"]) == (700, 9, "noop")


SAID = {
    "a counter that proves nothing": lambda: share.verdict(share_result(share_run("value-lock", overlapped=False))),
    "a transport that lost nothing": lambda: safety.verdict(judged(struck("safe"))),
    "another level": lambda: safety.verdict(judged(struck("default"))),
}


@pytest.mark.parametrize("verdict", SAID)
def test_the_command_understands_what_share_and_safety_say(verdict):
    (words,) = filter(None, (sentence.partition("Next: crossover ")[2] for sentence in SAID[verdict]()))
    assert parsed(shlex.split(words))
