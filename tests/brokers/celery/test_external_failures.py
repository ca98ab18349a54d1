"""External workers that die, start again or lack memory; and comparisons that left something behind."""

import time

import pytest
from external_workers import OVER_REDIS, asked, ours
from waiting import eventually

from brokers.celery.workers.remote_control import RemoteControl
from crossover.contract.errors import StartError
from crossover.contract.tasks import Batch
from workloads import catalogue


@pytest.mark.long
@OVER_REDIS
def test_what_a_killed_comparison_left_is_put_back_by_the_next_one(served, kind):
    with served:
        served.start(catalogue.make("noop"), 1)
        (name,) = asked(served)
        control = served._external._control
        control.scale({name: (5, False)}, 10)
        control.release(5.0, 1)
        served._external._reserved, served._external._workers = False, {}  # it says nothing more
        with ours(kind) as second:
            second.start(catalogue.make("noop"), 2)
            assert "with 2 processes (3 before)" in second.brokers()["celery workers"]
            second.submit(Batch(0, 1, [None]))
            assert eventually(lambda: second.collect(1, 1.0))
        (told,) = asked(served).values()
    assert (told["processes"], told["serves"]) == (3, True)


@pytest.mark.long
def test_a_worker_that_dies_is_missed_and_not_waited_for(worker, kind):
    process = worker()
    with ours(kind) as transport:
        transport.start(catalogue.make("noop"), 2)
        assert not transport.absent()
        process.kill()
        process.wait()
        assert eventually(lambda: transport.collect(1, 0.1) or transport.absent())
        (name,) = transport.absent()
        assert name.startswith("worker theirs@")
        began = time.monotonic()
        transport.stop()
        assert time.monotonic() - began < 8
        assert not transport.notes


@pytest.mark.long
@OVER_REDIS
def test_a_worker_that_was_started_again_meanwhile_is_missed(worker, kind):
    process = worker()
    with ours(kind) as transport:
        transport.start(catalogue.make("noop"), 3)
        process.kill()
        process.wait()
        worker()
        assert eventually(lambda: transport.collect(1, 0.1) or transport.absent())


@pytest.mark.long
@OVER_REDIS
def test_more_processes_than_a_worker_has_memory_for_are_refused(worker, kind, monkeypatch):
    worker()
    with ours(kind) as transport:
        monkeypatch.setattr(RemoteControl, "reserve", narrow(RemoteControl.reserve))
        with pytest.raises(StartError, match="has memory for 4 processes, not for 5: use fewer"):
            transport.start(catalogue.make("noop"), 5)


def narrow(ask):
    def narrowed(*words):
        return {name: {**told, "room": 4} for name, told in ask(*words).items()}

    return narrowed


@pytest.mark.long
def test_tasks_expire_after_an_hour_and_results_after_ten_minutes(served, kind):
    with served:
        served.start(catalogue.make("noop"), 1)
        assert served._publisher._options["expires"] == 3_600
        assert served._publisher.connection.app.conf.result_expires == 600
