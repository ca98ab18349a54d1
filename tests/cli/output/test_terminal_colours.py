"""What goes to standard output and to standard error, in colour or plain, in 80 columns."""

import json

import pytest

SHORT = ["-W", "noop", "-n", "200", "-r", "1"]


@pytest.mark.long
def test_json_to_standard_output_is_json_alone(crossover):
    ended = crossover("compare", "serial", "queue", *SHORT, "--json", "-")
    assert ended.returncode == 0
    assert [run["transport"] for run in json.loads(ended.stdout)["runs"]] == ["serial", "queue"]


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads", "queue", "pool", "pipe://?start=spawn"])
def test_what_a_function_prints_does_not_get_into_the_results(crossover, mine, transport):
    words = mine("import os\ndef run(item): print('noise'); os.write(1, b'din'); return item")
    ended = crossover("compare", transport, *words, "-r", "1", "--json", "-")
    assert json.loads(ended.stdout)["runs"][0]["delivery"]["completed"] == 5
    assert "noise" in ended.stderr


@pytest.mark.long
def test_progress_goes_to_standard_error_a_line_per_run(crossover):
    ended = crossover("compare", "serial", "pipe", *SHORT)
    lines = [line for line in ended.stderr.splitlines() if "not proven yet: " not in line]  # where each stands so far
    numbers, runs = zip(*(line.partition(":")[0].split(" ", 1) for line in lines), strict=True)
    assert numbers == ("[1/4]", "[2/4]", "[3/4]", "[4/4]")
    assert set(runs[:2]) == {"round 1 serial", "round 1 pipe"}  # the order within a round is random
    assert set(runs[2:]) == {"round 1 serial (noop)", "round 1 pipe (noop)"}
    assert all(line.endswith(" tasks/s") for line in lines)


@pytest.mark.long
def test_quiet_says_nothing_on_standard_error(in_process):
    ended = in_process("compare", "serial", "queue", *SHORT, "-q")
    assert ended.returncode == 0
    assert not ended.stderr
    assert "queue" in ended.stdout


@pytest.mark.long
@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["pipe", "NO_COLOR", "dumb"])
def test_a_pipe_gets_no_escape_codes(crossover, variables):
    ended = crossover("compare", "serial", *SHORT, **variables)
    assert "\x1b" not in ended.stdout + ended.stderr


@pytest.mark.long
def test_colour_can_be_forced(crossover):
    assert "\x1b[" in crossover("compare", "serial", *SHORT, "-q", FORCE_COLOR="1").stdout


@pytest.mark.long
def test_a_long_transport_leaves_its_figures_whole(in_process, result):
    url = "shared-memory://?slots=8&slot_bytes=4096&start=fork"
    ended = in_process("compare", url, *SHORT, "--json", "out.json", COLUMNS="80")
    assert f"{result()['runs'][0]['throughput']:,.0f}" in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 80


@pytest.mark.long
def test_a_transport_named_twice_is_compared_with_itself(in_process):
    ended = in_process("compare", "serial", "serial", *SHORT, "--json", "-")
    result = json.loads(ended.stdout)
    assert [run["transport"] for run in result["runs"]] == ["serial", "serial (2)"]
    assert sorted(summary["transport"] for summary in result["summary"]) == ["serial", "serial (2)"]


@pytest.mark.long
def test_one_round_is_said_to_be_too_few(in_process):
    ended = in_process("compare", "serial", "queue", *SHORT)
    assert "1 round cannot tell a difference from noise." in " ".join(ended.stdout.split())
