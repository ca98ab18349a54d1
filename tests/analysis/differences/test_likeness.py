"""Results that are not alike - hosts, plans, brokers, values - are compared with a warning, or not at all."""

import msgspec
import pytest
from sample_differences import ROUNDS, in_one_line
from sample_records import result_of, rounds_of, run_of

from crossover.analysis.differences.difference import difference
from crossover.results.records import Interpreter


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("host", {"cpu": "another"}, "cpu: a cpu, now another"),
        ("host", {"cores": 4}, "cores: 2, now 4"),
        ("host", {"memory_bytes": 2**31}, "memory_bytes: 1073741824, now 2147483648"),
        ("host", {"cpu_quota": 1.5}, "cpu_quota: None, now 1.5"),
        ("host", {"kernel": "Darwin 6"}, "kernel: Linux 6, now Darwin 6"),
        ("host", {"python": "CPython 3.12"}, "python: CPython 3.11, now CPython 3.12"),
        ("host", {"packages": {"redis": "8"}}, "redis: none, now 8"),
        ("host", {"brokers": {"redis": "7, appendonly"}}, None),
        ("host", {"memory_bytes": 2**30 + 4096}, None),
        ("host", {"memory_bytes": 2**30 + 2**25}, None),
        ("plan", {"workload": "noop"}, "workload: power, now noop"),
        ("plan", {"input": "x"}, "input: None, now x"),
        ("plan", {"safety": "safe"}, "safety: default, now safe"),
        ("plan", {"tasks": 7}, "tasks: 1000, now 7"),
        ("plan", {"workers": 4}, "workers: 2, now 4"),
        ("plan", {"batch": 4}, "batch: 1, now 4"),
        ("plan", {"window": 4}, "window: 32, now 4"),
        ("plan", {"payload_bytes": 4}, "payload_bytes: None, now 4"),
        ("plan", {"rate": 4.0}, "rate: None, now 4.0"),
        ("plan", {"rounds": 9}, None),
        ("plan", {"command": ["compare"]}, None),
    ],
)
def test_what_is_not_alike_of_host_and_plan_is_said(part, change, words):
    base = result_of(*rounds_of("queue", *ROUNDS))
    other = msgspec.structs.replace(getattr(base, part), **change)
    new = msgspec.structs.replace(base, **{part: other})
    assert difference(base, new, 0.1).unlike == ([words] if words else [])


@pytest.mark.parametrize(
    ("base", "new"),
    [
        ({"kernel": "Linux 6.1.0-18-amd64"}, {"kernel": "Linux 6.1.0-21-amd64"}),
        ({"kernel": "Linux 6.1.0-18-amd64"}, {"kernel": "Linux 6.12.0-18-amd64"}),
        ({"hash_seed": 0}, {"hash_seed": None}),
        ({"memory_limit_bytes": None}, {"memory_limit_bytes": 2**30}),
        ({"python": "CPython 3.11.7"}, {"python": "CPython 3.11.9"}),
        ({"packages": {"redis": "5.2.0"}}, {"packages": {"redis": "5.2.1"}}),
        ({"packages": {"rich": "13.7"}}, {"packages": {"rich": "15.0"}}),
        ({"brokers": {"redis": "redis 7.0.15, appendonly"}}, {"brokers": {"redis": "redis 7.0.16, appendonly"}}),
        ({"memory_bytes": 2**30}, {"memory_bytes": 2**30 + 2**25}),
    ],
)
def test_kernels_patch_levels_and_a_little_memory_are_compared_and_said(base, new):
    one, other = (
        msgspec.structs.replace(made, host=msgspec.structs.replace(made.host, **change))
        for made, change in ((result_of(*rounds_of("queue", *ROUNDS)), change) for change in (base, new))
    )
    found = difference(one, other, 0.1)
    assert not found.unlike
    assert len(found.slight) == 1
    assert f"Slightly different: {found.slight[0]}." in in_one_line(found)


@pytest.mark.parametrize(
    ("base", "new"),
    [
        ({"python": "CPython 3.11.7"}, {"python": "CPython 3.12.0"}),
        ({"packages": {"redis": "5.2.0"}}, {"packages": {"redis": "5.3.0"}}),
        ({"brokers": {"redis": "redis 7.0.15, appendonly"}}, {"brokers": {"redis": "redis 7.0.15, no appendonly"}}),
    ],
)
def test_other_releases_and_settings_are_not_alike(base, new):
    one, other = (
        msgspec.structs.replace(made, host=msgspec.structs.replace(made.host, **change))
        for made, change in ((result_of(*rounds_of("queue", *ROUNDS)), change) for change in (base, new))
    )
    assert len(difference(one, other, 0.1).unlike) == 1


def test_brokers_that_both_have_used_must_be_the_same():
    base = result_of(*rounds_of("redis-list", *ROUNDS))
    one, other = (
        msgspec.structs.replace(base, host=msgspec.structs.replace(base.host, brokers={"redis": version}))
        for version in ("redis 7.0", "redis 7.2")
    )
    assert difference(one, other, 0.1).unlike == ["broker redis: redis 7.0, now redis 7.2"]


def test_a_named_broker_is_not_like_a_private_one():
    base = result_of(*rounds_of("redis-list", *ROUNDS))
    named = msgspec.structs.replace(base, plan=msgspec.structs.replace(base.plan, servers={"redis-list": "host:6379"}))
    assert difference(base, named, 0.1).unlike == ["server of redis-list: a private server, now host:6379"]
    assert not difference(named, named, 0.1).unlike
    here, there = (
        msgspec.structs.replace(base, plan=msgspec.structs.replace(base.plan, servers={"redis-list": server}))
        for server in ("localhost:32768", "127.0.0.1:32771")
    )
    found = difference(here, there, 0.1)
    assert not found.unlike
    assert found.slight == ["server of redis-list: localhost:32768, now 127.0.0.1:32771"]


def test_the_interpreter_of_a_transport_is_compared_as_that_of_the_host():
    base = result_of(*rounds_of("queue", *ROUNDS))
    first, patched, other = (
        msgspec.structs.replace(base, interpreters={"queue": Interpreter("/p", python, True, "fork", {"redis": redis})})
        for python, redis in (("CPython 3.13.1", "7.0.1"), ("CPython 3.13.2", "7.0.1"), ("CPython 3.13.1", "8.0.0"))
    )
    assert difference(first, patched, 0.1).slight == ["python of queue: CPython 3.13.1, now CPython 3.13.2"]
    assert difference(first, other, 0.1).unlike == ["redis of queue: 7.0.1, now 8.0.0"]


def test_other_values_are_of_another_input_unless_something_went_wrong_or_they_depend_on_chance():
    base = result_of(*rounds_of("queue", *ROUNDS))
    other = result_of(*rounds_of("queue", *ROUNDS, value_digest="f" * 16))
    assert difference(base, other, 0.1).unlike == ["value_digest: 0123456789abcdef, now ffffffffffffffff"]
    failed = result_of(*rounds_of("queue", *ROUNDS, value_digest="f" * 16, delivery={"failed": 1}))
    assert not difference(base, failed, 0.1).unlike
    chance = [run_of("queue", figure, round=n, value_digest=f"{n:016x}") for n, figure in enumerate(ROUNDS, start=1)]
    assert not difference(base, result_of(*chance), 0.1).unlike


def test_what_was_doubtful_about_one_of_them_is_said():
    busy = "other processes were using the machine"
    found = difference(
        result_of(*rounds_of("queue", *ROUNDS)), result_of(*rounds_of("queue", *ROUNDS, warnings=[busy])), 0.1
    )
    assert f"warning: now: queue: {busy}" in in_one_line(found)
    assert "warning: before" not in in_one_line(found)


def test_other_settings_are_compared_all_the_same_where_that_is_wanted():
    base = result_of(*rounds_of("queue", *ROUNDS, workers=2), workers=2)
    new = result_of(*rounds_of("queue", *[2 * figure for figure in ROUNDS], workers=4), workers=4)
    found = difference(base, new, 0.1)
    assert "queue 1,000 2,000 2 × (" in in_one_line(found)
    assert "different: workers: 2, now 4" in in_one_line(found)
