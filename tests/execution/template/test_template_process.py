"""What a process that was forked from the template does, from its first moment to its end; here in a fork of this."""

import errno
import multiprocessing
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest
from waiting import eventually

from crossover.execution.template import template_process
from crossover.execution.template.template_process import (
    Surroundings,
    _begin,
    _fork,
    _has_closed,
    _note_exits,
    _take_on,
    answer,
)
from crossover.workers.processes.python_process import HASH_SEED

REPORT = f"{__name__}:report"


def report(connection, *others):
    """Tell the test what this process is like, and do what it says."""
    facts = {
        "session": os.getsid(0) == os.getpid(),
        "folder": os.getcwd(),  # noqa: PTH109 - as a text
        "variable": os.environ.get("OF_A_TEST"),
        "child": signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL,
        "inherited": [os.get_inheritable(descriptor) for descriptor in (connection.fileno(), *others)],
        "others": [os.read(descriptor, 10) for descriptor in others],
    }
    connection.send(facts)
    sys.stdout.write("a line\n")
    what = connection.recv()
    if what == "interrupted":
        raise KeyboardInterrupt
    if what == "fails":
        raise ValueError("odd")
    if what == "leaves":
        connection.send(os.posix_spawn("/bin/sleep", ["sleep", "600"], {}))


@pytest.fixture
def began(tmp_path):
    """Begin in a forked process; return the connection to it, what it says of itself, and how to wait for its end."""
    started = []

    def begin(target=REPORT, template=None):
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        os.write(writing, b"sent")
        os.close(writing)
        output = os.open(tmp_path / "output", os.O_CREAT | os.O_RDWR)
        descriptors = [output, theirs.detach(), reading]
        command = multiprocessing.connection.Connection(ours.detach())
        ours_pid = os.getpid()
        pid = os.fork()
        if not pid:
            command.close()
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # not those of pytest
            _begin(target, descriptors, template or ours_pid)
        started.append((pid, command))
        for descriptor in descriptors:
            os.close(descriptor)
        command.send(Surroundings({**os.environ, "OF_A_TEST": "7"}, list(sys.path), str(tmp_path)))

        def end():
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), (tmp_path / "output").read_text()

        return command, end

    yield begin
    for pid, command in started:
        command.close()
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def test_it_has_what_the_command_has_and_a_session_of_its_own(began, tmp_path):
    command, end = began()
    assert command.recv() == {
        "session": True,
        "folder": str(tmp_path),
        "variable": "7",
        "child": True,
        "inherited": [False, False],
        "others": [b"sent"],
    }
    command.send("ends")
    assert end() == (0, "a line\n")


def test_a_function_that_fails_is_seen_in_its_output_and_in_its_status(began):
    command, end = began()
    command.recv()
    command.send("fails")
    status, output = end()
    assert status == 1
    assert "Traceback" in output
    assert output.endswith("ValueError: odd\n")


@pytest.mark.parametrize("closes", [False, True])
def test_who_is_wanted_no_more_ends_without_a_traceback(began, closes):
    command, end = began()
    command.recv()
    if closes:
        command.close()
    else:
        command.send("interrupted")
    assert end() == (1, "a line\n")


def test_a_program_that_it_has_left_ends_with_it(began):
    command, end = began()
    command.recv()
    command.send("leaves")
    program = command.recv()
    assert end()[0] == 0
    assert eventually(lambda: not psutil.pid_exists(program))


def test_where_its_template_has_ended_meanwhile_it_ends_too(began):
    _, end = began(template=1)
    assert end() == (1, "")


def test_ended_processes_are_taken_away_and_how_they_ended_is_kept(monkeypatch):
    monkeypatch.setattr(template_process, "_exit_codes", {})
    pids = {}
    for status in (0, 3):
        if not (pid := os.fork()):
            os._exit(status)
        pids[pid] = status
    if not (pid := os.fork()):
        signal.pause()
        os._exit(0)
    os.kill(pid, signal.SIGKILL)
    pids[pid] = -signal.SIGKILL

    def noted():
        _note_exits()
        return pids.items() <= template_process._exit_codes.items()

    assert eventually(noted)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    _note_exits()  # there is nothing to note


def test_a_system_without_room_for_a_process_is_told_by_its_error(monkeypatch):
    def refuse():
        raise OSError(number, "")

    monkeypatch.setattr(os, "fork", refuse)
    for number in (errno.EAGAIN, errno.ENOMEM):
        assert _fork() == -number
    number = None
    assert _fork() == -1


def test_whether_the_command_has_closed_its_end_is_seen():
    ours, theirs = socket.socketpair()
    with theirs:
        assert not _has_closed(theirs.fileno())
        ours.send(b"something to read is no end")
        assert not _has_closed(theirs.fileno())
        ours.close()
        assert _has_closed(theirs.fileno())


@pytest.fixture
def surroundings(monkeypatch, tmp_path):
    """Put everything back."""
    variables, path = dict(os.environ), list(sys.path)
    monkeypatch.chdir(tmp_path)
    yield
    os.environ.clear()
    os.environ.update(variables)
    sys.path[:] = path


def test_surroundings_are_those_of_the_command_but_for_the_hash_seed_which_is_decided(surroundings, tmp_path):
    (tmp_path / "here").mkdir()
    os.environ[HASH_SEED] = "5"
    _take_on(Surroundings({"A": "b", HASH_SEED: "7"}, ["/a", "/b"], str(tmp_path / "here")))
    assert dict(os.environ) == {"A": "b", HASH_SEED: "5"}
    assert sys.path == ["/a", "/b"]
    assert Path.cwd() == tmp_path / "here"


def test_another_interpreter_keeps_its_path_and_a_folder_that_is_gone_changes_nothing(surroundings, tmp_path):
    os.environ.pop(HASH_SEED, None)
    path = list(sys.path)
    _take_on(Surroundings({"A": "b"}, [], ""))
    assert (dict(os.environ), sys.path, Path.cwd()) == ({"A": "b"}, path, tmp_path)


@pytest.mark.parametrize(("argument", "reply"), [(16, "(True, 4.0)"), (-1, "(False, ValueError('math domain error'))")])
def test_a_call_is_answered_with_the_value_or_with_the_exception(argument, reply):
    command, process = multiprocessing.Pipe()
    command.send(("math:sqrt", (argument,)))
    command.send("that is all")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    answer(process)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert repr(command.recv()) == reply
    assert not process.poll()  # it has waited for the command, which may look for what the function has started


def test_a_command_that_closes_its_end_wants_no_more():
    command, process = multiprocessing.Pipe()
    command.send(("math:sqrt", (16,)))
    command.close()
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        answer(process)


def test_an_interrupted_call_has_no_answer():
    command, process = multiprocessing.Pipe()
    command.send((f"{__name__}:interrupt", ()))
    answer(process)
    assert not command.poll()


def interrupt():
    raise KeyboardInterrupt
