"""After a comparison: what to use, what a broker costs and keeps, and which command comes next."""

from msgspec.structs import replace
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of, run_of

from crossover.analysis.answer.choices import local_choice
from crossover.analysis.answer.next_command import next_command
from crossover.analysis.answer.survival import survived
from crossover.analysis.conclusions import conclude_if_missing
from crossover.analysis.run_selection import by_label
from crossover.results.conclusions.answer import Enough

FIVE = (1.0, 1.01, 0.99, 1.02, 0.98)


def rounds(label, rate, **fields):
    return rounds_of(label, *(rate * part for part in FIVE), **fields)


def across(label, rate, **fields):
    return rounds(label, rate, guarantee=AT_MOST_ONCE_ACROSS, **fields)


def test_the_fastest_local_transport_is_chosen_and_what_a_broker_leaves_of_it_is_told():
    answer = result_of(*rounds("pool", 1000), *rounds("pipe", 500), *across("redis-list", 600)).answer
    assert (answer.local.transport, answer.remote.transport) == ("pool", "redis-list")
    assert round(answer.price.ratio, 2) == 0.6
    assert answer.to_local.keys() == {"redis-list"}
    assert answer.survives == []
    assert answer.safe_survives == ["kill-worker-busy", "kill-producer", "kill-broker"]


def test_of_those_that_do_as_much_threads_come_first():
    answer = result_of(*rounds("queue", 1000), *rounds_of("threads", 1010, 990, 1000, 1010, 980)).answer
    assert (answer.local.transport, answer.local.alike) == ("threads", ["queue"])


def test_what_failed_or_was_lost_is_never_chosen():
    bad = [run_of("pool", 2000.0, round=number, delivery={"failed": 1}) for number in range(1, 6)]
    assert result_of(*bad, *rounds("pipe", 500)).answer.local.transport == "pipe"
    nothing = result_of(*bad).answer
    assert (nothing.local, nothing.remote) == (None, None)
    assert nothing.next[:4] == ["compare", "serial", "-W", "power"]


def test_too_few_rounds_are_no_reason_to_choose():
    assert result_of(*rounds_of("queue", 1000, 999)).answer.local is None


def test_what_is_not_proven_is_the_same_command_with_more_tasks_and_rounds():
    result = result_of(*rounds("queue", 1000))
    command = next_command(result, replace(result.answer, not_proven=Enough(tasks=5000, rounds=10)))
    assert command == [*result.plan.command, "-n", "5000", "-r", "10"]


def test_the_safe_level_is_the_next_question_where_it_keeps_more():
    answer = result_of(*rounds("pool", 1000), *across("redis-list", 600)).answer
    assert answer.next[:2] == ["compare", "redis-list"]
    assert answer.next[answer.next.index("-s") + 1] == "safe"


def test_a_death_is_survived_where_no_task_may_be_lost():
    assert survived("rabbitmq", "default") == ["kill-worker-busy"]
    assert survived("queue", "default") == []
    assert survived("unheard-of", "safe") == []


def test_an_older_result_gets_its_answer():
    result = result_of(*rounds("pool", 1000), *rounds("pipe", 500))
    assert conclude_if_missing(replace(result, answer=None)).answer == result.answer
    assert local_choice(result.summary, by_label(result.runs)) == result.answer.local
