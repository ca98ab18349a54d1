"""A process that was forked from the template, and the one that a fork was not possible for."""

import errno
import os
import signal
import socket
import time

import pytest
from waiting import PATIENCE

from crossover.contract.errors import StartError
from crossover.execution.template.forked_call import call
from crossover.execution.template.forked_process import ForkedProcess
from crossover.execution.template.template_handle import Template
from crossover.execution.template.template_process import Fork, answer

ANSWER = f"{answer.__module__}:{answer.__name__}"


def test_a_process_is_not_waited_for_that_has_ended_and_left_a_child_with_all_its_descriptors():
    began = time.monotonic()
    with pytest.raises(EOFError):
        call("task_functions:end_and_leave_a_child", within=30)
    assert time.monotonic() - began < 10


def test_a_program_that_a_function_starts_inherits_no_descriptor_of_ours():
    assert call("task_functions:sockets_of_a_program", within=30) == []


def test_an_interrupt_after_the_reply_ends_the_process_without_a_traceback(tmp_path):
    with (tmp_path / "output").open("wb") as output:
        process = ForkedProcess(ANSWER, output=output.fileno())
    try:
        process.connection.send(("math:sqrt", (16,)))
        assert process.receive(30) == (True, 4)
        process.signal(signal.SIGINT)
        assert process.join(PATIENCE)
    finally:
        process.kill()
        process.close()
    assert (tmp_path / "output").read_text() == ""


def test_a_fork_for_which_the_system_has_no_room_is_reported_with_the_reason(monkeypatch):
    ours, template = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with ours, template:
        template.send(str(-errno.EAGAIN).encode())
        handle = Template()
        monkeypatch.setattr(handle, "_start", lambda: ours)
        with pytest.raises(StartError, match=f"no process can be forked: {os.strerror(errno.EAGAIN)}"):
            handle.fork(Fork(ANSWER, ()), [])
