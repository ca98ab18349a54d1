"""Programs of the kind that people have: what they do to their process or folder must not reach the comparison."""

import pytest
from waiting import PATIENCE

NOTHING = {"lost": 0, "duplicated": 0, "unexpected": 0, "corrupted": 0, "failed": 0}
TEN = tuple(range(10))


@pytest.fixture
def compare(crossover, mine):
    """Compare with a function, in one short round; the result goes to out.json."""

    def run(source, *words, items=TEN, timeout=PATIENCE, **variables):
        usual = [*mine(source, items), "-r", "1", "-w", "2", "--json", "out.json"]
        return crossover("compare", *usual, *words, timeout=timeout, **variables)

    return run


@pytest.fixture
def agree(compare, result):
    """Compare with a function: every transport does all tasks and returns the same values. Return the runs."""

    def run(source, *words, **others):
        ended = compare(source, *words, **others)
        assert ended.returncode == 0, ended
        assert "Traceback" not in ended.stderr, ended.stderr
        assert ended.stdout.startswith("mine:run: "), ended.stdout
        found = result()
        assert not found["skipped"]
        for run in found["runs"]:
            assert run["delivery"].items() >= {**NOTHING, "completed": run["tasks"]}.items(), run
            assert run["ending"] == "finished", run
        assert len({run["value_digest"] for run in found["runs"]}) == 1
        return found["runs"]

    return run
