"""The tool that plants faults: what it plants, and that what its lists name is there."""

import importlib.util
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "benchmarks" / "mutants"
LISTS = tomllib.loads((TOOL / "tests.toml").read_text())
TESTS, LEFT_OUT, PACKAGES = LISTS["tests"], LISTS["left_out"], LISTS["packages"]
ALIVE = tomllib.loads((TOOL / "alive.toml").read_text())


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"mutants_{name}", TOOL / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


mutations = loaded("mutations")


def changes(text):
    return [mutant.change for mutant in mutations.mutants(text)]


@pytest.mark.parametrize(
    ("line", "planted"),
    [
        ("return a < b", ["return a < b → return None", "a < b → (a <= b)"]),
        ("return a and b", ["return a and b → return None", "a and b → (a or b)"]),
        ("self.a = b", ["self.a = b → pass"]),
        ("if not a: b = c", ["not a → (a)"]),
        ("if a: b = c", ["a → not (a)"]),
        ("f()", ["f() → pass"]),
        ("a = 20", ["20 → 200", "20 → 21"]),
        ("a = 0.5", ["0.5 → 5.0"]),
        ("a = max(b)", ["max → min"]),
        ("a = b * c", ["b * c → (b / c)"]),
        ("raise ValueError(f'{a + 1}')", ["raise ValueError(f'{a + 1}') → pass"]),
        ("a = f'{b + 1} of {2}'", []),
        ("a: int | None = b", []),
    ],
)
def test_each_kind_of_fault_is_planted(line, planted):
    assert sorted(changes(f"def f(self, a, b, c):\n    {line}\n")) == sorted(planted)


def test_an_exception_is_swallowed_or_not_handled():
    text = "def f():\n    try:\n        a = b\n    except KeyError as error:\n        a = error\n"
    before = "except KeyError as error: a = error"
    assert changes(text) == [
        f"{before} → except KeyError as error: pass",
        f"{before} → except KeyError as error: raise",
    ]


def test_limits_at_the_top_of_a_module_and_defaults_of_arguments_are_changed_too():
    assert changes("MOST = 5\ndef f(a=True): return None\n") == ["5 → 50", "5 → 6", "True → False"]


def test_a_fault_knows_the_outermost_function_around_it():
    text = "@cached\ndef f():\n    def g():\n        return 7\n    return g\nA = 1\n"
    assert {mutant.code: mutant.function for mutant in mutations.mutants(text)} == {
        "return 7": 1,
        "return g": 1,
        "A = 1": None,
    }


def test_every_module_with_faults_has_its_tests_or_a_reason_why_it_has_none():
    """Otherwise it would be left out without a word."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = str(path.relative_to(ROOT))
            rows = [row for row in TESTS if any(fnmatch(module, pattern) for pattern in row["modules"])]
            left_out = [row["why"] for row in LEFT_OUT if module in row["modules"]]
            assert bool(rows) + len(left_out) == 1 or not changes(path.read_text()), module
            assert all(left_out), module


def test_what_is_left_out_exists():
    for module in (module for row in LEFT_OUT for module in row["modules"]):
        assert (ROOT / module).exists(), module


@pytest.mark.parametrize("row", TESTS, ids=lambda row: row["modules"][0])
def test_every_row_names_modules_and_tests_that_exist(row):
    modules = [
        str(path.relative_to(ROOT))
        for package in ("crossover", "local_ipc", "brokers")
        for path in (ROOT / package).rglob("*.py")
    ]
    for pattern in row["modules"]:
        assert any(fnmatch(module, pattern) for module in modules), pattern
    words = [word for key in ("fast", "processes") for word in row.get(key, ())]
    assert words
    for word in words:
        assert not word.startswith("tests/") or (ROOT / word).exists(), word


def test_each_fault_that_is_known_to_stay_alive_has_its_reason():
    for module, rows in ALIVE.items():
        assert (ROOT / module).exists(), module
        assert all(row["line"] and row["changes"] and row["why"] for row in rows)
        lines = {line.strip() for line in (ROOT / module).read_text(encoding="utf-8").splitlines()}
        assert {row["line"] for row in rows} <= lines, module
