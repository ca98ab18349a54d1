"""What a comparison says beside who is fastest: overhead, break-even, machines, sizes, rounds that are enough."""

import re

import pytest
from skips import need

from brokers.servers.registry import server_kind


def test_what_a_transport_costs_is_said_of_any_workload(in_process, result):
    ended = in_process("compare", "pipe", "-W", "sleep", "-n", "50", "-w", "2", "-r", "1", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    (run,), (probe,), (summary,) = result()["runs"], result()["probes"], result()["summary"]
    assert (run["workload"], probe["workload"]) == ("sleep", "noop")
    assert probe["load"]["window"] == probe["workers"]  # one task each
    assert summary["overhead_us"] == pytest.approx(1e6 * probe["workers"] / probe["throughput"])
    assert summary["break_even_ms"] == pytest.approx(19 * summary["overhead_us"] / 1e3)


@pytest.mark.long
def test_it_is_said_how_far_a_broker_carries_the_workload(in_process, result):
    need(server_kind("redis").install_hint())
    words = ("-W", "digest", "-r", "4", "--full", "--json", "out.json")
    ended = in_process("compare", "pipe", "redis-list", *words)
    assert ended.returncode == 0, ended.stderr
    if result()["crossing"] is None:  # on a machine that is busy with something else, nothing is proven
        assert result()["answer"]["not_proven"]
        return
    (reach,) = result()["crossing"]["reach"]
    (redis,) = [one for one in result()["summary"] if one["transport"] == "redis-list"]
    assert reach["here"] == redis["throughput"]
    assert reach["ceiling"] > reach["here"]
    assert reach["per_machine"] > 0
    assert "This machine is enough up to" in ended.stdout
    beyond = "redis-list is faster with|redis-list is faster on|No broker reached that rate|cannot be predicted"
    assert re.search(beyond, " ".join(ended.stdout.split()))


@pytest.mark.long
def test_a_break_even_time_is_checked_against_the_same_tasks_without_a_transport(in_process, result):
    ended = in_process("compare", "pipe", "--check", "-W", "noop", "-n", "500", "-r", "1", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    (check,) = result()["checks"]
    assert check["transport"] == "pipe"
    assert check["predicted"] == pytest.approx(0.95)
    assert check["task_ms"] == pytest.approx(result()["summary"][0]["break_even_ms"])
    reference, tried = [run for run in result()["probes"] if run["workload"] == "spin"]
    assert check["measured"] == pytest.approx(tried["throughput"] / reference["throughput"])
    assert (reference["transport"], reference["tasks"]) == ("pipe (reference)", tried["tasks"])


@pytest.mark.long
def test_payloads_of_several_sizes_are_compared_with_shared_memory(in_process, result):
    ended = in_process("compare", "pipe", "--payload", "0,1k,64k", "-r", "1", "-n", "20", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    assert sorted((point["payload_bytes"], point["transport"]) for point in result()["sweep"]) == [
        (size, transport) for size in (0, 1024, 65536) for transport in ("pipe", "shared-memory")
    ]
    for point in result()["sweep"]:
        assert point["mb_per_s"] == pytest.approx(2 * point["payload_bytes"] * point["throughput"] / 1e6)
    assert "Payloads of several sizes" in ended.stdout
    assert "64k" in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 80


@pytest.mark.long
def test_rounds_go_on_until_they_are_enough(in_process, result):
    asked = ("-W", "sleep", "-n", "100", "-w", "2", "--rounds", "auto", "--time-limit", "20s")
    ended = in_process("compare", "pipe", *asked, "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    (summary,) = result()["summary"]
    half = (summary["ci95_high"] - summary["ci95_low"]) / 2 / summary["throughput"]
    assert len(result()["runs"]) >= 5
    assert half <= 0.05 or "time limit" in ended.stderr or len(result()["runs"]) == 50  # on a noisy machine


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--payload", "1k,"], "'' is not possible; allowed: bytes"),
        (["--payload", "1k,x"], "'x' is not possible; allowed: bytes"),
        (["--payload", "1k,1024"], "has the same value twice"),
        (["--payload", "1k,65M"], "allowed: 0 to 67,108,864"),
        (["--payload", "1k,64k", "-W", "noop"], "--payload is for the payload workload, not for noop"),
        (["--payload", "1k,64k", "--check"], "several sizes of --payload and --check cannot be combined"),
        (["--payload", "1,000"], "'000' is not possible"),
        (["-W", "payload", "--check"], "--check cannot be combined with -W payload"),
        (["--rate", "1", "-b", "1000"], "is due every 1,000 s; allowed: every 60 s or more often"),
        (["-w", "1,2"], "'1,2' is not possible; allowed: a whole number"),
        (["--rounds", "many"], "allowed: a whole number, 1 or more; or auto"),
    ],
)
def test_what_makes_no_sense_is_refused(in_process, words, said):
    ended = in_process("compare", "pipe", *words)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
