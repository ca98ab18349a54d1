"""One workload through several transports gives the same values, nothing lost, and a result for all of it."""

import pytest

from crossover.contract.registry import TRANSPORTS

NOTHING = {"lost": 0, "duplicated": 0, "unexpected": 0, "corrupted": 0, "failed": 0}


@pytest.fixture
def compare(in_process, folder, result):
    """Compare over the folder; return the runs."""

    def run(*words):
        asked = ["-W", "files", "-i", folder, "-n", "50", "--json", "out.json"]
        ended = in_process("compare", *words, *asked)
        assert ended.returncode == 0, ended.stderr
        return result()["runs"]

    return run


@pytest.mark.long
def test_every_transport_gives_the_same_values_and_loses_nothing_and_the_table_fits_80_columns(
    crossover, folder, result, running_rabbitmq
):
    words = ["compare", "-W", "files", "-i", folder, "-n", "50", "-r", "1", "--json", "out.json"]
    ended = crossover(*words, COLUMNS="80", **running_rabbitmq)
    assert ended.returncode == 0, ended.stderr
    runs = result()["runs"]
    skipped = [skipped["transport"] for skipped in result()["skipped"]]  # what this machine lacks
    assert [run["transport"] for run in runs] == [name for name in TRANSPORTS if name not in skipped]
    assert len(runs) >= 8
    for run in runs:
        assert run["delivery"].items() >= {**NOTHING, "completed": 50}.items(), run["transport"]
        assert run["ending"] == "finished"
    assert len({run["value_digest"] for run in runs}) == 1
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert "…" not in ended.stdout
    heading = next(line for line in ended.stdout.splitlines() if line.startswith("transport"))
    assert "95%" not in heading  # one round has no interval


@pytest.mark.long
def test_rounds_are_interleaved(compare):
    runs = compare("queue", "pipe", "pool", "-r", "3")
    assert [(run["round"], run["transport"]) for run in runs] == [
        (number, name) for number in (1, 2, 3) for name in ("queue", "pipe", "pool")
    ]
    assert len({run["value_digest"] for run in runs}) == 1


@pytest.mark.long
def test_the_order_within_a_round_is_random_recorded_and_that_of_the_seed(compare):
    def turns(*words):
        runs = compare("threads", "serial", "serial", "-r", "4", "-n", "5", "--window", "16", *words)
        return [[run["position"] for run in runs if run["round"] == number] for number in (1, 2, 3, 4)]

    found = turns()
    assert all(sorted(positions) == [1, 2, 3] for positions in found)
    assert len(set(map(tuple, found))) > 1
    assert turns("--seed", "0") == found
    assert turns("--seed", "7") != found


@pytest.mark.long
def test_the_values_do_not_depend_on_the_batch(compare):
    digests = {run["value_digest"] for batch in (1, 7, 256) for run in compare("queue", "-r", "1", "-b", batch)}
    assert len(digests) == 1


@pytest.mark.long
def test_the_values_depend_on_the_input(compare, folder):
    (before,) = compare("queue", "-r", "1")
    (folder / "3.txt").write_text("something else")
    (after,) = compare("queue", "-r", "1")
    assert before["value_digest"] != after["value_digest"]


@pytest.mark.long
def test_the_result_records_the_command_and_the_host(crossover, folder, result):
    words = ["compare", "queue://?start=spawn", "-W", "files", "-i", str(folder), "-w", "1", "-b", "3", "-r", "2"]
    assert crossover(*words, "--json", "out.json").returncode == 0
    found = result()
    assert found["schema_version"] == 1
    assert found["plan"]["command"] == [*words, "--json", "out.json"]
    asked = {
        "transports": ["queue?start=spawn"],
        "workload": "files",
        "input": str(folder),
        "tasks": 5,
        "workers": 1,
    }
    assert found["plan"].items() >= {**asked, "batch": 3, "window": 48, "rounds": 2, "safety": "default"}.items()
    assert found["host"]["cores"] >= 1
    assert [summary["transport"] for summary in found["summary"]] == ["queue?start=spawn"]
    assert found["skipped"] == []


@pytest.mark.long
def test_a_folder_with_a_name_that_is_not_utf_8_is_input_like_any_other(crossover, tmp_path, result):
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    (folder / "file").touch()
    ended = crossover("compare", "queue", "-W", "files", "-i", folder, "-n", "1", "-r", "1", "--json", "out.json")
    assert ended.returncode == 0
    assert result()["runs"][0]["delivery"]["completed"] == 1


@pytest.mark.long
@pytest.mark.parametrize("workload", ["noop", "power", "digest", "sleep", "mixed", "payload"])
def test_every_workload_comes_back_right(in_process, workload, result):
    ended = in_process("compare", "queue", "-W", workload, "-n", "60", "-b", "4", "-r", "1", "--json", "out.json")
    assert ended.returncode == 0, ended.stdout
    assert result()["runs"][0]["delivery"].items() >= {**NOTHING, "completed": 60}.items()
