"""The analysis judges records: no clock, no input, no output, nothing that another call could see."""

import ast
from pathlib import Path

import pytest

ANALYSIS = Path(__file__).parents[2] / "crossover" / "analysis"
IMPURE = {"asyncio", "datetime", "io", "logging", "os", "pathlib", "psutil", "shutil", "signal", "socket", "subprocess",
          "sys", "tempfile", "threading", "time"}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "exec", "eval"}
ALLOWED = {("latency/samples.py", "os")}  # numpy is imported without threads, which only the environment can say


def impurities(path):
    """Return the modules and functions with an effect that a file uses."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names} & IMPURE
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "").partition(".")[0]} & IMPURE
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= {node.func.id} & IMPURE_CALLS
    return found


@pytest.mark.parametrize("path", sorted(ANALYSIS.rglob("*.py")), ids=lambda path: str(path.relative_to(ANALYSIS)))
def test_no_file_has_a_clock_or_input_or_output(path):
    name = str(path.relative_to(ANALYSIS))
    assert impurities(path) <= {module for file, module in ALLOWED if file == name}


def test_what_is_impure_is_found(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text("import time\nfrom os import path\nprint(open('x'))\n")
    assert impurities(planted) == {"time", "os", "print", "open"}
