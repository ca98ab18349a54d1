"""What a script sees at its end, and in a process that it has forked."""

import subprocess
import sys

import pytest
from waiting import PATIENCE

PROCESSES = ["pool", "shared-memory"]


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the main part of a script, and returns its standard output."""

    def run_lines(transport, *lines):
        script = tmp_path / "script.py"
        body = "".join(f"    {line}\n" for line in (f"executor = crossover.Executor({transport!r}, 2)", *lines))
        script.write_text(f"import os, sys, time, crossover\nif __name__ == '__main__':\n{body}")
        quiet = "-Wignore::DeprecationWarning"  # since Python 3.12, to fork a process with threads is one
        done = subprocess.run(
            [sys.executable, quiet, script], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run_lines


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads", *PROCESSES])
def test_the_copy_of_a_process_that_was_forked_refuses(run, transport):
    said = run(
        transport,
        "executor.submit(abs, -1).result(30)",
        "pid = os.fork()",
        "if not pid:",
        "    try: executor.submit(abs, -1)",
        "    except RuntimeError as error: print(str(error).replace(str(os.getppid()), 'PARENT'), flush=True)",
        "    executor.shutdown()",
        "    sys.exit(0)",
        "os.waitpid(pid, 0)",
        "print(executor.submit(abs, -2).result(30))",
    )
    assert said == ("this executor belongs to process PARENT: make another one in the process that was forked\n2\n")


@pytest.mark.parametrize("transport", PROCESSES)
def test_a_fork_in_the_middle_of_work_disturbs_nothing(run, transport):
    said = run(
        transport,
        "futures = [executor.submit(pow, 2, number) for number in range(200)]",
        "pid = os.fork()",
        "if not pid:",
        "    executor.terminate_workers()",
        "    executor.stats()",
        "    del executor",
        "    sys.exit(0)",
        "assert os.waitpid(pid, 0)[1] == 0",
        "print(sum(future.result(30) for future in futures) == 2**200 - 1)",
    )
    assert said == "True\n"


@pytest.mark.parametrize("transport", ["threads", *PROCESSES])
def test_an_executor_that_nobody_has_any_more_does_what_it_took_before_the_end(run, transport):
    said = run(
        transport,
        "for number in range(5): executor.submit(os.write, 1, b'x')",
        "del executor",
    )
    assert said == "xxxxx"


@pytest.mark.parametrize("transport", ["threads", *PROCESSES])
def test_a_call_at_the_end_is_refused_with_other_words_than_after_shutdown(run, transport):
    ended = "thread._shutdown" if transport == "threads" else "at_exit._over.is_set()"
    said = run(
        transport,
        "from concurrent.futures import thread",
        "from crossover.jobs import at_exit",
        "def late(_):",
        f"    while not {ended}: time.sleep(0.01)",
        "    try: executor.submit(abs, -1)",
        "    except RuntimeError as error: os.write(1, f'{error}\\n'.encode())",
        "executor.submit(abs, -1).add_done_callback(late)" if transport != "threads" else "executor.submit(late, 0)",
        "other = crossover.Executor('pool', 1)",
        "other.shutdown()",
        "try: other.submit(abs, -1)",
        "except RuntimeError as error: print(error, flush=True)",
    )
    assert sorted(said.splitlines()) == [
        "cannot schedule new futures after interpreter shutdown",
        "cannot schedule new futures after shutdown",
    ]


@pytest.mark.parametrize("transport", PROCESSES)
def test_recycled_workers_and_an_end_without_waiting(run, transport):
    said = run(
        f"{transport}",
        f"executor = crossover.Executor({transport!r}, 2, max_tasks_per_child=1)",
        "for number in range(6): executor.submit(os.write, 1, b'x')",
        "executor.shutdown(wait=False)",
    )
    assert said == "xxxxxx"
