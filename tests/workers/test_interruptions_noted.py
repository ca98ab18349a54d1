"""The handlers of the command in this process: each signal is noted, wakes up what waits, and they can be undone."""

import os
import signal
from multiprocessing.connection import wait

import pytest

from crossover.workers import interruption


@pytest.fixture
def installed():
    """Install the handlers, and give back those that there were."""
    before = {number: signal.getsignal(number) for number in interruption.INTERRUPTS}
    interruption.install_handlers()
    yield before
    interruption._forget()
    for number, handler in before.items():
        signal.signal(number, handler)


def woken(seconds):
    return bool(wait([interruption.wake_up_descriptor()], seconds))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.usefixtures("installed")
def test_each_signal_is_noted_and_wakes_up_whatever_waits_next_too(number):
    assert not interruption.requested()
    interruption.raise_if_requested()
    assert not woken(0)
    signal.raise_signal(number)
    assert interruption.requested()
    assert woken(20)
    assert woken(20)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            interruption.raise_if_requested()


def test_a_command_started_by_nohup_outlives_its_terminal():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        interruption.install_handlers()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.raise_signal(signal.SIGQUIT)
        assert interruption.requested()
        interruption._forget()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_process_forked_from_it_has_the_handlers_that_there_were_before(installed):
    interruption.install_handlers()  # twice changes nothing
    descriptor = interruption.wake_up_descriptor()
    signal.raise_signal(signal.SIGTERM)
    interruption._forget()  # what a fork does in the child
    assert not interruption.requested()
    assert {number: signal.getsignal(number) for number in installed} == installed
    assert signal.set_wakeup_fd(-1) == -1
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    interruption._forget()  # nor is there anything left to undo


def test_a_handler_that_was_set_since_is_left_alone(installed):
    mine = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    interruption._forget()
    assert mine is interruption._note
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is installed[signal.SIGINT]


@pytest.mark.usefixtures("installed")
def test_many_signals_fill_no_buffer_that_is_waited_for():
    for _ in range(20_000):
        signal.raise_signal(signal.SIGTERM)
    assert interruption.requested()


def test_a_process_that_waits_for_nothing_has_no_sockets():
    assert interruption._wake_up is None
    interruption._forget()
    assert woken(0) is False
    interruption._forget()
    assert interruption._wake_up is None
