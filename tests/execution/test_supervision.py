"""How a run is ended, and when: on producers that do what a test says, in seconds that pass at once."""

import functools
import os
import subprocess

import pytest

from crossover.execution import supervision
from crossover.execution.producer.protocol import Failure
from crossover.results.records import End
from workloads.base import InputError

LAST_WORDS = 1.0  # seconds in which a loop may report that was told to end; here it does not


def test_a_run_whose_loop_ends_in_order_is_finished(script):
    run = script().submits(0.1, *range(10)).completes(0.5, *range(10)).reports(0.6)
    ending, seconds = run.supervise()
    assert (ending.end, ending.detail, str(ending)) == (End.FINISHED, "", "finished")
    assert seconds == pytest.approx(0.6)
    assert run.history.attempted == run.history.settled == 10


def test_progress_is_told_five_times_a_second(script):
    run = script().submits(0.0, *range(10)).completes(0.3, 0, 1).completes(0.5, 2).reports(1.0)
    run.supervise()
    assert run.looks[:4] == [(pytest.approx(0.2 * look), settled) for look, settled in ((1, 0), (2, 2), (3, 3), (4, 3))]


def test_silence_with_nothing_outstanding_is_no_hang_however_long_it_is(script):
    run = script().submits(0.0, 0, 1).completes(0.3, 0, 1).submits(300.0, 2).completes(300.1, 2).reports(300.2)
    assert run.supervise(hang_after=1.0)[0].end is End.FINISHED


def test_silence_with_a_task_outstanding_is_a_hang_after_the_time_that_the_user_set(script):
    run = script().submits(0.0, 0, 1, 2).completes(0.4, 0)
    ending, seconds = run.supervise(hang_after=5.0)
    assert ending.end is End.HUNG
    assert "no outcome for 5 s, 2 tasks outstanding" in ending.detail
    assert 5.4 <= seconds - LAST_WORDS <= 5.8
    assert not run.history.collecting


def test_the_cause_that_the_server_names_is_said(script):
    run = script().submits(0.0, 0, 1, 2)
    ending, _ = run.supervise(hang_after=1.0, likely_cause=lambda outstanding: f"{outstanding} are gone")
    assert ending.detail.endswith("if none is: 3 are gone")


def test_an_outcome_now_and_then_is_no_hang(script):
    run = script(tasks=5)
    for task in range(5):
        run.submits(4.0 * task, task).completes(4.0 * task + 3.9, task)
    assert run.reports(20.0).supervise(hang_after=4.5)[0].end is End.FINISHED


def test_a_backlog_that_is_being_filled_is_no_silence(script):
    run = script(tasks=100)
    for task in range(100):
        run.submits(float(task), task)
    run.completes(100.0, *range(100)).reports(100.1)
    assert run.supervise(hang_after=2.0)[0].end is End.FINISHED


def test_a_worker_inside_a_task_is_no_hang_and_when_it_has_left_the_time_counts_from_then(script):
    run = script().submits(0.0, 0, 1)
    run.at(0.1, functools.partial(run.works, os.getpid(), 1)).at(30.0, functools.partial(run.works, os.getpid(), 0))
    ending, seconds = run.supervise(hang_after=3.0)
    assert ending.end is End.HUNG
    assert 33.0 <= seconds - LAST_WORDS <= 33.6


def test_a_worker_that_dies_early_is_seen_and_what_comes_within_a_second_is_still_collected(script):
    with subprocess.Popen(["sleep", "60"]) as process:
        run = script(processes={"workers": [process.pid]}).submits(0.0, *range(4))
        run.at(0.5, lambda: (process.kill(), process.wait()))
        run.completes(0.3, 0).completes(0.7, 1)
        ending, seconds = run.supervise()
    assert (ending.end, ending.detail) == (End.DIED, f"worker {process.pid}")
    assert 0.8 + 1.0 < seconds - LAST_WORDS < 0.8 + 1.7  # a second, or three times the longest silence before
    assert not run.history.submitting
    assert run.history.settled == 2


def test_a_worker_of_another_machine_that_died_is_seen(script):
    run = script().submits(0.0, 0, 1).loses(0.5, "worker far-away")
    ending, seconds = run.supervise()
    assert (ending.end, ending.detail) == (End.DIED, "worker far-away")
    assert seconds - LAST_WORDS < 2.0


def test_after_a_death_the_longest_silence_before_decides_how_long_is_waited(script):
    run = script().submits(0.0, *range(5)).completes(4.0, 0).loses(4.1, "worker one")
    ending, seconds = run.supervise()
    assert ending.end is End.DIED
    assert 3 * 3.6 <= seconds - LAST_WORDS - 4.0 <= 3 * 4.2


def test_a_run_goes_on_until_what_a_dead_worker_held_can_be_delivered_again(script):
    run = script(redelivery=30.0).submits(0.0, *range(3)).completes(0.2, 0).loses(0.5, "worker one")
    run.completes(31.0, 1, 2).reports(31.1)
    ending, seconds = run.supervise()
    assert (ending.end, ending.detail) == (End.DIED, "worker one")
    assert seconds == pytest.approx(31.1)
    assert run.history.settled == 3


def test_nor_does_it_hang_meanwhile(script):
    run = script(redelivery=30.0).submits(0.0, *range(3)).loses(0.5, "worker one")
    ending, seconds = run.supervise(hang_after=2.0)
    assert ending.end is End.DIED
    assert 30.0 < seconds - LAST_WORDS < 33.0


def test_without_a_death_nothing_is_due_for_redelivery(script):
    run = script(redelivery=30.0).submits(0.0, 0)
    ending, seconds = run.supervise(hang_after=2.0)
    assert ending.end is End.HUNG
    assert seconds - LAST_WORDS < 2.8


def test_how_a_worker_ended_is_said_where_it_is_known(script):
    with subprocess.Popen(["true"]) as process:
        process.wait()
        run = script(processes={"workers": [process.pid]}).submits(0.0, 0).completes(0.1, 0).reports(0.2)
        run.exits = {process.pid: "was killed by SIGKILL"}
        ending, _ = run.supervise()
    assert (ending.end, ending.detail) == (End.DIED, f"worker {process.pid} was killed by SIGKILL")


def test_a_producer_that_died_is_named_with_how_it_ended(script):
    with subprocess.Popen(["sleep", "60"]) as process:
        run = script(pid=process.pid).submits(0.0, 0, 1).completes(0.1, 0)

        def die():
            process.kill()
            process.wait()
            run.alive, run.process.exit_code = False, -9

        ending, _ = run.at(0.3, die).supervise()
    assert ending.end is End.DIED
    assert ending.detail == f"producer {process.pid} was ended by SIGKILL"
    assert (run.history.attempted, run.history.settled) == (2, 1)


def test_a_broken_transport_is_said_in_its_own_words(script):
    run = script().submits(0.0, 0).reports(0.3, Failure.BROKEN, "the connection is gone")
    ending, _ = run.supervise()
    assert (ending.end, ending.detail) == (End.BROKEN, "the connection is gone")


def test_where_it_broke_because_a_worker_died_both_are_said(script):
    run = script().submits(0.0, 0).loses(0.3, "worker one").reports(0.3, Failure.BROKEN, "the pipe is broken")
    ending, _ = run.supervise()
    assert (ending.end, ending.detail) == (End.BROKEN, "the pipe is broken; died: worker one")


def test_the_loops_own_exception_is_never_swallowed(script):
    run = script().submits(0.0, 0).completes(0.1, 0).reports(0.3, Failure.DEFECT, "KeyError: 7")
    ending, _ = run.supervise()
    assert (ending.end, ending.detail) == (End.BROKEN, "the producer failed: KeyError: 7")


def test_bad_input_is_the_users_to_mend(script):
    run = script().reports(0.3, Failure.INPUT, "item 3 is no number")
    with pytest.raises(InputError, match="item 3 is no number"):
        run.supervise()


def test_the_user_may_interrupt_and_what_the_loop_still_reports_is_taken(script):
    run = script().submits(0.0, *range(4)).completes(0.1, 0).reports(1.5)

    def interrupt(settled):
        if settled:
            raise KeyboardInterrupt

    ending, seconds = run.supervise(interrupt)
    assert (ending.end, ending.cut_off) == (End.INTERRUPTED, True)
    assert not run.history.collecting
    assert seconds - LAST_WORDS <= 0.4


def test_what_the_loop_has_counted_is_taken_from_its_report(script):
    run = script().submits(0.0, *range(10)).completes(0.1, *range(10)).reports(0.2, unexpected=3, reordered=2)
    run.supervise()
    assert (run.history.settled, run.history.unexpected, run.history.reordered) == (10, 3, 2)


def test_the_last_words_of_a_producer_that_has_ended_are_read(script):
    run = script().submits(0.0, 0).completes(0.1, 0).dies(0.3).reports(0.3, unexpected=3)
    assert run.supervise()[0].end is End.FINISHED
    assert run.history.unexpected == 3
    run = script().submits(0.0, 0).dies(0.3).reports(0.3, Failure.BROKEN, "the connection is gone")
    assert run.supervise()[0] == (End.BROKEN, "the connection is gone")


@pytest.mark.parametrize("of_this_machine", [True, False])
def test_the_longest_silence_counts_and_not_the_last_one(script, of_this_machine):
    with subprocess.Popen(["sleep", "60"]) as process:
        run = script(processes={"workers": [process.pid]}).submits(0.0, *range(9)).completes(4.0, 0)
        for task in range(1, 5):
            run.completes(4.0 + task / 4, task)
        if of_this_machine:
            run.at(5.1, lambda: (process.kill(), process.wait()))
        else:
            run.loses(5.1, "worker one")
        _, seconds = run.supervise()
        process.kill()
    assert seconds - LAST_WORDS > 5.0 + 3 * 3.6


def test_where_the_kernel_ended_a_process_for_lack_of_memory_meanwhile_it_is_said(script, monkeypatch):
    counted = iter([4, 5])
    monkeypatch.setattr(supervision, "oom_kills", lambda: next(counted))
    ending, _ = script().submits(0.0, 0).loses(0.3, "worker one").reports(0.3).supervise()
    assert ending.detail == ("worker one; meanwhile the kernel's OOM killer has ended a process here: memory ran out")


def test_of_a_silence_of_workers_that_nobody_killed_memory_is_not_said_to_be_the_cause(script, monkeypatch):
    monkeypatch.setattr(supervision, "oom_kills", lambda: 4)
    ending, _ = script().submits(0.0, 0).loses(0.3, "worker one").reports(0.3).supervise()
    assert ending.detail == "worker one"
