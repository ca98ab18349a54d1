"""A command that has measured nothing is never a success."""

import pytest

SHORT = ("-n", "50", "-r", "1", "-q")


@pytest.mark.long
@pytest.mark.parametrize("command", ["compare", "scale"])
@pytest.mark.parametrize("named", [(), ("queue", "pipe")])
def test_a_time_limit_before_the_first_run_is_a_failure(crossover, tmp_path, command, named):
    words = (*named, "-W", "noop", *SHORT, "--time-limit", "0.00001s", "--csv", "out.csv")
    ended = crossover(command, *words)
    assert ended.returncode == 1
    assert "Nothing was measured." in ended.stdout
    assert ended.stderr.endswith("crossover: nothing was measured\n")
    assert (tmp_path / "out.csv").exists()


def test_a_report_of_a_result_without_runs_is_a_failure_too(in_process):
    assert in_process(
        "compare", "queue", "-W", "noop", *SHORT, "--time-limit", "0.00001s", "--json", "out.json"
    ).returncode
    ended = in_process("report", "out.json")
    assert ended.returncode == 1
    assert "Nothing was measured." in ended.stdout
    assert ended.stderr == "crossover: nothing was measured\n"


@pytest.mark.parametrize("transport", ["serial", "threads", "queue"])
def test_a_function_that_ends_its_process_leaves_the_command_a_result_and_a_failure(in_process, tmp_path, transport):
    (tmp_path / "mine.py").write_text("import os\n\n\ndef leave(item):\n    os._exit(0)\n")
    (tmp_path / "items.txt").write_text("1\n2\n3\n")
    ended = in_process("compare", transport, "-W", "mine:leave", "-i", "items.txt", "-r", "1", "-q")
    assert ended.returncode == 1
    assert "lost" in ended.stdout
