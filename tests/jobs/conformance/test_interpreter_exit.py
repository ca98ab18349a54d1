"""A script that ends has done what it had given to an executor; it prints nothing, and ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from executor_limits import LACKS, TRANSPORTS
from waiting import PATIENCE

from brokers.servers.address import find
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety

pytestmark = [pytest.mark.needs("ending"), pytest.mark.long]
ROOT = Path(__file__).parents[3]
HEAD = """
import sys, time
sys.path[:0] = {paths}
from crossover import Executor
{say}

if __name__ == "__main__":
    executor = Executor({transport!r}, 3)
"""
OF_THE_SCRIPT = """
def say(seconds, word):
    time.sleep(seconds)
    print(word, flush=True)
"""
OF_A_MODULE = "from executor_calls import say"  # what a worker of a broker can import


@pytest.fixture
def script(tmp_path, transport):
    """Return a function that runs lines of a script with an executor, and returns what it has printed."""
    kind = TRANSPORTS[transport]
    server = {server_kind(kind).variable: find(kind, "", Safety.DEFAULT).url} if kind else {}

    def run(*lines):
        path = tmp_path / "script.py"
        say = OF_A_MODULE if "objects" in LACKS.get(transport, {}) else OF_THE_SCRIPT
        head = HEAD.format(paths=[str(ROOT), str(ROOT / "tests" / "jobs" / "samples")], say=say, transport=transport)
        path.write_text(head + "".join(f"    {line}\n" for line in lines))
        return subprocess.run(
            [sys.executable, path],
            env=os.environ | server,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=tmp_path,
        )

    return run


@pytest.mark.parametrize("ending", ["pass", "executor.shutdown(wait=False)", "executor.shutdown()", "del executor"])
def test_accepted_work_is_done(script, ending):
    ended = script("executor.submit(say, 0.1, 'apple')", ending)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("apple\n", "", 0)


def test_a_call_that_runs_is_done_where_the_others_are_cancelled(script):
    ended = script("executor.submit(say, 0.1, 'apple')", "executor.shutdown(wait=False, cancel_futures=True)")
    assert (ended.stdout, ended.stderr, ended.returncode) in {("apple\n", "", 0), ("", "", 0)}


@pytest.mark.needs("exit")
def test_nothing_is_taken_after_the_end(script):
    ended = script(
        "import atexit",
        "executor.submit(id, 42).result()",
        "atexit.register(lambda: executor.submit(id, None))",
    )
    assert "RuntimeError: cannot schedule new futures after" in ended.stderr
    assert ended.stdout == ""


def test_an_exception_of_the_script_ends_it_when_accepted_work_is_done(script):
    ended = script("executor.submit(say, 0.1, 'apple')", "1 / 0")
    assert ended.stdout == "apple\n"
    assert ended.stderr.count("Traceback") == 1
    assert ended.returncode == 1


def test_an_executor_that_was_never_used_ends(script):
    ended = script("pass")
    assert (ended.stdout, ended.stderr, ended.returncode) == ("", "", 0)
