"""What cannot be checked is refused in a sentence, or skipped by name while the others are checked."""

import os
import subprocess
import sys

import pytest
from other_pythons import OURS, libraries_without, make_python
from waiting import PATIENCE

from crossover.experiments.claims.claim import all_claims

CLAIMS = all_claims()
NOWHERE = {"PATH": "/nowhere", "CROSSOVER_RABBITMQ_URL": "amqp://127.0.0.1:1"}
WITH_RABBITMQ = [name for name, one in CLAIMS.items() if "rabbitmq" in one.servers]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["pool-mop"], "there is no claim 'pool-mop' (did you mean 'pool-map'?); crossover claims --list shows all"),
        (["pols"], "there is no claim 'pols' (did you mean 'pools'?)"),
        (["pool-map", "\x1b[31m"], "there is no claim '\\x1b[31m'"),
        (["--hang-after", "soon"], "'soon' is not possible; allowed: a time, as in 30s, 5m, 1h"),
        (["--lang", "fr"], "'fr' is not one of 'en', 'zh'"),
        (["--python", ""], "claims: python cannot be ''; allowed: the path of a Python that has crossover"),
        (["--list", "--json", "c.json"], "--list checks nothing: there is no use for --json"),
        (["gil", "--show-code", "--charts", "here"], "--show-code checks nothing: there is no use for --charts"),
        (["gil", "--list", "--python", sys.executable], "--list checks nothing: there is no use for --python"),
        (["--rounds", "2"], "it belongs to crossover compare"),
    ],
)
def test_what_is_mistyped_is_refused(in_process, words, sentence):
    ended = in_process("claims", *words)
    assert ended.returncode == 2
    assert not ended.stdout
    assert sentence in ended.stderr


def test_an_unknown_claim_has_nothing_that_could_be_shown(in_process):
    for words in (("claims", "pool-mop", "--list"), ("claims", "pool-mop", "--show-code"), ("explain", "pool-mop")):
        ended = in_process(*words)
        assert ended.returncode == 2
        assert "did you mean 'pool-map'?" in ended.stderr


@pytest.mark.parametrize(
    ("python", "sentence"),
    [("nowhere/python", "there is no interpreter"), ("/bin/ls", "/bin/ls does not start as a Python: it exited")],
)
def test_an_interpreter_that_cannot_be_used(in_process, python, sentence):
    ended = in_process("claims", "pool-map", "--python", python)
    assert ended.returncode == 69
    assert sentence in ended.stderr
    assert not ended.stdout


def test_a_claim_whose_broker_is_missing_is_skipped_by_name_and_the_others_are_checked(in_process, result):
    ended = in_process("claims", "across_machines", "pool-map", "-q", "--json", "out.json", **NOWHERE)
    assert ended.returncode == 0, ended
    found = result()
    assert [run["claim"] for run in found["runs"]] == ["pool-map"]
    skipped = {one["claim"] for one in found["skipped"]}
    assert skipped == {name for name in WITH_RABBITMQ if CLAIMS[name].theme == "across_machines"}
    said = " ".join(ended.stdout.split())
    assert all(name in said for name in skipped)


def test_a_claim_that_was_named_and_whose_broker_is_missing(in_process):
    ended = in_process("claims", WITH_RABBITMQ[0], "pool-map", **NOWHERE)
    assert ended.returncode == 69
    assert ended.stderr.startswith(f"crossover: {WITH_RABBITMQ[0]} cannot be used here: ")
    assert not ended.stdout


def test_nothing_may_go_unchecked_unnoticed_in_ci(in_process):
    ended = in_process("claims", "across_machines", "pool-map", CI="true", **NOWHERE)
    assert ended.returncode == 69


def test_where_all_is_skipped_nothing_was_checked(in_process):
    ended = in_process("claims", "across_machines", **NOWHERE)
    assert ended.returncode == 1
    assert "nothing was checked; " in ended.stderr
    assert all(f"{name}: no " in ended.stderr for name in WITH_RABBITMQ if CLAIMS[name].theme == "across_machines")


@pytest.mark.long
def test_an_interpreter_without_a_client_library_skips_what_needs_it(in_process, result, tmp_path):
    python = make_python(tmp_path / "without_pika", paths=[OURS, libraries_without(tmp_path / "libraries", "pika")])
    ended = in_process("claims", WITH_RABBITMQ[0], "--python", python)
    assert ended.returncode == 69
    assert f"{WITH_RABBITMQ[0]} cannot be used here: {python} lacks pika" in ended.stderr
    ended = in_process("claims", "across_machines", "pools", "--python", python, "-q", "--json", "out.json", **NOWHERE)
    assert ended.returncode == 0, ended
    assert {run["python"] for run in result()["runs"]} == {"", str(python)}  # its other modules can be imported


@pytest.mark.long
def test_on_one_core_a_claim_that_needs_two_says_so(environment, tmp_path):
    needs_two = [name for name, one in CLAIMS.items() if one.cores == 2]
    core = min(os.sched_getaffinity(0))
    command = ["taskset", "-c", str(core), sys.executable, "-m", "crossover", "claims"]

    def run(*names):
        return subprocess.run(
            [*command, *names],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    ended = run(needs_two[0])
    assert ended.returncode == 69
    assert ended.stderr == f"crossover: {needs_two[0]} cannot be used here: it needs 2 cores, and there is 1\n"
    theme = CLAIMS[needs_two[0]].theme
    ended = run(theme, "pool-map", "-q")
    assert ended.returncode == 0, ended
    assert "pool-map" in ended.stdout
    for name in needs_two:
        if CLAIMS[name].theme == theme:
            assert f"{name}: it needs 2 cores, and there is 1" in " ".join(ended.stdout.split())
