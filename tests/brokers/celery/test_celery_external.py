"""External Celery workers: they describe themselves, and refuse workloads that they were not allowed to run."""

import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest
from external_workers import OVER_REDIS, asked, ours
from foreign_messages import call_through_celery, kept_aside
from waiting import eventually

from brokers.messages import FORMAT, encode
from crossover.contract.errors import StartError
from crossover.contract.tasks import Batch
from workloads import catalogue

ROOT = Path(__file__).parents[3]


@pytest.mark.long
def test_external_workers_say_what_they_are_and_refuse_what_they_were_not_told(served, tmp_path):
    ran = tmp_path / "ran"
    bad = encode((FORMAT, "workloads.files:sysconfig.os.system", 0, 1, [f"touch {ran}"]))
    with served:
        served.start(catalogue.make("noop"), 1)
        call_through_celery(served, "crossover.run", bad)
        served.submit(Batch(0, 1, [None]))
        found = []
        assert eventually(lambda: found.extend(served.collect(1, 1.0)) or found)
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

    @pytest.mark.long
    @OVER_REDIS
    def test_a_worker_that_runs_other_code_is_named_and_refused(self, served):
        with served, pytest.raises(StartError, match=r"the worker theirs@\S+ runs .+: rebuild and restart it"):
            served.start(catalogue.make("noop"), 1)


@pytest.mark.long
def test_external_workers_grow_to_the_requested_number_at_start_and_shrink_back_at_stop(worker, kind):
    main = psutil.Process(worker().pid)
    for wanted in (1, 2, 6):
        with ours(kind) as transport:
            transport.start(catalogue.make("noop"), wanted)
            assert len(main.children()) == wanted
        assert len(main.children()) == 3


@pytest.mark.long
@OVER_REDIS
def test_a_worker_works_for_one_comparison_at_a_time(served, kind, monkeypatch):
    with served, ours(kind) as second:
        served.start(catalogue.make("noop"), 1)
        monkeypatch.setattr(os, "getpid", lambda: 1)  # of another container
        with pytest.raises(StartError, match=r"is reserved for process \d+ on \S+: one comparison at a time"):
            second.start(catalogue.make("noop"), 1)
        second.stop()
        (told,) = asked(served).values()
        assert told["processes"] == 1  # the second has changed nothing
    (told,) = asked(served).values()
    assert (told["processes"], told["serves"], told["lent"]) == (3, True, "")
