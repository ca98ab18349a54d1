"""One function tells why a transport cannot do what is requested; it judges only what is requested."""

import pytest

from crossover.contract.registry import TRANSPORTS, known_traits, parse
from crossover.contract.safety import Safety
from crossover.contract.traits import JOURNALS, RunRequest
from workloads.files import Files
from workloads.noop import Noop


@pytest.mark.parametrize("name", TRANSPORTS)
def test_nothing_stands_against_a_request_for_nothing(name):
    assert parse(name).why_not(RunRequest()) is None


@pytest.mark.parametrize(
    ("url", "request_", "reason"),
    [
        ("queue", RunRequest(safety=Safety.SAFE), "queue has no safe level: tasks live in the memory of processes"),
        ("serial", RunRequest(vary_workers=True), "serial has no workers"),
        ("serial", RunRequest(paced=True), "serial cannot be given tasks at a rate: it runs each task"),
        ("threads", RunRequest(pausable=True), "threads cannot have a backlog"),
        ("celery+redis?workers=external", RunRequest(pausable=True), "celery+redis cannot have a backlog"),
        ("celery+redis?workers=external", JOURNALS, "celery+redis: external workers keep no journal"),
        ("celery+redis?workers=external", RunRequest(workload=Files(None)), "do not see this machine's files"),
    ],
)
def test_what_a_transport_cannot_do_has_a_reason(url, request_, reason):
    assert reason in parse(url).why_not(request_)


@pytest.mark.parametrize(
    ("url", "request_"),
    [
        ("queue", RunRequest(safety=Safety.FAST, paced=True, pausable=True, vary_workers=True, workload=Files(None))),
        ("threads", RunRequest(vary_workers=True, paced=True)),
        ("celery+redis?workers=own", RunRequest(pausable=True, journals=True, workload=Files(None))),
        ("celery+redis?workers=external", RunRequest(workload=Noop())),
    ],
)
def test_what_a_transport_can_do_has_none(url, request_):
    assert parse(url).why_not(request_) is None


def test_traits_of_a_transport_that_is_not_known_here_are_none():
    assert known_traits("from-elsewhere") is None
    assert known_traits("queue").name == "queue"
