"""The template itself: it forks what it is asked for, says how that ended, and ends with its command; here, a fork."""

import os
import pickle
import signal
import socket
import sys
from multiprocessing.connection import Connection

import psutil
import pytest
from waiting import eventually

from crossover.execution.template.template_process import UNKNOWN, ExitCodeOf, Fork, Surroundings, answer, main

ANSWER = f"{answer.__module__}:{answer.__name__}"


@pytest.fixture
def template(tmp_path):
    """Return what speaks to a template, and its process id."""
    control, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    pid = os.fork()
    if not pid:
        control.close()
        sys.argv = ["template", str(theirs.detach())]
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # not those of pytest
        try:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            main()
        finally:
            os._exit(70)
    theirs.close()
    yield control, pid
    control.close()
    if psutil.pid_exists(pid):
        psutil.Process(pid).kill()
        os.waitpid(pid, 0)


@pytest.fixture
def fork(template, tmp_path):
    """Have a process forked; return the connection to it, and its id."""
    control, _ = template
    connections = []

    def asked(*modules):
        ours, theirs = socket.socketpair()
        output = os.open(tmp_path / "output", os.O_CREAT | os.O_RDWR | os.O_APPEND)
        with theirs:
            socket.send_fds(control, [pickle.dumps(Fork(ANSWER, modules))], [output, theirs.fileno()])
            pid = int(control.recv(64))
        os.close(output)
        connections.append(Connection(ours.detach()))
        connections[-1].send(Surroundings(dict(os.environ), list(sys.path), str(tmp_path)))
        return connections[-1], pid

    yield asked
    for connection in connections:
        connection.close()


def exit_code(control, pid):
    control.send(pickle.dumps(ExitCodeOf(pid)))
    return control.recv(64).decode()


def test_each_process_is_a_child_of_its_own_and_answers(template, fork):
    (first, one), (second, other) = fork(), fork()
    for connection, pid in ((first, one), (second, other)):
        connection.send(("os:getpid", ()))
        assert connection.recv() == (True, pid)
    assert {process.pid for process in psutil.Process(template[1]).children()} == {one, other}


def test_how_a_process_ended_is_known_afterwards_and_not_before(template, fork):
    control, _ = template
    connection, pid = fork()
    assert exit_code(control, pid) == UNKNOWN
    connection.send(("os:_exit", (3,)))
    assert eventually(lambda: exit_code(control, pid) == "3")
    assert not psutil.pid_exists(pid)
    assert exit_code(control, 1) == UNKNOWN


def test_a_module_is_imported_once_for_all_and_one_that_is_missing_is_for_its_process_to_report(template, fork):
    fork("of_which_nobody_has_heard", "colorsys")
    connection, _ = fork()
    connection.send((f"{__name__}:imported", ("colorsys",)))
    assert connection.recv() == (True, True)


def imported(name):
    return name in sys.modules


def test_when_its_command_ends_it_ends_with_all_that_it_has_forked_and_what_they_have_started(template, fork):
    control, pid = template
    connection, child = fork()
    connection.send(("task_functions:leave_a_daemon", ()))
    succeeded, daemon = connection.recv()
    assert succeeded
    control.close()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert eventually(lambda: not any(map(psutil.pid_exists, (child, daemon))))


def test_it_ends_by_sigterm_whatever_its_command_did_with_that(template, fork):
    fork()
    os.kill(template[1], signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(template[1], 0)[1]) == -signal.SIGTERM
