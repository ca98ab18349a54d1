"""`crossover doctor --clean`: what a crashed run has left is removed; what is in use, or not ours, stays."""

import os
import signal

import psutil
import pytest
import redis
from broker_leftovers import keys, queues
from waiting import PATIENCE, eventually, workers_work

from brokers.servers.registry import server_kind
from brokers.servers.warden.folders import read

NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""
LONG = ["-n", "100000", "-r", "1", "-w", "2", "--window", "32"]
NOTHING = "Crashed runs left nothing behind.\n"


@pytest.fixture
def working(begin, mine, tmp_path):
    """Start a long run, and come back when its workers work."""

    def start(transport, **variables):
        process = begin("compare", transport, *mine(NAP, [0.002]), *LONG, "--json", "out.json", **variables)
        workers_work(process, tmp_path / "began", tmp_path / "out.json")
        return process

    return start


@pytest.fixture
def runs(tmp_path):
    """Return the names of the runs that are noted."""
    return lambda: [note.name for note in (tmp_path / "state" / "crossover" / "runs").iterdir()]


def killed(process, family):
    process.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not family()), family()


@pytest.mark.long
def test_where_nothing_has_crashed_there_is_nothing_to_remove(clean, temporary):
    (temporary / "foreign").mkdir()
    assert clean() == NOTHING
    assert (temporary / "foreign").exists()


@pytest.mark.long
def test_the_keys_of_a_killed_run_go_and_those_of_others_stay(working, clean, family, redis_url, runs):
    variables = {"CROSSOVER_REDIS_URL": redis_url}
    others = keys(redis_url)  # of executors of other tests, which have not been collected yet
    with redis.Redis.from_url(redis_url) as client:
        client.set("crossover:foreign", 1)
        try:
            process = working("redis-list", **variables)
            (run,) = runs()
            client.set(f"crossover:{run}:left", 1)  # whatever else is there may be read until its workers end
            assert clean(**variables) == NOTHING
            assert f"crossover:{run}:left" in keys(redis_url)
            killed(process, family)
            assert ": not reached; set CROSSOVER_REDIS_URL to its URL" in clean()
            assert f"crossover:{run}:left" in keys(redis_url)
            assert ": removed " in clean(**variables)
            assert keys(redis_url) - others == {"crossover:foreign"}
            assert clean(**variables) == NOTHING
        finally:
            client.delete("crossover:foreign")


@pytest.mark.long
def test_the_keys_of_a_killed_run_in_another_database_are_not_forgotten(working, clean, family, redis_url, runs):
    other = redis_url.replace("/0", "/3")
    killed(working("redis-list", CROSSOVER_REDIS_URL=other), family)
    with redis.Redis.from_url(other) as client:
        client.set(f"crossover:{runs()[0]}:left", 1)
    assert ", database 3: not reached; " in clean(CROSSOVER_REDIS_URL=redis_url)
    assert keys(other)
    assert ", database 3: removed " in clean(CROSSOVER_REDIS_URL=other)
    assert not keys(other)


@pytest.mark.long
def test_the_queues_of_a_killed_run_go(working, clean, family, rabbitmq_url, runs):
    variables = {"CROSSOVER_RABBITMQ_URL": rabbitmq_url}
    process = working("rabbitmq", **variables)
    assert clean(**variables) == NOTHING
    killed(process, family)
    (run,) = runs()
    names = [f"crossover.{run}.tasks", f"crossover.{run}.outcomes"]
    assert queues(rabbitmq_url, names) == {*names}
    virtual_host = server_kind("rabbitmq").namespace(rabbitmq_url)
    assert f", {virtual_host}: removed its queues and exchanges" in clean(**variables)
    assert not queues(rabbitmq_url, names)
    assert not runs()


@pytest.mark.long
def test_a_broken_variable_is_named_and_nothing_is_forgotten(working, clean, family, redis_url):
    killed(working("redis-list", CROSSOVER_REDIS_URL=redis_url), family)
    said = clean(CROSSOVER_REDIS_URL="redis://127.0.0.1:port/0")
    assert ": not reached: the URL of redis cannot be read: its port is no number up to 65535" in said
    assert ": removed " in clean(CROSSOVER_REDIS_URL=redis_url)


@pytest.mark.long
def test_the_folder_of_a_killed_private_server_is_removed(working, clean, family, temporary):
    process = working("redis-list")
    (folder,) = temporary.glob("crossover-redis-*")
    assert clean() == NOTHING
    assert folder.exists()
    (server,) = read(folder).processes
    warden = psutil.Process(server.pid).parent()
    os.kill(process.pid, signal.SIGSTOP)  # so that it cannot remove the folder itself
    warden.kill()
    assert eventually(lambda: not psutil.pid_exists(server.pid))
    assert clean() == NOTHING  # its user lives
    killed(process, family)
    assert clean() == f"{folder}: removed\n"
    assert not folder.exists()
    assert clean() == NOTHING


@pytest.mark.long
def test_what_has_been_left_is_shown_before_it_is_removed(working, doctor, family, redis_url):
    killed(working("redis-list", CROSSOVER_REDIS_URL=redis_url), family)
    shown = doctor()
    assert "left by a crashed run: run " in shown
    assert "`crossover doctor --clean` removes it." in shown
    doctor("--clean", CROSSOVER_REDIS_URL=redis_url)
    assert "left by a crashed run: " not in doctor()
