"""Transports through a broker: the same values as inside the machine, and nothing left, however the command ends."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from broker_leftovers import keys
from waiting import PATIENCE, eventually, workers_work

CLEAN = {"lost": 0, "duplicated": 0, "unexpected": 0, "corrupted": 0, "failed": 0}
NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""
LONG = ["-n", "100000", "-r", "1", "-w", "2", "--window", "32"]


@pytest.fixture(params=["private", "foreign"])
def server(request):
    """Variables that name a server, or none; and what is in it."""
    if request.param == "private":
        return {}, set
    url = request.getfixturevalue("redis_url")
    before = keys(url)  # of other tests, which have killed what would remove them
    return {"CROSSOVER_REDIS_URL": url}, lambda: keys(url) - before


def queued(url):
    """Return how many messages wait in a Redis."""
    with redis.Redis.from_url(url) as client:
        found = [(key, client.type(key)) for key in client.scan_iter("*:tasks")]
        return sum(client.xlen(key) if kind == b"stream" else client.llen(key) for key, kind in found)


@pytest.fixture
def working(begin, mine, tmp_path):
    """Start a long run and come back when its workers work."""

    def start(transport, variables):
        process = begin("compare", transport, *mine(NAP, [0.002]), *LONG, "--json", "begun.json", **variables)
        workers_work(process, tmp_path / "began", tmp_path / "begun.json")
        return process

    return start


@pytest.mark.long
@pytest.mark.parametrize("level", ["default", "safe"])
def test_redis_gives_the_values_of_a_queue_and_loses_nothing(in_process, folder, result, level):
    asked = ["-W", "files", "-i", folder, "-n", "500", "-r", "2", "-b", "3", "-s", level, "--json", "out.json"]
    ended = in_process("compare", "redis-list", "redis-stream", *(["queue"] if level == "default" else []), *asked)
    assert ended.returncode == 0, ended.stderr
    runs = result()["runs"]
    assert len(runs) == (6 if level == "default" else 4)
    assert all(run["delivery"].items() >= {**CLEAN, "completed": 500}.items() for run in runs)
    assert len({run["value_digest"] for run in runs}) == 1
    assert "appendonly" in result()["host"]["brokers"]["redis"]


@pytest.mark.long
def test_two_comparisons_at_once_through_one_server_do_not_meet(crossover, folder, redis_url, result):
    def compare(name, tasks):
        asked = ["-W", "files", "-i", folder, "-n", tasks, "-r", "2", "--json", name]
        return crossover("compare", "redis-list", "redis-stream", *asked, CROSSOVER_REDIS_URL=redis_url)

    before = keys(redis_url)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(compare, ["one.json", "other.json"], [500, 700]))
    assert [ended.returncode for ended in both] == [0, 0], [ended.stderr for ended in both]
    for name, tasks in (("one.json", 500), ("other.json", 700)):
        runs = result(name)["runs"]
        assert all(run["delivery"].items() >= {**CLEAN, "completed": tasks}.items() for run in runs)
        assert len({run["value_digest"] for run in runs}) == 1
    assert keys(redis_url) <= before


@pytest.mark.long
def test_two_comparisons_at_once_with_private_servers_do_not_meet(crossover, temporary):
    def compare(_number):
        return crossover("compare", "redis-list", "-W", "noop", "-n", "2000", "-r", "2")

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(compare, range(2)))
    assert [ended.returncode for ended in both] == [0, 0], [ended.stderr for ended in both]
    assert not list(temporary.iterdir())


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("transport", ["redis-list", "redis-stream"])
def test_an_interruption_leaves_no_server_no_key_and_no_folder(working, family, server, temporary, transport, number):
    variables, left = server
    process = working(transport, variables)
    os.killpg(process.pid, number)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not family())
    assert not left()
    assert not list(temporary.iterdir())


@pytest.mark.long
def test_an_interruption_while_the_server_starts_leaves_nothing(begin, family, temporary):
    process = begin("compare", "redis-list", "-W", "noop", *LONG)
    assert eventually(lambda: list(temporary.glob("crossover-redis-*")) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not family())
    assert not list(temporary.iterdir())


@pytest.mark.long
def test_sigkill_of_the_command_leaves_no_server_and_no_folder(working, family, temporary):
    process = working("redis-list", {})
    process.kill()
    assert eventually(lambda: not family()), family()
    assert eventually(lambda: not list(temporary.iterdir()))


@pytest.mark.long
@pytest.mark.usefixtures("cleaning")
@pytest.mark.parametrize("transport", ["redis-list", "redis-stream"])
def test_what_a_crashed_run_has_queued_is_never_read_by_the_next_and_can_be_removed(
    working, family, crossover, redis_url, result, transport
):
    variables, before = {"CROSSOVER_REDIS_URL": redis_url}, keys(redis_url)
    process = working(transport, variables)
    assert eventually(lambda: queued(redis_url) >= 10)
    process.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not family()), family()
    abandoned = keys(redis_url)
    assert queued(redis_url)
    asked = ["-W", "noop", "-n", "2000", "-r", "1", "--json", "out.json"]
    assert crossover("compare", transport, *asked, **variables).returncode == 0
    assert result()["runs"][0]["delivery"].items() >= {**CLEAN, "completed": 2000}.items()
    assert keys(redis_url) == abandoned
    ended = crossover("doctor", "--clean", **variables)
    assert ended.returncode == 0
    assert keys(redis_url) <= before
