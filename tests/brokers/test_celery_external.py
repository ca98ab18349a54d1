"""Workers that somebody else has started: what they are is theirs, and is said; what they were not told is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from strangers import call_through_celery, kept_aside
from usable import need
from waiting import eventually

from brokers import places
from brokers.messages import FORMAT, encode
from brokers.servers import private_server
from crossover.contract.errors import StartError, UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch
from workloads import catalogue

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["redis", "rabbitmq"])
def kind(request):
    need(places.missing(request.param))
    return request.param


@pytest.fixture
def code():
    """Where a worker finds the code that it runs."""
    return list(filter(None, sys.path))


@pytest.fixture
def served(kind, code, monkeypatch, tmp_path):
    """A stock worker with three processes, and the transport that it serves."""
    url = private_server(kind, Safety.DEFAULT).url
    for variable in places.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(places.VARIABLES[kind], url)
    command = [sys.executable, "-m", "celery", "-A", "brokers.celery_app", "worker", "-c", "3", "-n", "theirs@%h"]
    command += ["--loglevel", "INFO"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(code), "TMPDIR": str(tmp_path)}
    with (
        (tmp_path / "said").open("wb") as said,
        subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=said, stderr=said) as worker,
    ):
        try:
            assert eventually(lambda: b"ready" in (tmp_path / "said").read_bytes(), 30)
            yield parse(f"celery+{kind}?workers=external").create(Safety.DEFAULT)
        finally:
            worker.terminate()
            worker.wait(20)
            if kind == "redis":  # what kombu notes for a worker stays; other tests look for keys here
                with redis.Redis.from_url(url) as client:
                    client.delete(*client.keys("crossover:external:*"))


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

    def test_a_worker_that_runs_other_code_is_named_and_refused(self, served):
        with served, pytest.raises(StartError, match=r"the worker theirs@\S+ runs .+: build and start it again"):
            served.start(catalogue.make("noop"), 1)


@pytest.mark.parametrize("query", ["workers=external&prefetch=4", "prefetch=8&workers=external"])
def test_prefetch_is_theirs(kind, query):
    with pytest.raises(UsageError, match="prefetch is theirs"):
        parse(f"celery+{kind}?{query}")


def test_own_workers_take_as_many_ahead_as_was_said_or_as_celery_would(kind):
    assert parse(f"celery+{kind}").options.multiplier == 4
    assert parse(f"celery+{kind}?prefetch=8").options.multiplier == 8
    with pytest.raises(UsageError, match="prefetch cannot be '0'"):
        parse(f"celery+{kind}?prefetch=0")
