"""The end of a process that is no child of ours is told by a descriptor, also where containers refuse `pidfd_open`."""

import errno
import os
import select
import signal
import subprocess
import threading

import pytest
from waiting import PATIENCE

from crossover.workers.processes.process_end import end_descriptor, send_signal

REFUSALS = [errno.ENOSYS, errno.EPERM, errno.EACCES]


@pytest.fixture
def sleeper():
    with subprocess.Popen(["sleep", "600"]) as child:
        yield child
        child.kill()


@pytest.fixture
def refusing(monkeypatch):
    """Let the system refuse what a container may refuse."""

    def refuse(number):
        def fail(*_):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "pidfd_open", fail)

    return refuse


def told(descriptor, seconds):
    """Return whether a descriptor tells within some seconds that its process has ended."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1e3))


@pytest.mark.parametrize("refusal", [None, *REFUSALS])
def test_a_descriptor_tells_when_the_process_has_ended_and_not_before(sleeper, refusing, refusal):
    if refusal:
        refusing(refusal)
    descriptor = end_descriptor(sleeper.pid)
    try:
        assert not told(descriptor, 0.1)
        send_signal(sleeper.pid, descriptor, signal.SIGTERM)
        assert told(descriptor, 20)
    finally:
        os.close(descriptor)
    assert sleeper.wait(PATIENCE) == -signal.SIGTERM


@pytest.mark.parametrize("refusal", [None, *REFUSALS])
def test_of_a_process_that_has_ended_there_is_no_descriptor(sleeper, refusing, refusal):
    sleeper.kill()
    sleeper.wait()
    if refusal:
        refusing(refusal)
    with pytest.raises(ProcessLookupError):
        end_descriptor(sleeper.pid)


def test_a_process_that_has_ended_gets_no_signal_though_another_one_may_have_its_id(sleeper):
    descriptor = end_descriptor(sleeper.pid)
    try:
        sleeper.kill()
        sleeper.wait()
        with pytest.raises(ProcessLookupError):
            send_signal(os.getpid(), descriptor, signal.SIGURG)  # as if it had ours
    finally:
        os.close(descriptor)


def test_where_all_descriptors_are_used_up_that_is_said(sleeper, refusing):
    refusing(errno.EMFILE)
    with pytest.raises(OSError, match="Too many open files"):
        end_descriptor(sleeper.pid)


def test_what_waits_for_an_end_does_not_keep_its_own_process(sleeper, refusing):
    refusing(errno.ENOSYS)
    descriptor = end_descriptor(sleeper.pid)
    waits = next(thread for thread in threading.enumerate() if str(sleeper.pid) in thread.name)
    assert waits.daemon
    sleeper.kill()
    sleeper.wait()
    assert told(descriptor, 20)
    os.close(descriptor)
