"""--against runs two versions of a function in turn, --gate ends with status 99 where something is slower."""

import json

import pytest

SLOW = "import time\n\ndef run(item):\n    time.sleep(0.02)\n    return 2 * item\n"
FAST = "def run(item): return 2 * item\n"
SLOWER = SLOW.replace("0.02", "0.1")
STEADY = SLOW.replace("0.02", "0.05")  # whatever else the machine does, most of it is waiting
QUICK = ("-w", "1", "--window", "2", "-q", "--json", "out.json")


@pytest.fixture
def versions(tmp_path):
    """Write two versions of a module of the same name, in two folders; return the words that name the later one."""

    def write(new, old):
        for name, source in (("new", new), ("old", old)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "mine.py").write_text(source)
        (tmp_path / "items.jsonl").write_text("".join(f"{number}\n" for number in range(1, 11)))
        return "-W", "new/mine.py:run", "-i", "items.jsonl", "--against", "old/mine.py:run"

    return write


@pytest.mark.long
def test_modules_of_one_name_do_not_meet_and_the_slower_version_breaches_the_gate(in_process, versions, result):
    words = (*versions(SLOWER, STEADY), "-r", "4", *QUICK)
    ended = in_process("compare", "queue", *words, "--gate", "5%")
    assert ended.returncode == 99, ended
    assert "Slower by more than 5%, with all of the interval: queue." in ended.stderr
    found = result()
    (pair,) = found["pairs"]
    assert (pair["transport"], pair["base"]) == ("queue", "queue against old/mine.py:run")
    assert pair["low"] > 0.05
    assert pair["breached"]
    assert len({run["value_digest"] for run in found["runs"]}) == 1
    assert found["values"]["differing"] == 0
    assert len(found["runs"]) == 8


@pytest.mark.long
def test_a_faster_version_passes(in_process, versions, result):
    ended = in_process("compare", "serial", *versions(STEADY, SLOWER), "-r", "4", *QUICK, "--gate", "0.05")
    assert ended.returncode == 0, ended
    assert "Nothing is proven to be slower by more than 5%." in ended.stderr
    assert result()["pairs"][0]["high"] < 0


@pytest.mark.long
def test_versions_that_return_other_values_are_a_finding(in_process, versions):
    words = versions("def run(item): return item + 1", "def run(item): return item")
    ended = in_process("compare", "queue", "pipe", *words, "-r", "2", *QUICK)
    assert ended.returncode == 1, ended
    assert "mine:run and old/mine.py:run do not do the same." in " ".join(ended.stdout.split())


@pytest.mark.long
def test_a_check_decides_only_where_both_versions_have_one(in_process, versions, result):
    checked = "def run(item): return item + 0.1\n\nrun.check = lambda item, value: abs(value - item) < 1\n"
    ended = in_process("compare", "serial", *versions(checked, checked.replace("0.1", "0.2")), "-r", "1", *QUICK)
    assert ended.returncode == 0, ended
    assert result()["values"]["checked"]


def test_a_version_may_be_compared_with_itself(in_process, mine, result):
    ended = in_process("compare", "serial", *mine(FAST), "--against", "mine:run", "-r", "1", *QUICK)
    assert ended.returncode == 0, ended
    assert [run["transport"] for run in result()["runs"]] == ["serial", "serial against mine:run"]


@pytest.mark.long
def test_items_from_standard_input_reach_both_versions(crossover, versions, result):
    words = [word if word != "items.jsonl" else "-" for word in versions(FAST, FAST)]
    ended = crossover("compare", "serial", *words, "-n", "3", "-r", "1", *QUICK, input="1\n2\n3\n")
    assert ended.returncode == 0, ended
    assert [run["delivery"]["completed"] for run in result()["runs"]] == [3, 3]


@pytest.mark.long
def test_a_gate_compares_later_transports_with_the_first(in_process, mine, result):
    # workers that wait are faster than one that does; 0.2 s and longer
    words = (*mine(SLOW, [1] * 45), "-w", "4", "--window", "8", "-r", "4", "-q", "--json", "out.json", "--gate", "5%")
    ended = in_process("compare", "threads", "serial", *words)
    assert ended.returncode == 99, ended
    assert "Slower by more than 5%, with all of the interval: serial." in ended.stderr
    assert [(one["transport"], one["base"]) for one in result()["pairs"]] == [("serial", "threads")]
    ended = in_process("compare", "serial", "threads", *words)
    assert ended.returncode == 0, ended


@pytest.mark.long
def test_damage_comes_before_the_gate(in_process, versions):
    ended = in_process(
        "compare", "serial", *versions(SLOW.replace("2 *", "1 / 0 *"), FAST), "-r", "4", *QUICK, "--gate", "5%"
    )
    assert ended.returncode == 1, ended


@pytest.mark.long
def test_workloads_of_ones_own_must_make_the_same_payloads(in_process, tmp_path, result):
    for name, payload in (("one", 1), ("same", 1), ("other", 2)):
        (tmp_path / f"{name}_mine.py").write_text(
            "from workloads.base import Workload\n\n"
            "def run(item): return item\n\n"
            "class Mine(Workload):\n"
            f"    name, reference, usual_tasks, checks = '{name}', '{name}_mine:run', 5, False\n"
            f"    def payloads(self, tasks): return [{payload}] * tasks\n"
            "    def check(self, payload, value): return True\n\n"
            "mine = Mine()\n"
        )
    words = ("compare", "serial", "-W", "one_mine:mine", "-r", "1", *QUICK)
    ended = in_process(*words, "--against", "same_mine:mine")
    assert ended.returncode == 0, ended
    assert json.dumps(result()["plan"]["against"]) == '"same_mine:mine"'
    ended = in_process(*words, "--against", "other_mine:mine")
    assert ended.returncode == 2, ended
    assert "one_mine:mine and --against other_mine:mine make other payloads" in ended.stderr
