"""A shell completes commands, options and names."""

import pytest


@pytest.mark.long
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("crossover com", ["compare"]),
        ("crossover compare red", ["redis-list", "redis-stream"]),
        ("crossover compare queue --ga", ["--gate"]),
        ("crossover compare -W no", ["noop"]),
        ("crossover compare -W tasks.p", ["tasks.p"]),  # the shell completes the file
        ("crossover safety --fault kill-w", ["kill-worker-busy", "kill-worker-idle", "kill-worker-parent"]),
        ("crossover share redis-w", ["redis-watch"]),
        ("crossover list f", ["faults"]),
        ("crossover claims pool-m", ["pool-map"]),
        ("crossover explain synchr", ["synchronisation"]),
    ],
)
def test_a_beginning_is_completed(crossover, typed, offered):
    position = str(len(typed.split()) - 1)
    ended = crossover(_CROSSOVER_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=position)
    assert [line.partition(",")[2] for line in ended.stdout.splitlines()] == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(crossover, shell):
    ended = crossover(_CROSSOVER_COMPLETE=f"{shell}_source")
    assert ended.returncode == 0
    assert "complet" in ended.stdout
