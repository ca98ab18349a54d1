"""What is said about managers: the verdicts here, and those where a library does the opposite."""

import multiprocessing
import os
from multiprocessing.managers import ListProxy, SyncManager

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import managers
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import LANGUAGES, Messages
from crossover.results.claim_verdict import ClaimVerdict

pytestmark = pytest.mark.usefixtures("children_have_what_is_planted")


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("manager-unsafe", ClaimVerdict.MISLEADING, "append kept 400, d[k] = v 400"),
        ("manager-unsafe", ClaimVerdict.MISLEADING, "and in a Lock 400; append to a list inside the dict kept 0"),
        ("ipc-one-machine", ClaimVerdict.BUT, "with another key AuthenticationError"),
    ],
)
def test_what_is_found(name, verdict, words):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)
    assert all("{" not in Messages(language).seen(run) for language in LANGUAGES)


class Forgetful(list):
    """Forgets every second thing."""

    def append(self, thing):
        self.extend([thing] * (thing % 2))


class ForgetfulManager(SyncManager):
    pass


ForgetfulManager.register("list", Forgetful, ListProxy)


class NestingManager(SyncManager):
    """Makes shared lists of the lists in a dict."""

    def dict(self, values=()):
        return super().dict(
            {key: self.list(value) if isinstance(value, list) else value for key, value in dict(values).items()}
        )


def started(kind):
    manager = kind()
    manager.start()
    return manager


def test_a_list_that_forgets_is_not_safe_at_all(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Manager", lambda: started(ForgetfulManager))
    found = managers.manager_unsafe()
    assert found.verdict is ClaimVerdict.TRUE
    assert (found.facts["appended"], found.facts["stored"]) == (200, 400)


@pytest.mark.long
def test_one_process_with_shared_lists_inside_loses_nothing(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Manager", lambda: started(NestingManager))
    monkeypatch.setattr(managers, "PROCESSES", 1)
    found = managers.manager_unsafe()
    assert found.verdict is ClaimVerdict.FALSE
    assert {found.facts[one] for one in ("appended", "stored", "counted", "counted_in_a_lock", "nested")} == {100}


def test_processes_that_failed_leave_the_claim_undecided(monkeypatch):
    monkeypatch.setattr(managers, "change", lambda *_: os._exit(1))
    found = managers.manager_unsafe()
    assert found.verdict is ClaimVerdict.COULD_NOT_TELL
    assert found.reason == f"its processes did not do their work within {managers.DEADLINE:g} s"


def test_a_manager_that_cannot_be_reached_makes_it_true(monkeypatch):
    monkeypatch.setattr(managers, "VISITOR", "raise ConnectionRefusedError('no route')")
    found = managers.ipc_one_machine()
    assert found.verdict is ClaimVerdict.TRUE
    assert (found.facts["visitor"], found.facts["note"]) == ("ConnectionRefusedError", "")


@pytest.mark.parametrize("kind", ["Queue", "Lock", "Value"])
def test_a_queue_or_lock_that_can_be_sent_anywhere_makes_it_false(monkeypatch, kind):
    monkeypatch.setattr(multiprocessing, kind, lambda *_: "anything")
    found = managers.ipc_one_machine()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["sent"][kind] == "OK"
    assert list(found.facts["sent"].values()).count("RuntimeError") == 2
