"""A comparison of versions, or a gate, that can show nothing is refused in one sentence, before anything runs."""

import pytest

RUN = "def run(item): return item\n\nclass Other: pass\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--against", "mine:ruun"], "mine has no 'ruun' (did you mean 'run'?)"),
        (["--against", "nothing:run"], "module 'nothing' cannot be imported: ModuleNotFoundError"),
        (["--against", "old/mine.py:run"], "there is no file old/mine.py"),
        (["--against", "noop"], "--against compares two functions of yours, the other one in -W; noop is built in"),
    ],
)
def test_another_version_that_cannot_be_used(in_process, mine, words, sentence):
    ended = in_process("compare", "serial", *mine(RUN), *words)
    assert ended.returncode == 2, ended
    assert sentence in ended.stderr
    assert not ended.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serial", "-W", "noop", "--against", "mine:run"], "the other one in -W; noop is built in"),
        (["serial", "--against", "mine:run"], "name the other one with -W"),
        (["serial", "-W", "noop", "--gate", "5%"], "--gate compares each further TRANSPORT with the first: name two"),
        (["-W", "noop", "--gate", "5%"], "--gate compares each further TRANSPORT with the first: name two"),
        (["serial", "pipe", "-W", "noop", "-r", "3", "--gate", "5%"], "--gate needs 4 rounds or more (-r)"),
        (["serial", "pipe", "-W", "noop", "--rate", "10", "--gate", "5%"], "--gate cannot be combined with --rate"),
        (["pipe", "queue", "-W", "noop", "--backlog", "9", "--gate", "5%"], "--gate cannot be combined with --backlog"),
        (["serial", "pipe", "-W", "noop", "--gate", "5"], "'5' is not possible; allowed: a fraction, as in 10% or 0.1"),
    ],
)
def test_a_comparison_that_can_show_nothing(in_process, mine, words, sentence):
    mine(RUN)
    ended = in_process("compare", *words)
    assert ended.returncode == 2, ended
    assert sentence in ended.stderr
    assert not ended.stdout


@pytest.mark.parametrize("option", ["--gate=5%", "--against=mine:run"])
def test_scale_has_neither(in_process, option):
    ended = in_process("scale", "queue", "-W", "noop", option)
    assert ended.returncode == 2
    name = option.partition("=")[0]
    assert f"crossover scale has no option {name}; it belongs to crossover compare" in ended.stderr
