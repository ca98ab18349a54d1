"""Under a fault: when work stands still, what is kept of the run, and who takes over what a dead producer has left."""

import pytest

from crossover.contract.errors import StartError
from crossover.contract.tasks import Receipt
from crossover.execution.faults.environment import FaultEnvironment
from crossover.execution.faults.fault import Moment
from crossover.execution.faults.fault_run import run_under_fault
from crossover.recording.journals.journal import POISON

TASKS = 10


@pytest.fixture
def run(world):
    """Run under a fault; it strikes when four tasks are done."""

    def under(fault, *, resumable=False, **spec):
        environment = FaultEnvironment({}, resumable)
        return run_under_fault(world.spec(**spec), world.folder, fault, environment, 4, lambda: world.interrupted)

    return under


STILL = "work stops: the producer waits, and no task is done any more"


@pytest.mark.parametrize(
    ("submitted", "done", "hung"),
    [
        (TASKS - 1, 4, STILL),  # it could submit no more
        (TASKS, 4, STILL),  # nothing was begun since
        (TASKS, 5, STILL),  # only what the one worker had under way
        (TASKS, 6, ""),
    ],
)
def test_work_stands_still_where_accepted_tasks_are_not_begun_though_workers_live(world, run, submitted, done, hung):
    world.at(1.0, lambda: (world.submits(*range(submitted)), world.does(0, 1, 2, 3)))
    world.at(2.0, lambda: world.does(*range(4, done)))
    assert run(world.fault()).hung == hung


@pytest.mark.parametrize(("kills", "poison"), [(True, "4"), (False, "-1")])
def test_one_task_is_poison_only_where_that_is_the_fault(world, run, kills, poison):
    fault = world.fault(Moment.TASK)
    fault.kills_with_task = kills
    world.at(1.0, world.finishes)
    run(fault)
    assert world.producer.spec.variables[POISON] == poison


def test_a_run_in_which_nothing_was_done_took_no_time(world, run):
    world.at(1.0, lambda: world.submits(0, 1)).at(2.0, world.finishes)
    assert run(world.fault(Moment.NEVER)).seconds == 0.0


def test_work_that_broke_with_the_producer_does_not_stand_still(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    found = run(world.fault(does=lambda: world.finishes("it is broken", broken=True)))
    assert (found.hung, found.error) == ("", "it is broken")


def test_a_refused_task_is_not_waited_for(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    world.at(1.5, lambda: world.ledger.receipts.__setitem__(slice(4, TASKS), bytes([Receipt.REFUSED]) * (TASKS - 4)))
    assert run(world.fault()).hung == ""


def test_without_a_strike_slow_work_is_not_called_still(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    assert run(world.fault(Moment.NEVER)).hung == ""


def test_whoever_is_dead_before_its_loop_ended_was_killed(world, run):
    world.at(1.0, lambda: (world.submits(*range(4)), world.does(0, 1, 2, 3)))
    run(world.fault(does=lambda: (world.finishes(), world.dies())))
    assert world.killed


def test_a_successor_starts_when_the_dead_one_is_gone_and_is_told_to_run(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    world.at(5.0, lambda: (world.does(*range(4, TASKS)), world.finishes()))
    run(world.fault(does=world.dies), resumable=True)
    assert world.said[2].startswith("strike")
    assert world.said[4:8] == ["is killed", "is closed", "starts", "runs"]
    assert world.said[8:] == ["finishes", "is killed", "is closed"]


@pytest.mark.parametrize("refuses", ["", "the server has gone"])
def test_after_ctrl_c_a_successor_removes_what_a_dead_producer_has_left_if_it_can_start(world, run, refuses):
    world.refuses = refuses
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    world.at(1.2, lambda: (world.dies(), setattr(world, "interrupted", True)))
    with pytest.raises(KeyboardInterrupt):
        run(world.fault(duration=60.0), resumable=True)
    assert ("starts" in world.said[1:]) is not bool(refuses)
    assert world.said.count("finishes") == len(world.producers) - 1


def test_the_record_of_the_producer_is_kept_with_the_journals(world, run):
    world.at(1.0, world.finishes)
    run(world.fault())
    assert list(world.folder.glob("*"))


def test_a_producer_that_does_not_start_leaves_no_record_open(world, run, monkeypatch):
    closed = []
    monkeypatch.setattr("crossover.recording.storage.SharedFile.close", lambda _: closed.append(1))
    world.refuses, world.producers = "no worker is ready", [None]
    with pytest.raises(StartError, match="no worker is ready"):
        run(world.fault())
    assert closed


def test_outcomes_that_still_come_are_waited_for_and_so_is_what_journals_show(world, run):
    world.busy = True
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    for second in (35.0, 70.0):
        world.at(second, lambda at=second: world.does(4 if at < 40 else 5))
    world.deadlock = True
    run(world.fault())
    assert world.now == pytest.approx(110.0, abs=0.5)


def test_journals_that_still_grow_are_no_silence(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    for tenth in range(18, 60, 8):
        world.at(tenth / 10, lambda: setattr(world, "events", world.events + 1))
    run(world.fault())
    assert world.now == pytest.approx(5.8 + 1.0, abs=0.2)


def test_a_producer_that_dies_while_it_is_waited_for_was_killed(world, run):
    world.at(1.0, lambda: (world.submits(*range(TASKS)), world.does(0, 1, 2, 3)))
    world.at(1.5, world.dies)
    run(world.fault())
    assert world.killed


def test_progress_puts_off_a_strike_that_waits_for_tasks(world, run):
    world.at(15.0, lambda: world.does(0)).at(30.0, lambda: world.does(1)).at(90.0, world.finishes)
    run(world.fault())
    assert world.said[2] == "strike 50.0"
