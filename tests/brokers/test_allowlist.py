"""A Celery worker serves messages from anybody: what it imports and runs is what it was told, and nothing beside it."""

import subprocess
import sys

import pytest
from waiting import PATIENCE

from brokers.external import allowlist
from brokers.messages import Refused
from workloads import catalogue
from workloads.base import resolve

WHOLE = ("mine", "workloads")
MINE = """
import os
from functools import lru_cache, partial
from os.path import join
from subprocess import run as borrowed
from workloads.base import resolve

def job(item):
    return item

def _private(item):
    return item

class Kind:
    @staticmethod
    def method(item):
        return item

cached = lru_cache(job)
bound = partial(job)
secret = os.environ.get
"""


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    """Modules of a user's: `mine`, allowed; `mine2`, which only begins alike."""
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text(MINE)
    (package / "__main__.py").write_text("raise AssertionError('imported')")
    (package / "inner.py").write_text("def job(item):\n    return item\n\nfrom mine import Kind\n")
    (package / "sour.py").write_text("raise SystemExit(3)")
    (tmp_path / "mine2.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in [name for name in sys.modules if name.startswith("mine")]:
        del sys.modules[name]
    allowlist.function.cache_clear()


@pytest.mark.parametrize("reference", ["mine:job", "mine.inner:job", "workloads.noop:run", "workloads.files:run"])
def test_the_functions_of_an_allowed_module_run(reference):
    assert allowlist.function(WHOLE, reference) is resolve(reference)


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_every_workload_that_we_bring_is_allowed_with_the_word_workloads(name):
    assert catalogue.make(name).reference in allowlist.BUILT_IN


@pytest.mark.parametrize(
    "reference",
    [
        "os:system",
        "mine2:job",
        "mine.__main__:job",
        "mine",
        "mine:",
        ":job",
        "",
        "mine:_private",
        "mine:os.system",
        "mine:Kind.method",
        "mine:job.__globals__",
        "mine:job:job",
        "mine..os:system",
        ".mine:job",
        "mine:job\n",
        "workloads.files:sysconfig.os.system",
        "workloads.base:importlib.import_module",
        "workloads.base:resolve",  # it imports what a payload says
        "workloads.custom.inspection:inspect_reference",  # so does this
        "workloads.custom.items:read_items",  # it gives back a file of the worker's machine
        "workloads.catalogue:make",
        "workloads:run",
    ],
)
def test_what_is_not_allowed_is_refused_before_anything_is_imported(reference, monkeypatch):
    monkeypatch.setattr(allowlist, "resolve", pytest.fail)
    with pytest.raises(Refused, match="this worker runs mine, workloads only") as refused:
        allowlist.function(WHOLE, reference)
    assert repr(reference[:80]) in str(refused.value)


@pytest.mark.parametrize(
    "reference",
    [
        "mine:borrowed",
        "mine:resolve",
        "mine:join",
        "mine:lru_cache",
        "mine:os",
        "mine:Kind",
        "mine:cached",
        "mine:bound",
        "mine:secret",
        "mine.inner:Kind",
    ],
)
def test_a_module_offers_its_own_plain_functions_only_not_what_it_has_imported(reference):
    with pytest.raises(Refused, match="which is no function defined in mine, workloads"):
        allowlist.function(WHOLE, reference)


@pytest.mark.parametrize("reference", ["mine:cached", "mine:Kind.method", "mine:_private", "mine:borrowed"])
def test_what_is_listed_by_its_name_runs_whatever_it_is(reference):
    assert allowlist.function((reference,), reference) is resolve(reference)
    with pytest.raises(Refused, match="only"):
        allowlist.function((reference,), "mine:job")


@pytest.mark.parametrize("reference", ["mine:nothing", "mine.nothing:job", "mine.sour:job"])
def test_what_cannot_be_had_is_refused_and_does_not_end_the_worker(reference):
    with pytest.raises(Refused, match="which cannot be imported: "):
        allowlist.function(WHOLE, reference)


@pytest.mark.long
def test_the_application_asks_before_it_runs_anything():
    """The whole way, as a worker goes it: from the message to the function."""
    asks = """
import sys
from brokers.celery.app import create_app
from brokers.celery.workers.environment import WorkerEnvironment
from brokers.messages import FORMAT, encode
from crossover.contract.safety import Safety

app = create_app(WorkerEnvironment("redis", "redis://127.0.0.1:1/0", Safety.DEFAULT, "external", ("workloads",), 0, -1))
try:
    app.tasks["crossover.run"](encode((FORMAT, "workloads.files:sysconfig.os.system", 0, 1, ["echo it ran"])))
except Exception as refused:
    print(type(refused).__name__, refused)
"""
    ended = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert ended.stdout.startswith("Refused it requests 'workloads.files:sysconfig.os.system'; this worker runs ")
