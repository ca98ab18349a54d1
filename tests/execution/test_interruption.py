"""Ctrl-C arrives, wherever the main thread happens to be."""

import subprocess
import sys

import pytest

IGNORED = """
import signal, sys, time, weakref
from crossover.execution import interruption

class Task:
    pass

class Deleted:
    def __del__(self):
        signal.raise_signal({number})

def forget(_):
    signal.raise_signal({number})

interruption.install_handlers()
task = Task()
reference = weakref.ref(task, forget)
try:
    {ignored}
    time.sleep(30)
except KeyboardInterrupt:
    signal.raise_signal({number})
    time.sleep(0.1)
    sys.exit(130)
"""


@pytest.mark.parametrize("number", [2, 15])
@pytest.mark.parametrize("ignored", ["del task", "Deleted()"])
def test_an_interruption_arrives_quietly_even_if_the_interpreter_ignores_it_at_first(ignored, number):
    script = IGNORED.format(ignored=ignored, number=number)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stderr) == (130, "")
