"""Workers that somebody else has started: what they are is theirs, and is said; what they were not told is refused."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import redis
from foreign_messages import call_through_celery, kept_aside
from skips import need
from waiting import eventually

from brokers.celery.broker import celery_over
from brokers.celery.connection import CeleryConnection
from brokers.celery.settings import EXTERNAL
from brokers.celery.workers.remote_control import RemoteControl
from brokers.celery.workers.status import COMMAND
from brokers.messages import FORMAT, encode
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind, server_kinds
from crossover.contract.errors import StartError, UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch
from workloads import catalogue

ROOT = Path(__file__).parents[3]


OVER_REDIS = pytest.mark.parametrize("kind", ["redis"], indirect=True)  # what they say is the same over both


@pytest.fixture(params=["redis", "rabbitmq"])
def kind(request):
    need(server_kind(request.param).install_hint())
    return request.param


@pytest.fixture
def code():
    """Where a worker finds the code that it runs."""
    return list(filter(None, sys.path))


@pytest.fixture
def url(kind, monkeypatch):
    """A server that is named in the environment."""
    url = private_server(kind, Safety.DEFAULT).url
    for other in server_kinds():
        monkeypatch.delenv(other.variable, raising=False)
    monkeypatch.setenv(server_kind(kind).variable, url)
    return url


@pytest.fixture
def worker(kind, url, code, tmp_path):
    """Start a stock worker with three processes, and return it when it serves."""
    command = [sys.executable, "-m", "celery", "-A", "brokers.celery.app", "worker", "-c", "3", "-n", "theirs@%h"]
    command += ["--loglevel", "INFO"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(code), "TMPDIR": str(tmp_path)}
    started = []

    def start():
        path = tmp_path / f"said{len(started)}"
        with path.open("wb") as said:
            started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=said, stderr=said))
        assert eventually(lambda: b"ready" in path.read_bytes(), 30)
        return started[-1]

    yield start
    for one in started:
        one.terminate()
        one.wait(20)
    if kind == "redis":  # what kombu notes for a worker stays; other tests look for keys here
        with redis.Redis.from_url(url) as client:
            client.delete(*client.keys("crossover:external:*"))


@pytest.fixture
def served(kind, worker):
    """A worker, and the transport that it serves."""
    worker()
    return ours(kind)


def ours(kind):
    return parse(f"celery+{kind}?workers=external").create(Safety.DEFAULT)


def asked(transport):
    """What its workers say about themselves; nobody borrows them by this."""
    connection = CeleryConnection(celery_over(transport.server), transport.at.url, transport.safety, EXTERNAL)
    with closing(connection), connection.translate_errors():
        answers = connection.app.control.broadcast(COMMAND, reply=True, limit=1, connection=connection.kombu)
    return {name: told for answer in answers for name, told in answer.items()}


def test_external_workers_say_what_they_are_and_refuse_what_they_were_not_told(served, tmp_path):
    ran = tmp_path / "ran"
    bad = encode((FORMAT, "workloads.files:sysconfig.os.system", 0, 1, [f"touch {ran}"]))
    with served:
        served.start(catalogue.make("noop"), 1)
        call_through_celery(served, "crossover.run", bad)
        served.submit(Batch(0, 1, [None]))
        found = []
        assert eventually(lambda: found.extend(served.collect(1, 1.0)) or found, 20)
        assert found[0].values == [None]
        assert eventually(lambda: any(kept == bad for _, kept in kept_aside(served)))
    assert not ran.exists()
    said = served.brokers()["celery workers"]
    assert said.startswith("external: theirs@")
    assert "with 1 processes (3 before)" in said


class TestAnotherVersion:
    @pytest.fixture
    def code(self, tmp_path):
        """A clone in which a workload has been changed."""
        clone = tmp_path / "clone"
        for package in ("crossover", "brokers", "local_ipc", "workloads"):
            shutil.copytree(ROOT / package, clone / package)
        changed = clone / "workloads" / "noop.py"
        changed.write_text(changed.read_text() + "# changed\n")
        return [str(clone), *filter(None, sys.path)]

    @OVER_REDIS
    def test_a_worker_that_runs_other_code_is_named_and_refused(self, served):
        with served, pytest.raises(StartError, match=r"the worker theirs@\S+ runs .+: rebuild and restart it"):
            served.start(catalogue.make("noop"), 1)


@pytest.mark.parametrize("query", ["workers=external&prefetch=4", "prefetch=8&workers=external"])
def test_prefetch_is_theirs(kind, query):
    with pytest.raises(UsageError, match="prefetch is theirs"):
        parse(f"celery+{kind}?{query}")


def test_tuned_is_for_own_workers(kind):
    with pytest.raises(UsageError, match="tuned is for own workers"):
        parse(f"celery+{kind}?workers=external&tuned=yes")
    with pytest.raises(UsageError, match="tuned cannot be 'maybe'; allowed: no, yes"):
        parse(f"celery+{kind}?tuned=maybe")


def test_only_what_was_not_chosen_and_can_be_told_to_workers_is_tried_in_other_ways(kind):
    tried = parse(f"celery+{kind}").options.variants()
    assert list(tried) == ["prefetch=4", "prefetch=1", "prefetch=16", "prefetch=64", "tuned=yes"]
    for setting, options in tried.items():
        assert options == parse(f"celery+{kind}?{setting}").options
    for chosen in ("prefetch=8", "tuned=yes", "workers=external"):
        assert not parse(f"celery+{kind}?{chosen}").options.variants()


def test_own_workers_take_as_many_ahead_as_was_said_or_as_celery_would(kind):
    assert parse(f"celery+{kind}").options.prefetch == 0
    assert parse(f"celery+{kind}?prefetch=8").options.prefetch == 8
    with pytest.raises(UsageError, match="prefetch cannot be '0'"):
        parse(f"celery+{kind}?prefetch=0")


def test_they_are_as_many_as_was_asked_for_when_the_start_returns_and_as_before_when_the_stop_does(worker, kind):
    main = psutil.Process(worker().pid)
    for wanted in (1, 2, 6):
        with ours(kind) as transport:
            transport.start(catalogue.make("noop"), wanted)
            assert len(main.children()) == wanted
        assert len(main.children()) == 3


@OVER_REDIS
def test_a_worker_works_for_one_comparison_at_a_time(served, kind, monkeypatch):
    with served, ours(kind) as second:
        served.start(catalogue.make("noop"), 1)
        monkeypatch.setattr(os, "getpid", lambda: 1)  # of another container
        with pytest.raises(StartError, match=r"works for process \d+ on \S+: one comparison at a time"):
            second.start(catalogue.make("noop"), 1)
        second.stop()
        (told,) = asked(served).values()
        assert told["processes"] == 1  # the second has changed nothing
    (told,) = asked(served).values()
    assert (told["processes"], told["serves"], told["lent"]) == (3, True, "")


@OVER_REDIS
def test_what_a_killed_comparison_left_is_put_back_by_the_next_one(served, kind):
    with served:
        served.start(catalogue.make("noop"), 1)
        (name,) = asked(served)
        control = served._external._control
        control.scale({name: (5, False)}, 10)
        control.give_back(5.0, 1)
        served._external._borrowed, served._external._workers = False, {}  # it says nothing more
        with ours(kind) as second:
            second.start(catalogue.make("noop"), 2)
            assert "with 2 processes (3 before)" in second.brokers()["celery workers"]
            second.submit(Batch(0, 1, [None]))
            assert eventually(lambda: second.collect(1, 1.0), 20)
        (told,) = asked(served).values()
    assert (told["processes"], told["serves"]) == (3, True)


def test_a_worker_that_dies_is_missed_and_not_waited_for(worker, kind):
    process = worker()
    with ours(kind) as transport:
        transport.start(catalogue.make("noop"), 2)
        assert not transport.absent()
        process.kill()
        process.wait()
        assert eventually(lambda: transport.collect(1, 0.1) or transport.absent(), 15)
        (name,) = transport.absent()
        assert name.startswith("worker theirs@")
        began = time.monotonic()
        transport.stop()
        assert time.monotonic() - began < 8
        assert not transport.notes


@OVER_REDIS
def test_a_worker_that_was_started_again_meanwhile_is_missed(worker, kind):
    process = worker()
    with ours(kind) as transport:
        transport.start(catalogue.make("noop"), 3)
        process.kill()
        process.wait()
        worker()
        assert eventually(lambda: transport.collect(1, 0.1) or transport.absent(), 15)


@OVER_REDIS
def test_a_worker_that_has_no_memory_for_so_many_is_not_asked_for_them(worker, kind, monkeypatch):
    worker()
    with ours(kind) as transport:
        monkeypatch.setattr(RemoteControl, "borrow", narrow(RemoteControl.borrow))
        with pytest.raises(StartError, match="has memory for 4 processes, not for 5: use fewer"):
            transport.start(catalogue.make("noop"), 5)


def narrow(ask):
    def narrowed(*words):
        return {name: {**told, "room": 4} for name, told in ask(*words).items()}

    return narrowed


def test_a_task_that_nobody_has_taken_within_an_hour_is_dropped_and_results_do_not_stay(served, kind):
    with served:
        served.start(catalogue.make("noop"), 1)
        assert served._publisher._options["expires"] == 3_600
        assert served._publisher.connection.app.conf.result_expires == 600
