"""What is said of a claim is shown without checking it; a result of claims is shown again in every form."""

import csv
import io
import json
import os

import jsonschema
import pytest

from crossover.experiments.claims.claim import THEMES, all_claims


@pytest.fixture
def saved(measured, tmp_path):
    """Write the result of one claim as often as wanted; return the first path."""

    def write(*names):
        for name in names:
            (tmp_path / name).write_text(measured("claims", "pool-map"))
        return names[0]

    return write


@pytest.mark.parametrize("words", [("claims", "--list"), ("list", "claims"), ("list",)])
def test_every_claim_is_listed_and_none_is_checked(in_process, words):
    ended = in_process(*words)
    assert ended.returncode == 0
    assert not ended.stderr
    listed = [line.split()[0] for line in ended.stdout.splitlines() if line.strip()]
    assert [word for word in listed if word in all_claims()] == list(all_claims())


def test_the_code_that_is_shown_is_the_code_that_runs(in_process):
    code = all_claims()["pool-map"].code
    for words in (("claims", "pool-map", "--show-code"), ("explain", "pool-map")):
        assert code in in_process(*words).stdout
    ended = in_process("explain", "pools", "--lang", "zh")
    assert "进程池" in ended.stdout
    assert code in ended.stdout


def test_an_experiment_runs_alone(shell):
    ended = shell("${crossover%% -m *} -m crossover.experiments.claims.pools pool-map")
    assert ended.stdout.startswith("pool-map: false\n")
    ended = shell("${crossover%% -m *} -m crossover.experiments.claims.pools pool-mop")
    assert ended.returncode == 2
    assert ended.stderr.startswith("no claim is called pool-mop; there are ")


def test_one_that_needs_two_cores_says_so_and_the_others_of_its_theme_run(shell):
    core = min(os.sched_getaffinity(0))
    ended = shell(f"taskset -c {core} ${{crossover%% -m *}} -m crossover.experiments.claims.synchronisation")
    assert (ended.returncode, ended.stderr) == (2, "lock: it needs 2 cores, and there is 1\n")
    assert ended.stdout.startswith("event: true\n")


@pytest.mark.long
def test_a_result_is_shown_again_as_it_was(in_process, saved, result):
    name = saved("c.json")
    again = in_process("report", name, "--json", "again.json", "--csv", "c.csv", "--markdown", "c.md")
    assert again.returncode == 0, again
    assert result("again.json") == result(name)
    assert "pool-map: false" in again.stdout
    schema = json.loads(in_process("report", "--schema").stdout)
    jsonschema.validate(result(name), schema)
    assert result(name)["kind"] == "claims"


def test_its_table_has_a_row_for_each_claim(in_process, saved):
    (row,) = csv.DictReader(io.StringIO(in_process("report", saved("c.json"), "--csv", "-").stdout))
    assert (row["kind"], row["claim"], row["verdict"], row["theme"]) == ("claims", "pool-map", "false", "pools")


def test_it_is_shown_in_another_language(in_process, saved):
    name = saved("c.json")
    assert "进程池" in in_process("report", name, "--lang", "zh").stdout
    assert "进程池" not in in_process("report", name).stdout


@pytest.mark.long
def test_another_result_has_no_language(in_process, measured, tmp_path):
    (tmp_path / "r.json").write_text(measured("compare", "serial", "-W", "noop", "-n", "50", "-r", "2"))
    ended = in_process("report", "r.json", "--lang", "zh")
    assert ended.returncode == 2
    assert "--lang is for results of crossover claims" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [("diff", "a.json", "b.json"), ("diff", "--history", ".", "a.json"), ("diff", "a.json", "b.json", "c.json")],
)
def test_verdicts_are_no_figures_that_could_be_slower(in_process, saved, words):
    saved("a.json", "b.json", "c.json")
    ended = in_process(*words)
    assert ended.returncode == 2
    assert ".json is a claims result: it has verdicts, and no figures that could be slower" in ended.stderr
    assert "crossover report" in ended.stderr


def test_several_are_shown_one_after_the_other(in_process, saved):
    saved("a.json", "b.json")
    ended = in_process("report", "a.json", "b.json")
    assert ended.returncode == 0
    assert not ended.stderr
    assert ended.stdout.count("pool-map: false") == 2
    ended = in_process("report", "a.json", "b.json", "--threshold", "5%")
    assert ended.returncode == 2


def test_every_theme_has_claims():
    assert {one.theme for one in all_claims().values()} == set(THEMES)
