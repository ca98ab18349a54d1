"""A template whose command ends in the middle of a request, as after Ctrl-C, ends without a word."""

import pickle
import socket
import subprocess

import pytest

from crossover.execution.template.template_process import ExitCodeOf, Fork, main
from crossover.workers.processes.python_process import environment, python_command


@pytest.mark.parametrize("request_of", [Fork("os:getpid", ()), ExitCodeOf(1)])
@pytest.mark.parametrize("times", [1, 2])
def test_a_template_whose_replies_are_not_read_ends_quietly(request_of, times):
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        template = subprocess.Popen(
            python_command(f"{main.__module__}:{main.__name__}", str(theirs.fileno())),
            env=environment(),
            stderr=subprocess.PIPE,
            pass_fds=(theirs.fileno(),),
        )
    pairs = [socket.socketpair() for _ in range(times)]
    for _, end in pairs:
        socket.send_fds(ours, [pickle.dumps(request_of)], [2, end.fileno()])
    if times > 1:
        ours.recv(100)
    ours.close()
    for pair in pairs:
        for end in pair:
            end.close()
    _, said = template.communicate()
    assert (template.returncode, said) == (0, b"")
