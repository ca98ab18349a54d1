"""No file is executed because of its name: the current folder may hold one that is called like any module."""

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from waiting import PATIENCE

NOTE = "open({!r}, 'a').write(__file__ + chr(10))\n"
OURS = {"brokers", "local_ipc", "workloads"}
LOOKED_FOR = {"celeryconfig", "simplejson", "gevent", "eventlet", "usercustomize", "sitecustomize"}  # not installed
BEFORE_US = "import sys; sys.path.remove(''); import importlib.util, pkgutil, runpy; print(*sys.modules)"
THROUGH = ("serial", "queue", "queue?start=spawn", "pool?start=forkserver", "executor", "manager")
SHORT = ("-W", "noop", "-n", "20", "-r", "1", "-w", "2", "-q", "--json", "out.json")


@pytest.fixture
def executed(tmp_path):
    """Write a file for the name of every module that is installed; return which of them were executed."""
    note = tmp_path / "note"
    needed = subprocess.run([sys.executable, "-c", BEFORE_US], capture_output=True, text=True, check=True)
    names = {*sys.stdlib_module_names, *packages_distributions(), *OURS, *LOOKED_FOR}
    names -= {"crossover", *needed.stdout.split()}  # `python -m` imports these before it imports us
    for name in filter(str.isidentifier, names):
        (tmp_path / f"{name}.py").write_text(NOTE.format(str(note)))
    return lambda: [Path(line).name for line in note.read_text().splitlines()] if note.exists() else []


@pytest.mark.long
@pytest.mark.parametrize("command", ["compare", "scale"])
def test_files_with_the_names_of_all_modules_are_left_alone(crossover, executed, command):
    transports = THROUGH if command == "compare" else ("pool?start=spawn",)
    ended = crossover(command, *transports, *SHORT)
    assert ended.returncode == 0, ended
    assert not executed()


@pytest.mark.long
def test_celery_workers_leave_them_alone(crossover, executed, redis_url):
    assert crossover("compare", "celery+redis", *SHORT, CROSSOVER_REDIS_URL=redis_url).returncode == 0
    assert not executed()


@pytest.mark.long
def test_shared_counters_leave_them_alone(crossover, executed):
    assert crossover("share", "value-lock", "manager-dict", "-r", "1", "-w", "2", "-n", "50", "-q").returncode == 0
    assert not executed()


@pytest.mark.long
def test_the_installed_program_leaves_even_one_with_its_own_name_alone(executed, environment, tmp_path):
    (tmp_path / "crossover.py").write_text((tmp_path / "queue.py").read_text())
    program = Path(sys.executable).with_name("crossover")
    words = [program, "compare", "queue?start=spawn", *SHORT]
    subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=True, timeout=PATIENCE)
    assert not executed()


@pytest.mark.long
def test_folders_of_pythonpath_are_not_searched_first(crossover, tmp_path):
    """The interpreter itself reads them for its own start, once: all that comes later does not."""
    note = tmp_path / "note"
    for name in ("random", "queue", "click", "celery", "workloads", "json", "pickle", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(NOTE.format(str(note)))
    words = ("serial", "queue?start=spawn", "pool?start=forkserver", *SHORT)
    assert crossover("compare", *words, PYTHONPATH=str(tmp_path)).returncode == 0
    assert note.read_text().splitlines() == [str(tmp_path / "sitecustomize.py")]


@pytest.mark.long
def test_a_module_is_found_in_pythonpath_and_programs_that_it_starts_find_theirs(crossover, mine, result, tmp_path):
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    (libraries / "theirs.py").write_text("print('found')")
    words = mine("""
        import subprocess, sys, theirs

        def run(item):
            here = subprocess.run([sys.executable, "-m", "theirs"], capture_output=True, text=True).stdout
            return here, subprocess.run([sys.executable, "-m", "near"], capture_output=True, text=True).stdout

        run.check = lambda item, value: list(value) == ["found\\n", "near\\n"]
    """)
    (tmp_path / "near.py").write_text("print('near')")
    through = ("serial", "threads", "queue", "queue?start=spawn", "pool?start=forkserver")
    path = os.pathsep.join(["libraries", "nowhere"])
    ended = crossover("compare", *through, *words, "-r", "1", "-w", "2", "--json", "out.json", PYTHONPATH=path)
    assert ended.returncode == 0, ended
    assert [run["delivery"]["completed"] for run in result()["runs"]] == [5] * len(through)


@pytest.mark.long
@pytest.mark.parametrize("name", ["a:b", "a\nb", "a b", "\udcff", "it's"])
def test_a_module_is_found_in_a_folder_of_any_name(crossover, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "mine.py").write_text("def run(item): return item")
    words = ("-W", "mine:run", "-i", "-", "-r", "1", "-w", "1", "-q")
    ended = crossover("compare", "queue", "queue?start=spawn", *words, input="1\n2\n", cwd=folder)
    assert ended.returncode == 0, ended
