"""A Redis of the user's is asked once, before the first run, with what its user may use."""

import pytest

from brokers.servers.registry import server_kind
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest

TRANSPORTS = ("redis-list", "redis-stream", "celery+redis")


@pytest.fixture
def asked(monkeypatch):
    """Return what a transport says of a server, refusals first."""

    def ask(url, name="redis-list", level=Safety.DEFAULT, workers=2):
        monkeypatch.setenv("CROSSOVER_REDIS_URL", url)
        here = RunRequest(usable_here=True, safety=level, workers=workers, answers={})
        address = parse(name)
        return address.why_not(here) or "; ".join(address.warnings(here))

    return ask


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["--replicaof", "127.0.0.1 1"], "is a replica; name its master at 127.0.0.1:1"),
        (["--replicaof", "127.0.0.1 1", "--replica-read-only", "no"], "is a replica; name its master"),
        (["--cluster-enabled", "yes"], "is a node of a cluster"),
        (["--min-replicas-to-write", "1"], "has fewer replicas than min-replicas-to-write, so it accepts no writes"),
        (["--maxmemory", "1"], "is full (maxmemory), so it accepts no writes"),
    ],
    ids=["replica", "writable-replica", "cluster", "no-replicas", "full"],
)
def test_a_server_that_takes_no_tasks_is_refused_at_every_level(start, asked, settings, said):
    server = start(*settings)
    for level in Safety:
        assert f"Redis at {server.where} {said}" in asked(server.url, level=level)


def test_a_sentinel_is_told_from_a_server_and_names_the_master(start, asked):
    server = start("--sentinel", configuration=["sentinel monitor mine 127.0.0.1 6399 1"])
    keeps = "is a Sentinel, which keeps no data; name a master: mine is at 127.0.0.1:6399"
    assert asked(server.url) == f"Redis at {server.where} {keeps}"


@pytest.mark.parametrize("name", TRANSPORTS)
def test_evicted_tasks_are_warned_of_and_refused_at_safe(start, asked, name):
    server = start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    evicts = f"Redis at {server.where} evicts keys when its 100M are full (maxmemory-policy allkeys-lru)"
    assert asked(server.url, name).startswith(f"{evicts}: it may lose tasks and results, unnoticed")
    assert asked(server.url, name, Safety.SAFE).endswith("the safe level needs maxmemory-policy noeviction")


def test_keys_that_expire_are_those_of_celery_alone(start, asked):
    server = start("--maxmemory", "100mb", "--maxmemory-policy", "volatile-ttl")
    assert "may lose results, unnoticed" in asked(server.url, "celery+redis")
    assert asked(server.url, "redis-list") == ""


def test_idle_connections_that_are_closed_are_warned_of_below_safe(start, asked):
    server = start("--timeout", "9", "--appendonly", "yes", "--appendfsync", "always")
    for level in (Safety.FAST, Safety.DEFAULT):
        assert f"Redis at {server.where} closes connections that are idle for 9 s" in asked(server.url, level=level)
    assert asked(server.url, level=Safety.SAFE) == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["--appendonly", "no"], "has no append-only file"),
        (["--appendonly", "yes"], "syncs its append-only file later (appendfsync everysec)"),
    ],
)
def test_a_server_that_forgets_is_warned_of_at_safe(start, asked, settings, said):
    server = start(*settings)
    assert said in asked(server.url, level=Safety.SAFE)
    assert asked(server.url) == ""


def test_too_few_connections_for_the_workers_are_counted(start, asked):
    server = start("--maxclients", "10")
    assert "redis-list with 20 workers needs up to 22" in asked(server.url, workers=20)
    assert asked(server.url, workers=2) == ""


def test_a_server_that_loads_its_data_is_said_to(start, asked):
    before = start()
    before.mset({f"key{number}": "x" * 1_000 for number in range(2_000)})
    before.save()
    slowly = ["--key-load-delay", "20000", "--loading-process-events-interval-bytes", "1024"]
    server = start("--dir", before.config_get("dir")["dir"], *slowly)
    assert f"Redis at {server.where} is still loading its data" in asked(server.url)


def test_a_database_that_does_not_exist_is_said_to_be_none(start, asked):
    server = start()
    assert "has no database of this number" in asked(f"redis://{server.where}/99")


def test_it_is_asked_once_for_all_transports(start, monkeypatch):
    server = start()
    monkeypatch.setenv("CROSSOVER_REDIS_URL", server.url)
    here = RunRequest(usable_here=True, answers={})
    before = server.info("stats")["total_connections_received"]
    for name in TRANSPORTS:
        for level in Safety:
            assert parse(name).why_not(here._replace(safety=level)) is None
            parse(name).warnings(here._replace(safety=level))
    assert server.info("stats")["total_connections_received"] == before + 2
    assert server.keys() == []
    assert server_kind("redis").facts(here).description.startswith(("redis 7", "redis 8", "valkey "))
