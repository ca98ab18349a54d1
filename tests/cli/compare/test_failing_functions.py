"""What a user's function does wrong is counted and shown, and never stops the others."""

import re

import pytest

ALL = ["serial", "threads", "queue", "pipe", "manager", "pool", "executor", "shared-memory"]


@pytest.fixture
def compare(in_process, mine, result):
    """Compare with a function; return how it ended, and the runs."""

    def run(source, *words, items=(1, 2, 3, 4, 5)):
        ended = in_process("compare", *mine(source, items), *words, "--json", "out.json")
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended, result()["runs"]

    return run


RAISES = """
    def run(item):
        if item % 2:
            raise ValueError(f"{item} is odd")
        return item
"""


@pytest.mark.long
def test_a_function_that_raises_for_some_items_fails_for_those_alone(compare):
    ended, runs = compare(RAISES, *ALL, "-r", "1")
    assert ended.returncode == 1
    assert "tasks failed: ValueError" in " ".join(ended.stdout.split())
    assert [run["transport"] for run in runs] == ALL
    for run in runs:
        assert {name: run["delivery"][name] for name in ("failed", "completed", "lost")} == {
            "failed": 3,
            "completed": 2,
            "lost": 0,
        }
        assert run["reasons"] == {f"ValueError: {item} is odd": 1 for item in (1, 3, 5)}


REFUSES = """
    def run(item):
        return item * 2 if item != 3 else 7

    def check(item, value):
        return value == item * 2

    run.check = check
"""


@pytest.mark.long
@pytest.mark.parametrize("batch", [1, 5])
def test_a_value_that_the_check_refuses_is_corrupted(compare, batch):
    ended, runs = compare(REFUSES, "serial", "queue", "-r", "1", "-b", batch)
    assert ended.returncode == 1
    assert [(run["delivery"]["corrupted"], run["delivery"]["completed"]) for run in runs] == [(1, 5), (1, 5)]


@pytest.mark.long
def test_without_a_check_values_that_differ_are_said_and_no_run_is_blamed(compare):
    ended, runs = compare("import random\ndef run(item): return random.random()", "queue", "pipe", "-r", "2", "--full")
    assert ended.returncode == 1
    assert [run["delivery"]["corrupted"] for run in runs] == [0] * 4
    said = " ".join(ended.stdout.split())
    assert "The runs did not all return the same values: 4 different value_digests. 5 of 5 tasks differ." in said
    assert re.search(
        "Values change from run to run of (queue, pipe|pipe, queue), so they may depend on time, rand", said
    )
    assert "mine:run.check = lambda item, value: ..." in said
    assert "damaged" not in said


@pytest.mark.long
def test_values_that_differ_only_between_transports_are_told_from_those_that_change(compare):
    source = "import threading\ndef run(item): return threading.current_thread() is threading.main_thread()"
    ended, _ = compare(source, "threads", "queue", "pipe", "-r", "2", "--full")
    assert ended.returncode == 1
    said = " ".join(ended.stdout.split())
    groups = re.search(r"Values differ between transports \((.*?)\), so they may depend on the process", said)
    assert groups
    assert sorted(sorted(group.split(", ")) for group in groups[1].split(" | ")) == [["pipe", "queue"], ["threads"]]
    assert "from run to run" not in said


@pytest.mark.long
def test_a_check_that_accepts_whatever_values_there_are_leaves_nothing_to_say(compare):
    source = "import random\ndef run(item): return random.random()\nrun.check = lambda item, value: 0 <= value < 1"
    ended, _ = compare(source, "queue", "-r", "2", "--full")
    assert ended.returncode == 0
    assert "2 different value_digests. The check accepted all of them." in " ".join(ended.stdout.split())


def test_a_check_that_cannot_be_called_with_item_and_value_is_warned_of(compare):
    ended, runs = compare("def run(item): return item\nrun.check = lambda word: False", "queue", "-r", "1")
    assert ended.returncode == 0
    assert "mine:run.check cannot be called with item and value, so it checks nothing" in runs[0]["warnings"]
    assert "so it checks nothing" in " ".join(ended.stdout.split())


def test_a_value_that_a_function_changes_in_place_is_checked_each_time(compare):
    source = """
        kept = []

        def run(item):
            kept.append(item)
            return kept

        run.check = lambda item, value: value == [item]
    """
    ended, runs = compare(source, "serial", "-n", "20", "-r", "1", items=[1])
    assert ended.returncode == 1
    assert runs[0]["delivery"]["corrupted"] == 20


@pytest.mark.parametrize("error", ["ValueError('cannot tell')", "SystemExit('cannot tell')"])
def test_a_check_that_itself_raises_ends_everything_with_a_sentence(in_process, mine, error):
    source = f"""
        def run(item):
            return item

        def check(item, value):
            raise {error}

        run.check = check
    """
    ended = in_process("compare", "queue", *mine(source), "-r", "1")
    assert ended.returncode == 2
    assert f"mine:run.check failed: {error.partition('(')[0]}: cannot tell" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.long
def test_a_value_that_cannot_be_pickled_is_a_failure(compare):
    ended, runs = compare("import threading\ndef run(item): return threading.Lock()", *ALL, "-r", "1")
    assert ended.returncode == 1
    assert {run["transport"]: run["delivery"]["failed"] for run in runs} == dict.fromkeys(ALL, 5)
    assert all("cannot be pickled" in reason for run in runs for reason in run["reasons"])
    assert "all 5 tasks failed: cannot be pickled" in " ".join(ended.stdout.split())


@pytest.mark.long
def test_a_value_may_be_an_object_of_a_class_in_the_module(compare):
    source = """
        class Size:
            def __init__(self, item): self.size = item

        def run(item): return Size(item)
    """
    ended, runs = compare(source, "serial", "threads", "queue", "pool", "executor", "-r", "1")
    assert ended.returncode == 0, ended
    assert len({run["value_digest"] for run in runs}) == 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("returned", "hint"),
    [
        ("wait(item)", "the function is async"),
        ("(n for n in [item])", "a generator is no value"),
    ],
)
def test_what_would_have_to_be_run_to_get_a_value_is_a_failure_with_a_hint(compare, returned, hint):
    source = f"async def wait(item): return item\ndef run(item): return {returned}"
    ended, runs = compare(source, "serial", "threads", "queue", "redis-list", "-r", "1")
    assert ended.returncode == 1
    assert {run["transport"]: run["delivery"]["failed"] for run in runs} == dict.fromkeys(
        ["serial", "threads", "queue", "redis-list"], 5
    )
    assert all(hint in reason for run in runs for reason in run["reasons"])


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (r"[red]:warning:[/] C:\\", 'ValueError ("[red]:warning:[/] C:\\")'),
        (r"\x1b[31mred\x07", "red"),
        (r"not UTF-8: caf\udce9", 'ValueError ("not UTF-8: caf'),
    ],
    ids=["markup", "escape codes", "surrogates"],
)
def test_an_error_message_may_hold_anything(compare, message, shown):
    ended, runs = compare(f'def run(item): raise ValueError("{message}")', "queue", "-r", "1", items=[1])
    assert ended.returncode == 1
    assert runs[0]["delivery"]["failed"] == 1
    assert shown in ended.stdout
    assert "\x1b" not in ended.stdout
