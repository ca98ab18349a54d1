"""Fault runs that strike the same server take turns, also those of different transports and levels."""

import threading

import pytest
from skips import need
from waiting import PATIENCE

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.traits import USABLE_HERE
from crossover.execution.faults.catalogue import FAULTS
from crossover.experiments.safety.fault_environments import FaultEnvironments


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("redis-list", Safety.SAFE), ("redis-stream", Safety.SAFE)),
        (("rabbitmq", Safety.SAFE), ("celery+rabbitmq", Safety.DEFAULT)),
    ],
)
def test_a_fault_run_that_strikes_a_server_has_it_to_itself(one, other):
    need(parse(one[0]).why_not(USABLE_HERE))
    environments, entered = FaultEnvironments(frozenset()), threading.Event()

    def enter(url, level):
        return environments.prepare(parse(url), level, FAULTS["kill-broker"])

    def come():
        with enter(*other):
            entered.set()

    thread = threading.Thread(target=come)
    with enter(*one):
        thread.start()
        assert not entered.wait(1)  # too short, and a defect would pass; too long it cannot be
    thread.join(PATIENCE)
    assert entered.is_set()
