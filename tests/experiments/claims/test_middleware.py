"""What is said about middleware: the verdicts here, and those where a server does the opposite."""

import os
import subprocess
import sys

import pytest
from waiting import PATIENCE

from crossover.experiments.claim_process import check
from crossover.experiments.claims import middleware
from crossover.experiments.claims.claim import all_claims
from crossover.experiments.claims.servers import adding, in_rabbitmq, in_redis
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("middleware-share", ClaimVerdict.TRUE, "it was Redis: 120, memcached: 120, RabbitMQ: 120."),
        ("middleware-safe", ClaimVerdict.MISLEADING, "Redis INCR: 0, Redis WATCH: 0"),
    ],
)
def test_what_is_found(urls, name, verdict, words):
    run = check(all_claims()[name], 90, urls)
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)


@pytest.mark.long
def test_memcached_has_a_counter_and_no_queue(urls):
    found = middleware.middleware_share()
    assert list(found.facts["counted"]) == ["Redis", "memcached", "RabbitMQ"]
    assert list(found.facts["received"]) == ["Redis", "RabbitMQ"]


@pytest.mark.long
@pytest.mark.parametrize("there", [in_redis, in_rabbitmq])
def test_a_queue_that_gives_items_twice_shares_nothing(urls, monkeypatch, there):
    put = there.Queue.put

    def put_twice(queue, item):
        put(queue, item // 2)

    monkeypatch.setattr(there.Queue, "put", put_twice)
    found = middleware.middleware_share()
    assert found.verdict is ClaimVerdict.FALSE
    assert sorted(found.facts["twice"].values()) == [0, 60]


@pytest.mark.long
def test_a_counter_that_counts_wrongly_shares_nothing(urls, monkeypatch):
    monkeypatch.setattr(in_redis.Counter, "create", in_redis.Counter.add)
    found = middleware.middleware_share()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["counted"] == {"Redis": 121, "memcached": 120, "RabbitMQ": 120}


def test_a_server_that_loses_nothing_whatever_is_done_is_safe(urls, forked, monkeypatch):
    monkeypatch.setitem(adding.WAYS, "Redis GET+SET", ("Redis", adding.redis_incr))
    monkeypatch.setitem(adding.WAYS, "memcached get+set", ("memcached", adding.memcached_incr))
    found = middleware.middleware_safe()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["read_then_write"]["Manager's dict"] > 0


@pytest.mark.long
def test_a_server_that_loses_what_it_does_in_one_step_is_not_safe(urls, forked, monkeypatch):
    monkeypatch.setitem(adding.WAYS, "Redis INCR", ("Redis", adding.redis_get_set))
    found = middleware.middleware_safe()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["in_one_step"]["Redis INCR"] > 0


def refuse(client, key):
    raise OSError("refused")


def test_a_process_that_fails_tells_nothing(urls, forked, monkeypatch):
    monkeypatch.setitem(adding.WAYS, "memcached cas", ("memcached", refuse))
    monkeypatch.setattr(middleware, "DEADLINE", 1)
    found = middleware.middleware_safe()
    assert (found.verdict, found.reason) == (ClaimVerdict.COULD_NOT_TELL, "a process did not end well")


def test_an_experiment_that_runs_alone_says_which_server_it_needs():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CROSSOVER_")}
    command = [sys.executable, "-m", middleware.__name__, "middleware-share"]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("middleware-share: CROSSOVER_REDIS_URL does not say where a server is")
