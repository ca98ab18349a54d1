"""A module of the user's that has the name of another one: the message names the file, and says what to do."""

import queue

import pytest
import redis

import workloads

MODULE = "def run(item): return item\ndef double(item): return 2 * item\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("queue.py", queue.__file__),
        ("workloads.py", workloads.__file__),
        ("redis/__init__.py", redis.__file__),
        ("time.py", "Python itself"),
    ],
)
def test_the_module_that_was_named(crossover, mine, tmp_path, file, found):
    mine(MODULE)
    users = tmp_path / file
    users.parent.mkdir(exist_ok=True)
    users.write_text(MODULE)
    name = file.partition("/")[0].removesuffix(".py")
    refused = crossover("compare", "serial", "-W", f"{name}:run", "-i", "items.jsonl")
    assert refused.returncode == 2
    assert f"{users} is hidden by the module {name} of {found}: rename yours" in refused.stderr


@pytest.mark.long
@pytest.mark.parametrize("statement", ["import queue; queue.double", "from queue import double", "import queue.double"])
def test_a_module_that_the_named_one_imports(crossover, mine, tmp_path, statement):
    (tmp_path / "queue.py").write_text(MODULE)
    refused = crossover("compare", "serial", *mine(f"{statement}\ndef run(item): return item"))
    assert refused.returncode == 2
    assert "module 'mine' cannot be imported: " in refused.stderr
    assert (
        f"({tmp_path / 'queue.py'} is hidden by the module queue of {queue.__file__}: rename yours)" in refused.stderr
    )


@pytest.mark.long
def test_a_module_that_a_task_imports(crossover, mine, tmp_path):
    (tmp_path / "queue.py").write_text(MODULE)
    words = mine("def run(item):\n    import queue\n    return queue.double(item)")
    ended = crossover("compare", "pipe", *words, "-r", "1", "-w", "1")
    assert ended.returncode == 1
    said = " ".join(ended.stdout.split())
    assert "has no attribute 'double'" in said
    assert "rename yours" in said


@pytest.mark.long
def test_a_folder_of_the_same_name_hides_nothing(crossover, mine, tmp_path):
    (tmp_path / "queue").mkdir()
    words = mine("import queue\ndef run(item): return queue.Queue(item).maxsize")
    assert crossover("compare", "serial", *words, "-r", "1").returncode == 0
