"""What a producer process does from its first message to its end: here in this process, told everything beforehand."""

import errno
import multiprocessing
import os
import signal
import sys
from array import array

import pytest
from misbehaving import Scripted
from task_functions import Grumpy

from crossover.contract.errors import BrokenError, StartError
from crossover.contract.options import Options
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.producer.defective_payload import Defect
from crossover.execution.producer.producer_process import serve
from crossover.execution.producer.protocol import (
    Deaths,
    Failure,
    Instruction,
    ProducerSpec,
    Ready,
    Report,
    StartFailed,
    Stopped,
)
from crossover.recording.shared_history import SharedHistory
from workloads.base import InputError
from workloads.echo import Echo

TASKS = 20
EVERYTHING = (Instruction.WARM_UP, Instruction.RUN, Instruction.FINISH)


@pytest.fixture
def script(monkeypatch):
    """Let the transport fail, or lose workers."""
    for name, value in (("fails_at", {}), ("dead", {}), ("done", []), ("blocked", []), ("handlers", [])):
        monkeypatch.setattr(Scripted, name, value)
    return Scripted


@pytest.fixture
def produce(script):
    """Serve a run that has been told everything, and return what was reported."""
    before, variables = signal.getsignal(signal.SIGINT), dict(os.environ)

    def run(*instructions, load=None, closes=False, stop_collecting=False, first=None, sent=0, **changes):
        load = load or Load(TASKS, 2, 1, 4)
        warm_up, history = SharedHistory(min(load.tasks, 1_000), load.batch), SharedHistory(load.tasks, load.batch)
        history.sent[:sent] = array("q", [1]) * sent
        if stop_collecting:
            history.stop_collecting()
        command, producer = multiprocessing.Pipe()
        spec = ProducerSpec(Scripted(Options(), Safety.DEFAULT), Echo(), load, **changes)
        for message in (first or spec, *instructions):
            command.send(message)
        if closes:
            command.close()
        found = []
        try:
            serve(producer, os.dup(warm_up.file.descriptor), os.dup(history.file.descriptor))
            while not closes and command.poll():
                found.append(command.recv())
        finally:
            for one in (producer, command, warm_up.file, history.file):
                one.close()
        return found

    yield run
    signal.signal(signal.SIGINT, before)
    os.environ.clear()
    os.environ.update(variables)


def test_it_says_when_it_is_ready_when_each_part_has_ended_and_when_it_has_stopped(produce, script):
    ready, warm_up, report, stopped = produce(*EVERYTHING)
    assert ready == Ready("", {"workers": [1, 2]}, {"server": "1.0"}, 7.0)
    assert isinstance(warm_up, Report)
    assert (report.counts.settled, report.failure, report.error, report.backlog, report.parts) == (
        TASKS,
        None,
        "",
        None,
        [],
    )
    assert stopped == Stopped({"server": "1.0"}, ("a note",))
    assert (script.done[0], script.done.count("stop")) == ("start 2", 1)
    assert script.handlers == [signal.SIG_IGN]  # what removes its queues is not interrupted


def test_what_is_found_out_about_windows_is_reported(produce):
    found = produce(Instruction.RUN, Instruction.FINISH, load=Load(200, 1, 1, 4, windows=[1]))
    assert {part.window for part in found[1].parts} == {1}


def test_variables_of_the_run_are_those_of_its_processes(produce):
    produce(Instruction.FINISH, variables={"CROSSOVER_OF_A_TEST": "7"})
    assert os.environ["CROSSOVER_OF_A_TEST"] == "7"


def test_folders_of_the_user_are_searched_for_modules_and_the_command_may_interrupt(produce, script, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(Echo, "folders", ("/a/folder/of/the/user",), raising=False)
    monkeypatch.setattr(Echo, "reference", "of_the_user:function")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # as in a process that has just been forked
    produce(Instruction.FINISH)
    assert "/a/folder/of/the/user" in sys.path
    assert script.blocked == [False]


def test_a_run_that_cannot_be_restored_in_another_process_says_so(produce):
    (found,) = produce(first=Grumpy())
    assert found == StartFailed("it cannot be started in another process: RuntimeError: I will not be unpickled")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StartError("no worker is ready"), "no worker is ready"),
        (InputError("no such file"), "no such file"),
        (BrokenError("the server has gone"), "it cannot be started: the server has gone"),
        (RuntimeError("can't start new thread"), "it cannot be started: can't start new thread"),
        (OSError(errno.EMFILE, "Too many"), "it cannot be started: too many open files: `ulimit -n` allows"),
        (ValueError("odd"), "it cannot be started: ValueError: odd"),
        (SystemExit(3), "it cannot be started: SystemExit: 3"),
    ],
)
def test_a_transport_that_cannot_be_started_leaves_nothing_and_says_why(produce, script, error, reason):
    script.fails_at["start"] = error
    (found,) = produce(*EVERYTHING)
    assert isinstance(found, StartFailed)
    assert found.reason.startswith(reason)
    assert script.done == ["start 2", "stop"]
    assert script.handlers == [signal.SIG_IGN]


@pytest.mark.parametrize(
    ("error", "failure", "message"),
    [
        (BrokenError("the queue is gone"), Failure.BROKEN, "the queue is gone"),
        (InputError("line 3 is no number"), Failure.INPUT, "line 3 is no number"),
        (ValueError("odd"), Failure.DEFECT, "ValueError: odd"),
        (KeyboardInterrupt, Failure.BROKEN, "the producer got SIGINT, but not from this command"),
    ],
)
def test_what_ends_a_loop_is_reported_with_what_was_done_until_then(produce, script, capfd, error, failure, message):
    script.fails_at[10] = error
    _, report, stopped = produce(Instruction.RUN, Instruction.FINISH)
    assert (report.failure, report.error) == (failure, message)
    assert 10 <= report.counts.attempted <= 11
    assert isinstance(stopped, Stopped)
    assert ("Traceback" in capfd.readouterr().err) is (failure is Failure.DEFECT)


def test_an_interrupt_of_the_command_which_wants_no_more_is_no_failure(produce, script):
    script.fails_at[0] = KeyboardInterrupt
    _, report, _ = produce(Instruction.RUN, Instruction.FINISH, stop_collecting=True)
    assert (report.failure, report.error) == (None, "")


@pytest.mark.long
def test_dead_workers_are_reported_once_each_before_the_end(produce, script):
    """As soon as nothing comes back, and at the end."""
    script.dead = {1: ["worker a"], 12: ["worker b"]}
    _, first, second, report, _ = produce(Instruction.RUN, Instruction.FINISH)
    assert first == Deaths(["worker a"], {7: "was ended by SIGKILL"})
    assert second == Deaths(["worker a", "worker b"], {7: "was ended by SIGKILL"})
    assert isinstance(report, Report)


def test_without_deaths_none_are_reported(produce):
    assert not [message for message in produce(*EVERYTHING) if isinstance(message, Deaths)]


def test_a_command_that_has_ended_is_not_reported_to_and_the_transport_is_stopped(produce, script):
    produce(closes=True)
    assert script.done == ["start 2", "stop"]


def test_a_run_of_a_dead_producer_is_taken_over_before_it_starts_and_nothing_new_is_submitted(produce, script):
    _, report, _ = produce(Instruction.RUN, Instruction.FINISH, run="of another", sent=5, stop_collecting=True)
    assert script.done[:2] == ["take over of another", "start 2"]
    assert (report.counts.attempted, report.failure) == (5, None)


def test_one_payload_may_be_defective(produce, script):
    found = produce(Instruction.RUN, Instruction.FINISH, defect=Defect.UNPICKLABLE, defective_task=3)
    assert (found[1].failure, found[1].counts.attempted) == (None, TASKS)
    assert found[1].counts.settled == TASKS
