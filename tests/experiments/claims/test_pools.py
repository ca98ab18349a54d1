"""What is said about pools: the verdicts here, and those where a pool does the opposite."""

import multiprocessing
from multiprocessing.pool import Pool
from types import SimpleNamespace

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import pools
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import LANGUAGES, Messages
from crossover.results.claim_verdict import ClaimVerdict

pytestmark = pytest.mark.usefixtures("children_have_what_is_planted")


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("pool-apply", ClaimVerdict.TRUE, "get had the value, 16, "),
        ("pool-map", ClaimVerdict.FALSE, "map([3, 1, 2]) returned [9, 1, 4]; another task"),
        ("pool-callback", ClaimVerdict.BUT, "_handle_results"),
        ("pool-worker-death", ClaimVerdict.MISLEADING, "gave 0 of 1 result, and then did 5 of 5 other tasks"),
        ("pool-worker-death", ClaimVerdict.MISLEADING, "ended with BrokenProcessPool"),
    ],
)
def test_what_is_found(name, verdict, words):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)
    assert all("{" not in Messages(language).seen(run) for language in LANGUAGES)


class Waiting(Pool):
    """Does each task at once."""

    def apply_async(self, *arguments, **options):
        result = super().apply_async(*arguments, **options)
        result.wait()
        return result


class Forgetting(Pool):
    """Does every task, and gives no value."""

    def map(self, *arguments):
        super().map(*arguments)


class Closing(Pool):
    """Takes no more tasks after a map."""

    def map(self, *arguments):
        values = super().map(*arguments)
        self.close()
        return values


class AsItIsSaid(Closing):
    """Closes the pool, and gives no value."""

    def map(self, *arguments):
        super().map(*arguments)


class CallingInTheMainThread(Pool):
    """Calls the callback itself."""

    def apply_async(self, function, arguments=(), callback=None):
        result = super().apply_async(function, arguments)
        if callback:
            callback(result.get())
        return result


class CallingInTheWorker(Pool):
    """Leaves the callback to the worker."""

    def apply_async(self, function, arguments=(), callback=None):
        return super().apply_async(print if callback else function, arguments)


@pytest.mark.parametrize(
    ("name", "times"), [("pool-apply", ["apply", "apply_async", "get"]), ("pool-callback", ["late"])]
)
def test_nothing_takes_longer_than_the_experiment(name, times):
    run = check(all_claims()[name], 90, {})
    assert all(0 < run.facts[one] < run.seconds for one in times)


def test_an_apply_async_that_waits_makes_it_false(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Pool", Waiting)
    found = pools.pool_apply()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["apply_async"] >= found.facts["task"]


def test_an_apply_that_gives_another_value_makes_it_false(monkeypatch):
    monkeypatch.setattr(Pool, "apply", lambda *_: None)
    assert pools.pool_apply().verdict is ClaimVerdict.FALSE


@pytest.mark.parametrize(
    ("kind", "verdict", "values", "later"),
    [
        (Forgetting, ClaimVerdict.BUT, None, 25),
        (Closing, ClaimVerdict.BUT, [9, 1, 4], "Pool not running"),
        (AsItIsSaid, ClaimVerdict.TRUE, None, "Pool not running"),
    ],
)
def test_a_map_that_gives_no_values_and_closes_the_pool_makes_it_true(monkeypatch, kind, verdict, values, later):
    monkeypatch.setattr(multiprocessing, "Pool", kind)
    found = pools.pool_map()
    assert (found.verdict, found.facts["values"], found.facts["later"]) == (verdict, values, later)


def test_a_callback_in_the_main_thread_that_holds_nothing_up_makes_it_true(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Pool", CallingInTheMainThread)
    found = pools.pool_callback()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["callback_thread"] == found.facts["thread"]


def test_a_callback_in_the_worker_makes_it_false(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Pool", CallingInTheWorker)
    found = pools.pool_callback()
    assert (found.verdict, found.facts["callback_pid"]) == (ClaimVerdict.FALSE, "")


def test_a_worker_that_survives_makes_it_true(monkeypatch):
    monkeypatch.setattr(pools, "signal", SimpleNamespace(SIGKILL=0))  # the signal that does nothing
    found = pools.pool_worker_death()
    assert found.verdict is ClaimVerdict.TRUE
    assert (found.facts["results"], found.facts["executor"]) == (1, "1")


@pytest.mark.long
def test_a_pool_that_starts_no_new_worker_makes_it_false(monkeypatch):
    monkeypatch.setattr(Pool, "_maintain_pool", staticmethod(lambda *_: None))
    monkeypatch.setattr(pools, "DEADLINE", 1)
    found = pools.pool_worker_death()
    assert found.verdict is ClaimVerdict.FALSE
    assert (found.facts["results"], found.facts["done"]) == (0, 0)
