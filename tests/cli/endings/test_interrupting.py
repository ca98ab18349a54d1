"""Ctrl-C, SIGTERM and a closed terminal end everything, in order: no process is left, and what was measured is kept."""

import os
import signal

import pytest
from waiting import PATIENCE, eventually, workers_work

PROCESSES = ["queue", "pipe", "manager", "pool", "executor", "shared-memory"]
BOTH = [signal.SIGINT, signal.SIGTERM]
NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""


SWALLOWS = """
    import pathlib, time

    def run(item):
        while True:
            try:
                pathlib.Path("began").touch()
                time.sleep(item)
            except BaseException:
                pass
"""


STUCK = """
    import os, pathlib, sys, time

    if "--multiprocessing-fork" in sys.orig_argv:
        pathlib.Path(f"{os.getpid()}.stuck").touch()
        time.sleep(600)

    def run(item):
        return item
"""


MUTE = """#!/bin/sh
[ "$1" = --version ] && exec echo "Redis server v=7.4.0"
touch "$HOME/mute" && exec sleep 600
"""


@pytest.fixture
def working(begin, mine, tmp_path):
    """Start a long run and come back when its workers work."""

    def start(transport, seconds=0.002, source=NAP):
        words = [*mine(source, [seconds]), "-n", "100000", "-r", "1", "-w", "2", "--window", "32"]
        process = begin("compare", transport, *words, "--json", "out.json")
        workers_work(process, tmp_path / "began", tmp_path / "out.json")
        return process

    return start


@pytest.fixture
def ended(family, tmp_path):
    """Wait until a command has ended by an interruption; return what it said."""

    def wait(process):
        assert process.wait(PATIENCE) == 130
        assert eventually(lambda: not family())
        said = (tmp_path / "stderr").read_text()
        assert "Traceback" not in said
        assert "Error" not in said
        return said

    return wait


@pytest.mark.long
@pytest.mark.parametrize("number", [*BOTH, signal.SIGHUP])
def test_an_interruption_keeps_what_was_measured(begin, ended, result, tmp_path, number):
    words = ["-W", "sleep", "-n", "1000", "-w", "2", "-r", "50", "--json", "out.json"]
    process = begin("compare", "queue", "pipe", *words)
    assert eventually(lambda: "tasks/s" in (tmp_path / "stderr").read_text() or process.poll() is not None)
    os.killpg(process.pid, number)
    said = ended(process)
    runs = result()["runs"]
    assert f"interrupted; {len(runs)} of 100 runs were measured" in said
    assert 1 <= len(runs) < 100
    assert runs[0]["delivery"]["completed"] == 1000
    assert runs[0]["transport"] in (tmp_path / "stdout").read_text()


@pytest.mark.long
@pytest.mark.parametrize("transport", PROCESSES)
def test_a_long_run_can_be_interrupted(working, ended, family, transport):
    process = working(transport)
    assert len(family()) >= 3
    os.killpg(process.pid, signal.SIGINT)
    assert "interrupted; " in ended(process)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["queue://?start=spawn", "pool://?start=forkserver", "shared-memory"])
def test_sigterm_to_the_producer_alone_ends_its_workers(working, ended, transport):
    process = working(transport)
    process.terminate()
    assert "interrupted" in ended(process)


@pytest.mark.long
@pytest.mark.parametrize("number", BOTH)
@pytest.mark.parametrize("transport", ["pipe", "queue://?start=spawn", "pool://?start=spawn"])
def test_workers_that_are_still_starting_end_quietly(begin, ended, family, transport, number):
    process = begin("compare", transport, "-W", "sleep", "-r", "1", "-w", "4")
    assert eventually(lambda: len(family()) >= 3)
    os.killpg(process.pid, number)
    assert "interrupted" in ended(process)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["queue://?start=spawn", "pool://?start=spawn", "executor://?start=spawn"])
def test_workers_that_are_stuck_while_they_start_end_quietly(begin, ended, mine, tmp_path, transport):
    """A large import takes as long; a worker that outlived the command would find its semaphores removed."""
    process = begin("compare", transport, *mine(STUCK), "-r", "1", "-w", "2")
    assert eventually(lambda: len(list(tmp_path.glob("*.stuck"))) == 2 or process.poll() is not None)
    os.killpg(process.pid, signal.SIGTERM)
    assert "interrupted" in ended(process)


@pytest.mark.long
def test_an_impatient_person_may_interrupt_many_times(working, ended):
    process = working("pool")
    while process.poll() is None:
        os.kill(process.pid, signal.SIGINT)
        eventually(lambda: process.poll() is not None, 0.01)
    assert "interrupted" in ended(process)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads", "queue"])
def test_a_task_without_an_end_can_be_interrupted(working, ended, transport):
    process = working(transport, seconds=3600)
    os.killpg(process.pid, signal.SIGINT)
    assert "0 of 1 runs were measured: the first one was still starting or warming up" in ended(process)


@pytest.mark.long
def test_a_task_that_swallows_every_exception_cannot_keep_the_command_alive(working, ended):
    process = working("serial", seconds=3600, source=SWALLOWS)
    os.killpg(process.pid, signal.SIGINT)
    assert "interrupted" in ended(process)


@pytest.mark.long
def test_a_private_server_that_does_not_answer_yet_is_not_waited_for(begin, ended, tmp_path):
    program = tmp_path / "redis-server"
    program.write_text(MUTE)
    program.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    process = begin("compare", "redis-list", "-W", "noop", "-r", "1", PATH=path, HOME=str(tmp_path))
    assert eventually(lambda: (tmp_path / "mute").exists() or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    assert "interrupted" in ended(process)
