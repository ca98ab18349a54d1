"""Four packages beside each other, none in the way of another; and bookkeeping that stays small."""

import importlib
import importlib.metadata
import importlib.util
import os
import pkgutil
import sys
from pathlib import Path

import pytest

from crossover.recording.history import History

ROOT = Path(__file__).parents[2]
PACKAGES = ["crossover", "workloads", "local_ipc", "brokers"]


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_what_lies_here(package):
    assert Path(importlib.import_module(package).__file__) == ROOT / package / "__init__.py"


@pytest.mark.long
@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_has_the_name_of_a_library(package):
    assert package not in sys.stdlib_module_names
    installed = importlib.metadata.packages_distributions()
    assert set(installed.get(package, ["crossover-ipc"])) == {"crossover-ipc"}


LIBRARIES = {"multiprocessing", "queue", "threading", "pickle", "concurrent", "redis", "pika", "zmq", "kafka", "nats"}


@pytest.mark.parametrize("package", ["workloads", "local_ipc"])
def test_no_module_is_called_like_a_library_that_it_may_mean(package):
    names = {module.name for module in pkgutil.iter_modules([str(ROOT / package)])}
    assert not names & LIBRARIES
    installed = set(importlib.metadata.packages_distributions()) - set(PACKAGES)
    assert not names & {name for name in installed if not name.startswith("_")}


def test_brokers_itself_is_never_on_the_path():
    """Its packages are called like the libraries that they use: `import redis` must find the library."""
    assert str(ROOT / "brokers") not in map(os.path.abspath, sys.path)
    assert not Path(importlib.import_module("redis").__file__).is_relative_to(ROOT / "brokers")


def test_every_module_can_be_imported():
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            assert importlib.import_module(module.name).__doc__, module.name


@pytest.mark.parametrize(("tasks", "batch"), [(1_000_000, 1), (1_000_000, 7), (999_999, 1_000)])
def test_bookkeeping_takes_48_bytes_a_task_at_most(tasks, batch):
    arrays = [part for part in vars(History(tasks, batch)).values() if hasattr(part, "__len__")]
    assert sum(map(sys.getsizeof, arrays)) <= 48 * tasks
