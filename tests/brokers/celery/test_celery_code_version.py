"""Which modules make up the version of the code that a Celery worker runs."""

import subprocess
import sys

import pytest
from waiting import PATIENCE

from brokers.celery.workers import code_version
from workloads import catalogue

LOADED = """
import sys
import brokers.celery.app
from brokers.celery.broker import BROKERS, celery_over
from brokers.external.allowlist import BUILT_IN
from workloads.base import resolve

for server in BROKERS:
    celery_over(server)
for reference in BUILT_IN:
    resolve(reference)
print(*(name for name in sys.modules if getattr(sys.modules[name], "__file__", None)))
"""
PACKAGES = ("workloads.", "brokers.messages", "brokers.celery.", "brokers.external.")
ONLY_PACKAGES = {"brokers.celery.workers"}  # an __init__ that holds a docstring


@pytest.mark.long
def test_the_version_covers_every_module_of_ours_that_a_worker_loads_to_run_tasks():
    ended = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=PATIENCE, check=True)
    loaded = {name for name in ended.stdout.split() if name.startswith(PACKAGES)} - ONLY_PACKAGES
    assert loaded <= set(code_version.TASK_CODE)
    assert {f"workloads.{name}" for name in catalogue.NAMES} <= loaded


def test_every_module_of_the_version_exists():
    for module in code_version.TASK_CODE:
        assert code_version._source(module)
