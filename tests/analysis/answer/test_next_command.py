"""The next command has the options that would do, once, in place of those that were typed."""

import pytest
from sample_results import result_of, rounds_of

from crossover.analysis.answer.comparison import answer_of_comparison
from crossover.analysis.run_selection import by_label


@pytest.mark.parametrize("typed", [["-r", "2"], ["-r2"], ["--rounds", "2"], ["--rounds=2"], []])
def test_a_repetition_with_more_rounds_is_the_same_command_with_another_number(typed):
    result = result_of(*rounds_of("queue", 1000, 1001), *rounds_of("pipe", 990, 991))
    result.plan.command = ["compare", "queue", *typed, "-W", "noop"]
    assert answer_of_comparison(result, by_label(result.runs)).next == ["compare", "queue", "-W", "noop", "-r", "5"]
