"""Rooms and modules stay small enough to be read at a glance; each exception has its reason."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from waiting import PATIENCE

ROOT = Path(__file__).parents[2]
MOST_MODULES = 14  # in a folder, but for its __init__.py
MOST_LINES = 250  # in a module
LARGE_FOLDERS = {}  # folder → why it may have more modules
LONG_MODULES = {}  # module → why it may have more lines


def modules(root):
    """Return the paths of all modules that git knows, or would ask about."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=True)
    return sorted({Path(line) for line in listed.stdout.splitlines() if (root / line).exists()})


def large_folders(paths):
    """Return folder → number of modules, where there are more than a reader can overlook."""
    counts = Counter(str(path.parent) for path in paths if path.name != "__init__.py")
    return {folder: count for folder, count in counts.items() if count > MOST_MODULES}


def long_modules(root, paths):
    """Return module → number of lines, where there are more than a reader can overlook."""
    lengths = {str(path): len((root / path).read_text(encoding="utf-8").splitlines()) for path in paths}
    return {module: length for module, length in lengths.items() if length > MOST_LINES}


@pytest.fixture
def checkout():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no git checkout")
    return modules(ROOT)


def test_no_folder_has_more_than_14_modules_without_a_reason(checkout):
    assert large_folders(checkout).keys() == LARGE_FOLDERS.keys()


def test_no_module_has_more_than_250_lines_without_a_reason(checkout):
    assert long_modules(ROOT, checkout).keys() == LONG_MODULES.keys()


def test_a_folder_that_is_too_full_and_a_module_that_is_too_long_are_found(tmp_path):
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, timeout=PATIENCE, check=True)
    for number in range(MOST_MODULES + 1):
        (tmp_path / f"module_{number}.py").write_text("pass\n")
    (tmp_path / "__init__.py").touch()
    (tmp_path / "module_0.py").write_text("pass\n" * (MOST_LINES + 1))
    assert large_folders(modules(tmp_path)) == {".": MOST_MODULES + 1}
    assert long_modules(tmp_path, modules(tmp_path)) == {"module_0.py": MOST_LINES + 1}
