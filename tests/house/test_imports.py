"""Who may import whom: top to bottom, and in no circle; what breaks these rules is found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE

ROOT = Path(__file__).parents[2]
PACKAGES = ["crossover", "workloads", "local_ipc", "brokers"]
CIRCLES = """
import sys
import grimp

def circles(graph):
    '''Return the sets of modules each of which imports all others of its set, be it through others (Tarjan, 1972).'''
    numbers, lowest, path, found = {}, {}, [], []

    def visit(module):
        numbers[module] = lowest[module] = len(numbers)
        path.append(module)
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            if imported not in numbers:
                visit(imported)
            if imported in path:
                lowest[module] = min(lowest[module], lowest[imported])
        if lowest[module] == numbers[module]:
            at = path.index(module)
            found.append(sorted(path[at:]))
            del path[at:]

    for module in sorted(graph.modules):
        if module not in numbers:
            visit(module)
    return [circle for circle in found if len(circle) > 1]

sys.setrecursionlimit(10_000)
sys.path.insert(0, "")
for circle in circles(grimp.build_graph(*sys.argv[1:], cache_dir=None)):
    print(*circle)
"""


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)
    return done.returncode, done.stdout + done.stderr


def lint(folder):
    """Return the status of import-linter in a copy of the house, and what it prints."""
    return run([str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], folder)


def circles(folder):
    """Return the circles of modules, those of imports inside functions included."""
    status, text = run([sys.executable, "-c", CIRCLES, *PACKAGES], folder)
    assert status == 0, text
    return [line.split() for line in text.splitlines()]


def plant(folder, module, line):
    """Add a line to a module, which must be there."""
    with (folder / f"{module.replace('.', '/')}.py").open("r+") as file:
        file.seek(0, 2)
        file.write(f"\n{line}\n")


@pytest.fixture
def house(tmp_path):
    """Copy everything that is imported, and the rules."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.long
def test_every_import_goes_downwards():
    status, text = lint(ROOT)
    assert status == 0, text


@pytest.mark.long
def test_a_circle_of_rooms_is_found_though_no_modules_form_one(house):
    plant(house, "crossover.execution.load.stopped_workers", "import crossover.execution.producer.defective_payload")
    status, text = lint(house)
    assert status != 0
    assert "No cycles are allowed in crossover.execution" in text
    assert circles(house) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("workloads.noop", "import crossover.contract.tasks"),  # a workload that knows what runs it
        ("crossover.contract.tasks", "import brokers.servers.private"),  # upwards
        ("local_ipc.pipes", "import brokers.servers.private"),  # sideways
        ("crossover.recording.history", "def work():\n    import crossover.workers.loop"),  # in a function
    ],
)
def test_an_import_that_goes_upwards_or_sideways_is_found(house, module, line):
    plant(house, module, line)
    status, text = lint(house)
    assert status != 0
    assert f"{module} -> {line.split()[-1]}" in text


def test_no_modules_import_each_other_in_a_circle():
    assert circles(ROOT) == []


@pytest.mark.parametrize(
    "line", ["import crossover.contract.transport", "def f():\n    import crossover.contract.transport"]
)
def test_a_circle_of_imports_is_found_also_where_a_function_hides_it(house, line):
    plant(house, "crossover.contract.errors", line)
    (circle,) = circles(house)
    assert {"crossover.contract.errors", "crossover.contract.transport"} <= {*circle}
