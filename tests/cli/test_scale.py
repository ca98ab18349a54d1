"""Several numbers of workers: each is measured, what follows is said, and no number that makes no sense is tried."""

import pytest

from crossover.workers.limits import memory

SLEEP = ("-W", "sleep", "-n", "100", "-r", "1", "--json", "out.json")


@pytest.mark.long
def test_six_numbers_of_workers_give_a_law_and_a_number_to_take(crossover, tmp_path, result):
    (tmp_path / "in.jsonl").write_text("0.04\n")  # seconds: long beside what a busy machine adds
    naps = ("-W", "time:sleep", "-i", "in.jsonl", "-n", "48", "-r", "1", "--json", "out.json")
    ended = crossover("scale", "pipe", "threads", *naps, "-w", "8,1,2,3,4,6", "--full")
    assert ended.returncode == 0, ended.stderr
    found = result()
    assert found["plan"]["worker_counts"] == [1, 2, 3, 4, 6, 8]
    assert [(run["transport"], run["workers"]) for run in found["runs"]] == [
        (name, workers) for name in ("pipe", "threads") for workers in (1, 2, 3, 4, 6, 8)
    ]
    assert all(run["load"]["window"] == 16 * run["workers"] for run in found["runs"])
    assert all(run["delivery"]["completed"] == 48 and not run["delivery"]["lost"] for run in found["runs"])
    for law in found["laws"]:
        assert law["alpha"]["low"] <= law["alpha"]["value"] <= law["alpha"]["high"]
        assert law["gamma"]["value"] > 12
        assert law["recommended_workers"] > 1  # waiting is done side by side, however busy this machine is
    for words in ("pipe", "threads", "Law: ", "still rising at 8", "For other work: ", "Verdict"):
        assert words in ended.stdout
    assert all(len(line) <= 80 for line in ended.stdout.splitlines())


@pytest.mark.long
def test_without_a_number_of_workers_they_double_as_long_as_time_allows(in_process, result):
    words = ("-W", "sleep", "-r", "1", "--time-limit", "20s", "--json", "out.json")
    assert in_process("scale", "threads", *words).returncode == 0
    plan, runs = result()["plan"], result()["runs"]
    counts = [run["workers"] for run in runs]
    assert {1, 2, 4, 8} <= set(counts)
    assert max(counts) <= 1024
    assert plan["worker_counts_of"] == {"threads": sorted(set(counts))}
    assert plan["worker_counts"] == sorted(set(counts))


@pytest.mark.long
def test_without_a_number_of_tasks_a_run_takes_half_a_second_of_them(in_process, result):
    assert in_process("scale", "pipe", "-W", "sleep", "-w", "1,2", "-r", "2", "--json", "out.json").returncode == 0
    assert result()["plan"]["seconds"] == 0.5
    for run in result()["runs"]:
        assert run["tasks"] == run["delivery"]["attempted"] == run["delivery"]["completed"] < 10_000
        assert run["seconds"] >= 0.5
        assert run["ending"] == "finished"
    assert [(run["round"], run["workers"]) for run in result()["runs"]] == [(1, 1), (1, 2), (2, 1), (2, 2)]


@pytest.mark.long
def test_fewer_than_six_numbers_have_no_law(in_process, result):
    ended = in_process("scale", "pipe", *SLEEP, "-w", "1,2", "--full")
    assert ended.returncode == 0
    assert "it needs 6 or more numbers of workers (-w), not 2" in ended.stdout
    assert result()["laws"][0]["alpha"] is None


def test_the_result_on_standard_output_is_nothing_but_the_result(in_process):
    ended = in_process("scale", "pipe", *SLEEP[:-1], "-", "-w", "1")
    assert ended.stdout.startswith("{")
    assert ended.stdout.rstrip().endswith("}")


def test_serial_is_skipped_among_all_transports_and_refused_by_name(in_process, result):
    assert in_process("scale", "serial").returncode == 2
    ended = in_process("scale", *SLEEP, "-w", "1", "--time-limit", "1s")
    assert "serial has no workers" in next(s["reason"] for s in result()["skipped"] if s["transport"] == "serial")
    assert ended.returncode == 0


@pytest.mark.long
def test_what_there_is_at_the_time_limit_is_reported_as_partial(in_process, result):
    ended = in_process(
        "scale", "pipe", "-W", "sleep", "-r", "500", "-w", "1,2", "--time-limit", "3s", "--json", "out.json"
    )
    assert ended.returncode == 0
    runs = len(result()["runs"])
    assert 1 <= runs < 1000
    assert f"time limit; {runs} of 1000 runs were measured" in ended.stderr
    assert "Partial: " in ended.stdout
    assert "of 1,000 runs were measured." in ended.stdout


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ("0", "'0' is not possible; allowed: a whole number, 1 or more"),
        ("1,0", "'0' is not possible"),
        ("-1", "'-1' is not possible"),
        ("two", "'two' is not possible"),
        ("1,2.5", "'2.5' is not possible"),
        ("1,,2", "'' is not possible"),
        ("", "'' is not possible"),
        ("1 2", "'1 2' is not possible"),
        ("1,2,1", "'1,2,1' has the same value twice"),
    ],
)
def test_numbers_of_workers_that_make_no_sense_are_refused(in_process, counts, said):
    ended = in_process("scale", "pipe", "-w", counts)
    assert ended.returncode == 2
    assert "'--workers'" in ended.stderr
    assert said in ended.stderr


def test_several_sizes_of_payloads_are_not_tried_at_once(in_process):
    ended = in_process("scale", "pipe", "--payload", "1k,2k")
    assert ended.returncode == 2
    assert "--payload: allowed is one size" in ended.stderr


@pytest.mark.parametrize("command", [("scale", "pipe", "-w", "1,16000000"), ("compare", "pipe", "-w", "16000000")])
def test_more_workers_than_memory_carries_are_refused_with_the_figure(in_process, command):
    ended = in_process(*command, "-W", "noop", "-n", "10")
    assert ended.returncode == 2
    assert "pipe: 16,000,000 workers need up to " in ended.stderr
    assert " GiB (" in ended.stderr
    assert "are free; --force tries it" in ended.stderr


@pytest.mark.long
def test_force_tries_more_workers_than_memory_seems_to_carry(in_process, monkeypatch, result):
    monkeypatch.setattr(memory, "free_memory", lambda: 1)
    for command in ("scale", "compare"):
        refused = in_process(command, "pipe", *SLEEP, "-w", "2")
        assert refused.returncode == 2, refused.stderr
        assert "0.0 are free; --force tries it" in refused.stderr
        assert in_process(command, "pipe", *SLEEP, "-w", "2", "--force").returncode == 0
        assert len(result()["runs"]) == 1


@pytest.mark.long
@pytest.mark.timeout(240)
def test_celery_is_tried_with_other_settings_too(in_process, result):
    words = ["-W", "noop", "-n", "50", "-r", "1", "-w", "1,2", "--json", "out.json", "--full"]
    ended = in_process("scale", "celery+redis", *words)
    if ended.returncode == 69:
        pytest.skip(ended.stderr)
    assert ended.returncode == 0, ended.stderr
    taken = result()["laws"][0]["recommended_workers"]
    tried = [run for run in result()["runs"] if "?" in run["transport"]]
    settings = [*(f"prefetch={count}" for count in (4, 1, 16, 64)), "tuned=yes"]
    assert [run["transport"].partition("?")[2] for run in tried] == 2 * settings  # twice the rounds
    assert {run["url"] for run in tried} == {run["transport"] for run in tried}
    assert {run["workers"] for run in tried} == {taken}
    assert all(run["delivery"]["completed"] == 50 for run in tried)
    assert "Other settings, with " in ended.stdout
    assert [law["transport"] for law in result()["laws"]] == ["celery+redis"]
