"""An unknown name is refused with the names that exist, and with what may have been meant."""

import pytest


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["quue"], "there is no transport 'quue' (did you mean 'queue'?); there are serial, threads, queue,"),
        (["nothing-like-it"], "there is no transport 'nothing-like-it'; there are serial, threads, queue,"),
        (["memory"], "there is no transport 'memory' (did you mean 'shared-memory'?)"),
        (["quue://?start=spawn"], "there is no transport 'quue' (did you mean 'queue'?)"),
        (["queue://?strat=spawn"], "queue has no option 'strat' (did you mean 'start'?); allowed: start, kind, python"),
        (["serial://?start=spawn"], "serial has no option 'start'; allowed: python"),
        (["queue://?start=spwan"], "queue: start cannot be 'spwan'; allowed: fork, spawn, forkserver"),
        (["pipe://?prefetch=0"], "pipe: prefetch cannot be '0'; allowed: 1 to 1000"),
        (["queue://host"], "queue is inside this machine and takes no host or path"),
        (["-W", "npop"], "there is no workload 'npop' (did you mean 'noop'?); there are noop, power, digest,"),
        (["-W", "mine.run"], "there is no workload 'mine.run' (did you mean 'mine:run'?); there are noop,"),
    ],
)
def test_an_unknown_name_is_refused_with_what_there_is(in_process, words, sentence):
    ended = in_process("compare", *words)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert not ended.stdout


def test_an_unknown_command_is_refused_with_what_there_is(crossover):
    ended = crossover("compre")
    assert ended.returncode == 2
    assert "there is no command 'compre' (did you mean 'compare'?); there are compare, " in ended.stderr


def test_an_unknown_option_is_refused_with_what_may_be_meant(crossover):
    ended = crossover("compare", "--wrokers", "3")
    assert ended.returncode == 2
    assert "No such option '--wrokers'. Did you mean '--workers'?" in ended.stderr


def test_an_unknown_safety_level_is_refused_with_the_levels(in_process):
    ended = in_process("compare", "--safety", "sfae")
    assert ended.returncode == 2
    assert "--safety" in ended.stderr
    assert "'fast', 'default', 'safe'" in ended.stderr


@pytest.mark.parametrize("transport", ["serial", "queue", "pool", "shared-memory"])
def test_a_transport_that_cannot_be_safe_says_why(in_process, transport):
    ended = in_process("compare", transport, "--safety", "safe")
    assert ended.returncode == 2
    assert f"{transport} has no safe level: tasks live in the memory of processes and die with them" in ended.stderr
    assert "allowed: fast, default" in ended.stderr
