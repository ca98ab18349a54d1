"""A function of the user's is found by what the user types for it: its module, or the path of its file."""

import sys

import pytest

from workloads import catalogue
from workloads.base import InputError
from workloads.custom.inspection import Facts
from workloads.custom.names import UsersName, users_name
from workloads.user_modules import FOLDERS, user_folders


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    """A folder of the user's: a module, a folder of scripts, and a package."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv(FOLDERS, ascii([str(tmp_path)]))
    for name in (
        "resize.py",
        "sub/resize.py",
        "package/inner/resize.py",
        "package/__init__.py",
        "package/inner/__init__.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("def resize(item): return item\ndef _hidden(item): ...\ndef shrink(item): ...\n")


@pytest.mark.parametrize(
    ("typed", "reference", "folder"),
    [
        ("resize:resize", "resize:resize", ""),
        ("resize:object.method", "resize:object.method", ""),
        ("resize.py:resize", "resize:resize", ""),
        ("./resize.py:resize", "resize:resize", ""),
        ("resize.py::resize", "resize:resize", ""),
        ("resize:resize()", "resize:resize", ""),
        (" resize: resize ", "resize:resize", ""),
        ("resize.resize", "resize:resize", ""),
        ("package.inner.resize.shrink", "package.inner.resize:shrink", ""),
        ("sub/resize.py:resize", "resize:resize", "sub"),
        ("sub/resize:resize", "resize:resize", "sub"),
        ("package/inner/resize.py:resize", "package.inner.resize:resize", ""),
    ],
)
def test_a_function_is_found_by_its_module_or_its_file(tmp_path, typed, reference, folder):
    assert users_name(typed) == UsersName(reference, str(tmp_path / folder) if folder else "")
    if "/" in typed:
        assert users_name(str(tmp_path / typed)) == UsersName(reference, str(tmp_path / folder) if folder else "")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("resize", "resize is a module: name a function in it, as resize:resize or shrink"),
        ("package.inner", "package.inner is a module: name a function in it, as package.inner:resize or shrink"),
        ("resize:", "resize is a module: name a function in it, as resize:resize or shrink"),
        ("resize.", r"there is no workload 'resize.'"),
        ("resize.py", "resize.py is a file: name a function in it, as resize.py:resize or shrink"),
        ("sub/resize", "sub/resize is a file: name a function in it, as sub/resize:resize or shrink"),
        ("nowhere.py:run", "'nowhere.py:run' cannot be used: there is no file nowhere.py; write FILE.py:FUNCTION"),
        ("math.sqrt", r"there is no workload 'math.sqrt' \(did you mean 'math:sqrt'\?\); there are noop, "),
        ("a" * 5_000, "there is no workload 'aaa"),
    ],
)
def test_who_names_no_function_is_told_what_to_write(typed, sentence):
    with pytest.raises(InputError, match=sentence):
        catalogue.make(typed, "items.jsonl")


def test_a_file_elsewhere_is_found_before_one_of_that_name_in_the_current_folder(tmp_path):
    catalogue.make("sub/resize.py:resize", "items.jsonl", inspect=lambda reference, _: Facts(reference, reference, ""))
    assert user_folders() == [str(tmp_path / "sub"), str(tmp_path)]


def test_a_file_whose_name_no_module_can_have_is_refused(tmp_path):
    (tmp_path / "resize.v2.py").write_text("def resize(item): ...\n")
    with pytest.raises(InputError, match=r"resize.v2.py cannot be imported, because its name has a dot: rename it"):
        users_name("resize.v2.py:resize")
