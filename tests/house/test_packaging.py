"""What pyproject.toml, constraints.txt and the containers say about what is installed."""

import ast
import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGES = ("crossover", "workloads", "local_ipc", "brokers")


@pytest.fixture(scope="module")
def requirements():
    spec = importlib.util.spec_from_file_location("requirements", ROOT / ".ci" / "requirements.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
def test_every_library_that_is_imported_is_declared(requirements):
    declared = {requirements.name_of(line) for line in requirements.declared(["report"])}
    known = importlib.metadata.packages_distributions()
    foreign = {name for name in _imported() if name not in (*sys.stdlib_module_names, *PACKAGES)}
    assert {name for name in foreign if not declared & {*map(requirements.name_of, known[name])}} == set()


def test_every_dependency_has_a_lower_bound(requirements):
    assert all("==" in line for line in requirements.lowest(["all"]))


def test_what_has_no_lower_bound_is_said(requirements, monkeypatch):
    monkeypatch.setitem(requirements.PROJECT["project"], "dependencies", ["any<2"])
    with pytest.raises(SystemExit, match=r"pyproject.toml: 'any<2' has no lower bound"):
        requirements.lowest([])


def test_what_is_not_pinned_is_said(requirements, monkeypatch):
    monkeypatch.setitem(requirements.PROJECT["project"], "dependencies", ["new>=1"])
    with pytest.raises(SystemExit, match=r"constraints.txt lacks new: make upgrade"):
        requirements.locked([])


@pytest.mark.parametrize("extras", [[], ["report"], ["docs"], ["all"]])
def test_what_is_pinned_needs_nothing_else(requirements, extras):
    pinned = {requirements.name_of(entry) for entry in requirements.locked(extras)}
    for name in pinned & {*map(requirements.name_of, _installed())}:
        for line in importlib.metadata.requires(name) or ():
            wanted = Requirement(line)
            if not wanted.marker or wanted.marker.evaluate({"extra": ""}):
                assert requirements.name_of(wanted.name) in pinned, f"{name} needs {line}"


def test_every_pin_has_hashes_and_names_no_host(requirements):
    entries = requirements.locked(["all"])
    assert len(entries) > 50
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in (ROOT / "constraints.txt").read_text()


def test_images_have_exact_versions():
    text = (ROOT / "compose.yaml").read_text() + (ROOT / "Dockerfile").read_text()
    images = re.findall(r"^ *(?:image:|FROM) ([a-z]+:\S+)", text, re.MULTILINE)
    assert len(images) > 4
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+(-[a-z]+)?", image)] == []


def _installed():
    return {found.name for found in importlib.metadata.distributions()}


def _imported():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (name.name.partition(".")[0] for name in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.partition(".")[0]
