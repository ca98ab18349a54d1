"""Signals, alarms and handlers of a function stay in its own process."""

import os
import subprocess
import sys

import pytest
from waiting import PATIENCE

COMMAND = [sys.executable, "-m", "crossover.cli.main"]

TIMES_OUT = """
    import signal

    def stop(number, frame):
        raise TimeoutError

    def run(item):
        before = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, 0.01 if item == "slow" else 60)
        try:
            while item == "slow":
                pass
        except TimeoutError:
            return "took too long"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return item
"""


@pytest.mark.long
def test_a_function_may_time_itself_out_with_an_alarm(agree):
    agree(TIMES_OUT, "serial", "queue", "pool", "executor", items=["a", "slow", "b"])


@pytest.mark.long
def test_through_threads_an_alarm_fails_as_python_says(compare, result):
    assert compare(TIMES_OUT, "threads", "serial", items=["a"]).returncode == 1
    threads, serial = result()["runs"]
    assert list(threads["reasons"]) == ["ValueError: signal only works in main thread of the main interpreter"]
    assert serial["delivery"]["completed"] == 1


DEFAULT_SIGPIPE = """
    import signal

    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

    def run(item):
        return item
"""
HARMLESS = """
    def run(item):
        return item
"""


@pytest.fixture
def unread(environment, mine, tmp_path):
    """Compare as `crossover compare ... | true` does; return the exit status."""

    def run(source, *transports):
        words = ["compare", *transports, *mine(source), "-r", "1", "-w", "2", "--csv", "out.csv"]
        reader, writer = os.pipe()
        os.close(reader)
        try:
            return subprocess.run(
                [*COMMAND, *words],
                cwd=tmp_path,
                env=environment,
                stdout=writer,
                timeout=PATIENCE,
                check=False,
            ).returncode
        finally:
            os.close(writer)

    return run


@pytest.mark.long
def test_a_closed_standard_output_takes_no_file_with_it(unread, tmp_path):
    expected = unread(HARMLESS, "serial")
    (tmp_path / "out.csv").unlink()
    assert unread(DEFAULT_SIGPIPE, "serial", "threads", "queue") == expected
    assert (tmp_path / "out.csv").read_text().count(",run,") == 3
