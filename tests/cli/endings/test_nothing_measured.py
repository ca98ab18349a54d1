"""A command that has measured nothing is never a success."""

import pytest

SHORT = ("-n", "50", "-r", "1", "-q")


@pytest.mark.parametrize("command", ["compare", "scale"])
@pytest.mark.parametrize("named", [(), ("queue", "pipe")])
def test_a_time_limit_before_the_first_run_is_a_failure(crossover, tmp_path, command, named):
    words = (*named, "-W", "noop", *SHORT, "--time-limit", "0.00001s", "--csv", "out.csv")
    ended = crossover(command, *words)
    assert ended.returncode == 1
    assert "Nothing was measured." in ended.stdout
    assert ended.stderr.endswith("crossover: nothing was measured\n")
    assert (tmp_path / "out.csv").exists()
