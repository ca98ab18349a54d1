"""Whatever a user's module does when it is imported: the command never imports it, and its own state stays as it is."""

import json

import pytest
from waiting import PATIENCE

from crossover.workers.processes import start_timeout

NOTES_PROCESSES = """
    import os, pathlib

    with pathlib.Path(__file__).with_name("imported").open("a") as file:
        file.write(f"{os.getpid()}\\n")

    def run(item):
        return item
"""


@pytest.mark.long
def test_the_command_never_imports_the_module(begin, mine, tmp_path):
    process = begin("compare", "serial", "threads", "queue", *mine(NOTES_PROCESSES), "-r", "1", "-q", "--json", "-")
    assert process.wait(PATIENCE) == 0
    imported = {int(line) for line in (tmp_path / "imported").read_text().split()}
    assert len(imported) >= 4  # it was inspected once, and imported by two producers and at least one worker
    assert process.pid not in imported


@pytest.mark.long
def test_nor_does_it_import_a_workload_of_the_users(begin, mine, tmp_path):
    workload = """
    from workloads.base import Workload

    class Own(Workload):
        name, reference, usual_tasks = "own", "mine:run", 5

        def payloads(self, tasks): return [[1], [2]]
        def check(self, payload, value): return value == payload

    own = Own()
    """
    mine(NOTES_PROCESSES + workload)
    process = begin("compare", "serial", "queue", "-W", "mine:own", "-n", "5", "-r", "1", "--json", "out.json")
    assert process.wait(PATIENCE) == 0, (tmp_path / "stderr").read_text()
    assert process.pid not in {int(line) for line in (tmp_path / "imported").read_text().split()}
    runs = json.loads((tmp_path / "out.json").read_text())["runs"]
    assert [run["delivery"]["completed"] for run in runs] == [5, 5]


@pytest.mark.long
@pytest.mark.parametrize(
    "statement",
    [
        "import multiprocessing; multiprocessing.set_start_method('spawn')",
        "import os; os.makedirs('scratch', exist_ok=True); os.chdir('scratch')",
        "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)",
        "import sys; sys.stdout = open('mine.log', 'w')",
        "import os, sys; os.close(1); sys.stdout = None",
        "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL); signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "import sys; sys.modules['__main__'].__dict__.clear(); sys.argv[:] = []",
        "print('hello from mine')",
        "import os; os.environ.clear()",
        "import logging; logging.basicConfig(level=logging.DEBUG)",
        "import warnings; warnings.simplefilter('error')",
        "import decimal, random; random.seed(1); decimal.getcontext().prec = 3",
    ],
)
def test_what_a_module_changes_spoils_no_result(crossover, mine, result, statement):
    source = f"{statement}\ndef run(item): return item"
    ended = crossover("compare", "serial", "queue", *mine(source), "-r", "1", "-w", "1", "--json", "out.json", "--full")
    assert ended.returncode == 0, ended
    assert "All runs returned the same values" in " ".join(ended.stdout.split())
    assert "hello" not in ended.stdout
    assert [run["delivery"]["completed"] for run in result()["runs"]] == [5, 5]


@pytest.mark.parametrize(
    "statement",
    [
        "import os; os._exit(3)",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.closerange(3, 100)",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_a_module_that_ends_its_process_is_refused_with_a_sentence(in_process, mine, statement):
    ended = in_process("compare", "serial", *mine(statement))
    assert ended.returncode == 2
    assert "module 'mine' cannot be imported: that ends the process" in ended.stderr


@pytest.mark.long
def test_a_module_that_forks_is_imported_all_the_same(in_process, mine):
    words = mine("import os\nos.fork()\ndef run(item): return item")
    ended = in_process("compare", "serial", "threads", "queue", "pool", *words, "-r", "1")
    assert ended.returncode == 0, ended


@pytest.mark.parametrize("command", [("compare", "serial"), ("scale", "queue"), ("safety", "queue")])
def test_a_module_whose_import_does_not_end_is_not_waited_for(in_process, mine, command):
    ended = in_process(*command, *mine("import time\ntime.sleep(600)"), "--start-timeout", "1s")
    assert ended.returncode == 2
    late = "module 'mine' cannot be imported: it was not ready within 1 s; --start-timeout allows more"
    assert late in ended.stderr


@pytest.mark.long
def test_a_module_that_takes_long_to_import_is_given_more_time(in_process, mine):
    words = mine("import time\ntime.sleep(1)\ndef run(item): return item")
    shorter = {start_timeout.VARIABLE: "0.5"}  # than without the option, so that this test need not take a minute
    compare = ("compare", "serial", "queue", "executor", *words, "-r", "1", "-n", "10")
    assert "--start-timeout allows more" in in_process(*compare, **shorter).stderr
    ended = in_process(*compare, "--start-timeout", "2m", **shorter)
    assert ended.returncode == 0, ended.stderr
