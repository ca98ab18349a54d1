"""What a worker makes of each task that it receives, alone or in a batch: its value, or its error and no end."""

import os
import sys
import time
from array import array
from multiprocessing import Pipe

import pytest
from task_functions import double, exit_on_odd, fail_on_odd

from crossover.contract.tasks import Batch, Outcomes, as_outcomes
from crossover.recording import activity
from crossover.recording.activity import INSIDE
from crossover.recording.journals import journal
from crossover.recording.sample import CHOSEN, LONG, PERIOD
from crossover.workers.loop import execute, performer, work
from local_ipc.channels.pickling import PickledInbox, pack, pack_outcomes, pack_task, unpack_outcomes

UNSTAMPED = CHOSEN.index(0)  # the first task that gets no time stamp for its number


def past_its_first(run):
    """Return what a worker calls with each task, after the first one, which always has time stamps, and was short."""
    perform = performer(run)
    while (found := perform((0, 0))).finished - found.started > LONG:
        pass
    return perform


def wait_long(_payload):
    until = time.monotonic_ns() + 2 * LONG
    while time.monotonic_ns() < until:
        pass


@pytest.fixture
def no_task_is_long(monkeypatch):
    """On a busy machine any task may be, and then the next one has time stamps, too."""
    monkeypatch.setattr("crossover.workers.loop.LONG", 10**15)


@pytest.fixture
def seen(monkeypatch):
    """Return what shows from outside what this worker is doing: it is read from its file in memory."""
    file = activity.ActivityFile()
    monkeypatch.setenv(activity.FILE, file.path)
    activity._forget()
    yield lambda _payload=None: [entry.since for entry in file.entries()]
    file.close()
    activity._forget()


def test_each_task_of_a_batch_has_its_value_or_its_error():
    before = time.monotonic_ns()
    found = performer(fail_on_odd)(Batch(40, 5, [0, 1, 2, 3, 4]))
    assert (found.first, found.size, found.values) == (40, 5, [0, None, 2, None, 4])
    assert found.errors == {1: "ValueError: 1 is odd", 3: "ValueError: 3 is odd"}
    assert found.worker == os.getpid()
    assert before <= found.started <= found.finished <= time.monotonic_ns()


@pytest.mark.usefixtures("no_task_is_long")
@pytest.mark.parametrize("run", [fail_on_odd, exit_on_odd])
@pytest.mark.parametrize("task", [0, UNSTAMPED])
def test_a_task_that_travels_alone_has_its_value_or_its_error(run, task):
    perform = past_its_first(run)
    assert as_outcomes(perform((task, 2))).values == [2]
    failed = perform((task, 3))
    assert (failed.first, failed.size, failed.values, failed.worker) == (task, 1, [None], os.getpid())
    assert failed.errors[0].endswith(": 3 is odd")
    assert perform((UNSTAMPED, 4)) == (UNSTAMPED, 4)  # it goes on


def test_no_exception_of_a_function_ends_the_worker():
    def interrupt(_payload):
        raise KeyboardInterrupt

    perform = past_its_first(interrupt)
    assert perform((UNSTAMPED, 0)).errors == perform(Batch(1, 1, [0])).errors == {0: "KeyboardInterrupt"}


def test_the_tasks_of_the_sample_have_time_stamps_and_the_others_say_nothing_but_their_value():
    perform = past_its_first(double)
    perform((PERIOD, 1))  # of the sample; was short
    for task in range(PERIOD, PERIOD + 200):
        found = perform((task, task))
        assert as_outcomes(found).values == [2 * task]
        if isinstance(found, Outcomes):  # those that the machine made long, too
            assert 0 < found.started <= found.finished
        else:
            assert not CHOSEN[task - PERIOD]


@pytest.mark.usefixtures("no_task_is_long")
def test_an_error_that_is_not_in_the_sample_has_no_time_stamps():
    perform = past_its_first(fail_on_odd)
    found = perform((UNSTAMPED, 1))
    assert (found.started, found.finished) == (0, 0)


def test_after_a_long_task_the_next_one_has_time_stamps_and_after_a_short_one_not():
    perform = performer(lambda payload: wait_long(payload) if payload else None)
    assert isinstance(perform((UNSTAMPED, 1)), Outcomes)  # the first one
    assert isinstance(perform((UNSTAMPED, 1)), Outcomes)
    perform((UNSTAMPED, 0))
    short = [perform((UNSTAMPED, 0)) for _ in range(50)]
    assert (UNSTAMPED, None) in short  # each but those that the machine made long


@pytest.mark.usefixtures("no_task_is_long")
def test_from_outside_it_is_seen_inside_a_task_and_not_between_them(seen):
    perform = past_its_first(seen)
    assert seen() == [0]
    ((since,),) = perform(Batch(1, 1, [None])).values
    assert since > INSIDE
    ((since,),) = as_outcomes(perform((0, None))).values
    assert since > INSIDE
    perform((0, None))
    assert perform((UNSTAMPED, None)) == (UNSTAMPED, [INSIDE])
    assert seen() == [0]


@pytest.mark.parametrize("task", [0, UNSTAMPED])
def test_after_a_task_that_failed_it_is_not_seen_inside_it(seen, task):
    perform = past_its_first(fail_on_odd)
    assert perform((task, 1)).errors
    assert seen() == [0]


def test_where_a_journal_is_kept_it_names_every_task_alone_or_in_a_batch(monkeypatch, tmp_path):
    monkeypatch.setenv(journal.FOLDER, str(tmp_path))
    monkeypatch.setattr(journal, "current", journal._unknown)
    perform = performer(double)
    for message in (Batch(3, 2, [1, 2]), (UNSTAMPED, 1), (7, 1)):
        perform(message)
    (path,) = tmp_path.iterdir()
    begun = [number // 2 for number in array("Q", path.read_bytes())[::2] if not number % 2]
    assert begun == [3, 4, UNSTAMPED, 7]


class TwoPipes(PickledInbox):
    """One for tasks, one for outcomes: so the end of the one can be seen, and the other can still be read."""

    def __init__(self, tasks, outcomes):
        self.get, self.put, self.write = tasks.recv_bytes, outcomes.send_bytes, pack_outcomes


def test_it_serves_its_inbox_until_that_is_closed():
    tasks, submit = Pipe(duplex=False)
    collect, outcomes = Pipe(duplex=False)
    with tasks, collect, outcomes:
        with submit:
            submit.send_bytes(pack_task(0, 5)[0])
            submit.send_bytes(*pack(Batch(1, 3, [5, 6, 7]))[0])
        work(TwoPipes(tasks, outcomes), double)
        came = [unpack_outcomes(collect.recv_bytes()) for _ in range(2)]
    assert [(one.first, one.values) for one in map(as_outcomes, came)] == [(0, [10]), (1, [10, 12, 14])]


def leave(how):
    def end():
        raise how

    return end


@pytest.mark.parametrize("message", [Batch(0, 1, [1]), (UNSTAMPED, 1)])
@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        (lambda: None, 0, ""),
        (leave(SystemExit), 0, ""),
        (leave(SystemExit(0)), 0, ""),
        (leave(SystemExit(3)), 3, ""),
        (leave(SystemExit(2**40 + 3)), 3, ""),
        (leave(SystemExit("no")), 1, ""),
        (leave(ValueError("no")), 1, "ValueError: no"),
    ],
)
def test_a_child_that_a_function_forks_ends_as_in_python_and_is_no_second_worker(
    monkeypatch, tmp_path, message, end, status, said
):
    def fork(payload):
        if not payload or (child := os.fork()):
            return payload and child
        sys.stdout.write("printed")
        sys.stderr.write("warned")
        return end()

    perform = past_its_first(fork)
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        (child,) = as_outcomes(perform(message)).values
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == status
    assert (tmp_path / "out").read_text() == "printed"
    warned = (tmp_path / "err").read_text()
    assert warned.startswith("warned")
    assert warned.strip().endswith(said or "warned")


def test_an_error_of_a_batch_is_not_taken_over_by_the_next_one():
    assert execute(Batch(0, 1, [1]), fail_on_odd, 7).errors
    assert not execute(Batch(0, 1, [2]), fail_on_odd, 7).errors
