"""One run under a fault: when it strikes, how long it is waited for, who takes over, and what is said of it."""

import psutil
import pytest

from crossover.contract.tasks import Receipt
from crossover.execution.faults.environment import FaultEnvironment
from crossover.execution.faults.fault import Moment
from crossover.execution.faults.fault_run import run_under_fault
from crossover.recording.journals.journal import FOLDER

TASKS = 10


@pytest.fixture
def run(world):
    """Run under a fault; it strikes when four tasks are done."""

    def under(fault, *, resumable=False, **spec):
        environment = FaultEnvironment({}, resumable)
        return run_under_fault(world.spec(**spec), world.folder, fault, environment, 4, lambda: world.interrupted)

    return under


def test_it_strikes_when_so_many_tasks_are_done_and_is_healed_after_its_time(world, run):
    world.at(1.0, lambda: world.submits(*range(TASKS))).at(2.0, lambda: world.does(0, 1, 2)).at(
        3.0, lambda: world.does(3)
    )
    world.at(6.0, lambda: world.does(*range(4, TASKS))).at(8.0, world.finishes)
    found = run(world.fault(duration=2.0))
    assert world.said == ["starts", "runs", "strike 3.0", "heal 5.0", "finishes", "is killed", "is closed"]
    assert (found.attempted_before, found.done_before) == (TASKS, 4)
    assert found.struck == pytest.approx(103.0e9, abs=0.1e9)
    assert found.seconds == pytest.approx(5.0, abs=0.1)
    assert (found.hung, found.error, found.taken_over, found.ready.run) == ("", "", 0, "a run")
    assert world.killed is False


def test_a_fault_of_idle_workers_strikes_before_the_first_task_when_they_have_been_ready_for_a_while(world, run):
    world.at(5.0, world.finishes)
    run(world.fault(Moment.IDLE, delay=2.0))
    assert world.said[:4] == ["starts", "strike 2.0", "runs", "heal 2.0"]


@pytest.mark.parametrize("moment", [Moment.NEVER, Moment.TASK])
def test_a_fault_in_a_task_needs_no_strike(world, run, moment):
    world.at(5.0, world.finishes)
    found = run(world.fault(moment))
    assert world.said[:3] == ["starts", "runs", "finishes"]
    assert (found.struck, found.attempted_before, found.done_before) == (0, 0, 0)


def test_a_run_that_is_over_cannot_be_struck_any_more(world, run):
    world.at(1.0, world.finishes)
    assert run(world.fault()).struck == 0
    assert world.said[:3] == ["starts", "runs", "finishes"]


def test_a_strike_at_the_very_end_had_no_effect_unless_it_broke_the_run(world, run):
    world.at(1.0, lambda: world.does(0, 1, 2, 3))
    assert run(world.fault(does=world.finishes)).struck == 0
    assert world.said[2].startswith("strike")


def test_a_strike_that_broke_the_run_did_strike(world, run):
    world.at(1.0, lambda: world.does(0, 1, 2, 3))
    found = run(world.fault(does=lambda: world.finishes("the pool is broken", broken=True)))
    assert found.struck
    assert found.error == "the pool is broken"


def test_it_strikes_a_process_that_has_just_ended_without_an_error(world, run):
    def gone():
        raise psutil.NoSuchProcess(7)

    world.at(1.0, lambda: world.does(0, 1, 2, 3)).at(3.0, world.finishes)
    assert run(world.fault(does=gone)).struck


def test_where_no_more_tasks_are_done_it_strikes_after_20_seconds(world, run):
    world.at(2.0, lambda: world.does(0)).at(40.0, world.finishes)
    run(world.fault())
    assert world.said[2] == "strike 22.0"


def test_a_fault_is_healed_after_ctrl_c_too_and_nothing_is_left(world, run):
    world.at(1.0, lambda: world.does(0, 1, 2, 3)).at(2.0, lambda: setattr(world, "interrupted", True))
    with pytest.raises(KeyboardInterrupt):
        run(world.fault(duration=60.0))
    assert world.said[3:] == ["heal 2.0", "finishes", "is killed", "is closed"]


@pytest.mark.parametrize("resumable", [False, True])
def test_a_dead_producer_is_replaced_where_its_tasks_outlive_it(world, run, resumable):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    world.at(5.0, lambda: (world.does(*range(4, TASKS)), world.finishes()) if resumable else None)
    found = run(world.fault(does=world.dies), resumable=resumable)
    assert found.taken_over == int(resumable)
    assert world.killed
    assert [one.spec.run for one in world.producers[1:]] == ["a run"] * int(resumable)


def test_what_was_refused_or_is_done_needs_no_successor(world, run):
    def end():
        world.submits(*range(5))
        world.does(*range(4))
        world.ledger.receipts[4] = Receipt.REFUSED
        world.dies()

    world.at(1.0, end)
    assert run(world.fault(), resumable=True).taken_over == 0
    assert world.producers[-1].spec.variables[FOLDER] == ""  # it only removes what is left, and that must not count


def test_after_six_successors_it_is_given_up(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    for second in range(2, 40):
        world.at(float(second), world.dies)
    found = run(world.fault(does=world.dies), resumable=True)
    assert found.taken_over == 6


def test_a_successor_that_cannot_start_is_an_error_of_the_run(world, run):
    world.refuses = "the server has gone"
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    found = run(world.fault(does=world.dies), resumable=True)
    assert found.taken_over == 1
    assert found.error == "it cannot be taken over: the server has gone"


def test_errors_and_reasons_are_each_said_once_and_unexpected_outcomes_counted(world, run):
    world.at(1.0, lambda: world.does(0, 1, 2, 3))
    world.at(2.0, lambda: world.finishes(reasons=("too large", "odd"), unexpected=3))
    found = run(world.fault())
    assert found.error == "too large; odd"
    assert found.ledger.unexpected == 3


def test_a_producer_that_does_not_end_hangs(world, run):
    world.ends = False
    world.at(1.0, lambda: world.does(0, 1, 2, 3)).at(2.0, world.finishes)
    assert run(world.fault()).hung == "the producer does not end"


def test_workers_that_wait_for_ever_hang_after_40_seconds_without_an_outcome(world, run):
    world.busy = world.deadlock = True
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    found = run(world.fault())
    assert found.hung.startswith("no outcome for 40 s: workers wait in their tasks for a lock")
    assert world.now == pytest.approx(41.0, abs=0.5)


@pytest.mark.parametrize(
    ("redelivery", "defect", "ends"), [(0.0, None, 2.0), (5.0, None, 7.0), (0.0, "oversize", 11.0)]
)
def test_a_second_after_the_redelivery_nothing_more_will_come_with_a_defect_ten(world, run, redelivery, defect, ends):
    world.redelivery = redelivery
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    run(world.fault(), defect=defect)
    assert world.now == pytest.approx(ends, abs=0.2)


def test_while_a_task_runs_it_is_waited_for_however_long_it_takes(world, run):
    world.busy = True
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    world.at(300.0, lambda: (world.does(*range(4, TASKS)), world.finishes()))
    assert run(world.fault()).hung == ""
    assert world.now == pytest.approx(300.0, abs=0.2)
