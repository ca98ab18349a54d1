"""Claims about states of a process and manners of a call: what is found here, and that the verdict turns."""

import itertools
import time
from multiprocessing.pool import Pool

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import manners
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.mark.parametrize(
    ("name", "verdict", "english", "chinese"),
    [
        ("process-states", ClaimVerdict.BUT, "of 75 looks, and together", "被暂停的进程：T；"),
        ("sync-async", ClaimVerdict.TRUE, "A call of 100 ms. Synchronous: blocking", "一个耗时 100 ms 的调用"),
    ],
)
def test_what_is_found(name, verdict, english, chinese):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert english in Messages("en").seen(run)
    assert chinese in Messages("zh").seen(run)


@pytest.mark.long
def test_a_process_is_running_or_ready_or_blocked_and_may_be_stopped_or_have_ended():
    found = manners.process_states()
    assert found.verdict is ClaimVerdict.BUT
    facts = found.facts
    assert (facts["blocked"], facts["stopped"], facts["ended"]) == ("S", "T", "Z")
    assert facts["runnable"] > 0.9 * facts["looks"]
    assert 0 < facts["share"] < 1.2


def test_without_states_of_other_kinds_the_claim_is_simply_true(monkeypatch):
    real = manners.state
    monkeypatch.setattr(manners, "state", lambda one, *expected: real(one, *expected) if "S" in expected else "S")
    assert manners.process_states().verdict is ClaimVerdict.TRUE


def test_processes_that_are_not_ready_although_they_compute_are_noticed(monkeypatch):
    real = manners.stat
    monkeypatch.setattr(manners, "stat", lambda one: [{"R": "I"}.get(real(one)[0], real(one)[0]), *real(one)[1:]])
    assert manners.process_states().verdict is ClaimVerdict.FALSE


def test_one_that_waits_and_is_not_blocked_is_noticed(monkeypatch):
    monkeypatch.setattr(manners, "wait_for_word", lambda _: manners.compute())
    monkeypatch.setattr(manners, "state", lambda one, *_: manners.stat(one)[0])
    found = manners.process_states()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["blocked"] == "R"


def test_processes_that_run_on_several_cores_tell_nothing(monkeypatch):
    times = itertools.count()
    monkeypatch.setattr(manners, "cpu_time", lambda _: next(times))
    found = manners.process_states()
    assert found.verdict is ClaimVerdict.COULD_NOT_TELL
    assert found.reason


def test_a_call_is_made_in_four_manners():
    found = manners.sync_async()
    assert found.verdict is ClaimVerdict.TRUE
    assert all(found.facts[f"{manner}_blocking"]["meanwhile"] == 0 for manner in ("synchronous", "asynchronous"))
    assert all(found.facts[f"{manner}_non_blocking"]["meanwhile"] > 10 for manner in ("synchronous", "asynchronous"))


class Done:
    def __init__(self, value):
        self.value = value

    def ready(self):
        return True

    def get(self, timeout=None):
        return self.value


def test_an_asynchronous_call_that_blocks_is_noticed(monkeypatch):
    def apply_async(self, function, arguments, callback=None):
        value = function(*arguments)
        if callback:
            callback(value)
        return Done(value)

    monkeypatch.setattr(Pool, "apply", lambda _, function, arguments: function(*arguments))
    monkeypatch.setattr(Pool, "apply_async", apply_async)
    found = manners.sync_async()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["synchronous_non_blocking"]["meanwhile"] == 0


def test_a_synchronous_call_that_does_not_wait_for_the_answer_is_noticed(monkeypatch):
    monkeypatch.setattr(Pool, "apply", lambda *_: None)
    assert manners.sync_async().verdict is ClaimVerdict.FALSE


def test_a_caller_that_is_busy_while_it_is_blocked_is_noticed(monkeypatch):
    def apply(self, function, arguments):
        until = time.thread_time() + manners.CALL
        while time.thread_time() < until:
            pass
        return function(*arguments)

    monkeypatch.setattr(Pool, "apply", apply)
    assert manners.sync_async().verdict is ClaimVerdict.FALSE
