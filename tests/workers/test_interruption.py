"""Ctrl-C and SIGTERM are noted, wherever the main thread happens to be, and raised only where the command looks."""

import signal
import subprocess
import sys
import textwrap

import pytest
from waiting import PATIENCE

NOTED = """
class Task:
    pass

class Deleted:
    def __del__(self):
        signal.raise_signal({number})

def forget(_):
    signal.raise_signal({number})

task = Task()
reference = weakref.ref(task, forget)
{ignored}
try:
    interruption.raise_if_requested()
except KeyboardInterrupt:
    signal.raise_signal({number})
    sys.exit(130)
"""

WAITING = """
def interrupt():
    time.sleep(0.1)
    signal.pthread_kill(threading.get_ident(), {number})

threading.Thread(target=interrupt).start()
began = time.monotonic()
for _ in range(2):
    assert wait([interruption.wake_up_descriptor()], 20)
assert time.monotonic() - began < 5
sys.exit(130 if interruption.requested() else 1)
"""

FORKED = """
child = os.fork()
if not child:
    signal.raise_signal({number})
    os._exit(1)
status = os.waitpid(child, 0)[1]
assert not wait([interruption.wake_up_descriptor()], 0)
assert not interruption.requested()
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _installed(script, number):
    imports = "import os, signal, sys, threading, time, weakref\nfrom multiprocessing.connection import wait\n"
    install = "from crossover.workers import interruption\ninterruption.install_handlers()\n"
    source = imports + install + textwrap.dedent(script).replace("{number}", str(int(number)))
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ignored", ["del task", "Deleted()"])
def test_an_interruption_is_kept_where_the_interpreter_would_ignore_an_exception(ignored, number):
    ended = _installed(NOTED.replace("{ignored}", ignored), number)
    assert (ended.returncode, ended.stderr) == (130, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_waits_is_woken_up_even_if_another_thread_receives_the_signal(number):
    ended = _installed(WAITING, number)
    assert (ended.returncode, ended.stderr) == (130, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_forked_process_as_if_the_command_had_no_handlers(number):
    ended = _installed(FORKED, number)
    assert ended.returncode == -number % 256
    assert "crossover" not in ended.stderr
