"""A user whom the system does not know, without a home; and limits of a shell: it works, or a sentence says why not."""

import shutil
import subprocess
import sys

import pytest
from waiting import PATIENCE

COMMAND = [sys.executable, "-m", "crossover.cli.main"]
SHORT = ("-W", "noop", "-n", "20", "-r", "1", "-q")


@pytest.fixture
def unknown_user(tmp_path, environment):
    """Run the command as a user whom the system does not know, without HOME."""
    become = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]
    if shutil.which("unshare") is None or subprocess.run([*become, "true"], check=False).returncode:
        pytest.skip("no user can be mapped here")
    without = {name: value for name, value in environment.items() if name not in {"HOME", "XDG_STATE_HOME"}}

    def run(*words):
        return subprocess.run(
            [*become, *COMMAND, *words],
            cwd=tmp_path,
            env=without,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("compare", "pipe", "threads", *SHORT, "-w", "2", "--html", "out.html", "--json", "out.json"),
        ("share", "value", "-r", "1", "-w", "2", "-n", "10", "-q"),
    ],
    ids=lambda words: words[0],
)
def test_an_unknown_user_without_a_home(unknown_user, words):
    ended = unknown_user(*words)
    assert ended.returncode == 0, ended
    assert "Traceback" not in ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("allowed", [24, 32])
def test_too_few_descriptors_are_named_with_the_limit(shell, allowed):
    ended = shell(f'ulimit -n {allowed}; $crossover compare pipe "$@"', *SHORT, "-w", "16")
    assert ended.returncode in {1, 69}, ended
    assert f"`ulimit -n` allows {allowed}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.long
def test_64_descriptors_are_enough_for_a_few_workers(shell):
    ended = shell('ulimit -n 64; $crossover compare threads queue pipe pool shared-memory "$@"', *SHORT, "-w", "2")
    assert ended.returncode == 0, ended
