"""A result file is read back into what it was written from; anything else is refused with its name."""

import json

import jsonschema
import pytest
from sample_claims import every_theme
from sample_records import result_of, rounds_of
from sample_shares import share_result, share_run

from crossover.contract.errors import UsageError
from crossover.report.formats.files import as_json
from crossover.report.formats.result_reader import read, schema
from crossover.results.kinds import file_kind
from crossover.results.records import Host
from crossover.results.safety import SafetyPlan, SafetyResult


def safety_result():
    plan = SafetyPlan(
        command=["safety"],
        transports=["queue"],
        levels=["default"],
        faults=["none"],
        workload="echo",
        input=None,
        input_digest="0" * 16,
        servers={},
        tasks=100,
        workers=2,
        batch=1,
        window=64,
        rounds=1,
        seed=0,
    )
    host = Host("a cpu", 2, 2**30, "Linux 6", "CPython 3.11", gil=True, start_method="fork", packages={})
    return SafetyResult(tool="crossover 0.1.0", started_at="2025-01-01T00:00:00+00:00", host=host, plan=plan)


def written():
    compared = result_of(*rounds_of("queue", 1000, 1001), *rounds_of("pipe", 500, 501))
    others = {"safety": safety_result(), "share": share_result(share_run("value")), "claims": every_theme()}
    return {"comparison": compared, **others}


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "r.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def changed(**changes):
    return json.dumps({**json.loads(as_json(written()["comparison"])), **changes})


def refusal(path):
    with pytest.raises(UsageError) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize("kind", ["comparison", "safety", "share"])
def test_what_was_written_is_read_back_and_its_kind_is_known(file, kind):
    result = written()[kind]
    found = read(file(as_json(result)))
    assert found == result
    assert file_kind(found) == kind


@pytest.mark.parametrize("kind", ["comparison", "safety", "share"])
def test_a_result_that_does_not_say_its_kind_yet_is_read_too(file, kind):
    older = json.loads(as_json(written()[kind]))
    del older["kind"]
    assert file_kind(read(file(json.dumps(older)))) == kind


@pytest.mark.long
@pytest.mark.parametrize("kind", ["comparison", "safety", "share"])
def test_every_kind_is_valid_by_the_schema_and_a_wrong_one_is_not(kind):
    data = json.loads(as_json(written()[kind]))
    jsonschema.validate(data, schema())
    for wrong in ({"schema_version": 2}, {"kind": "other"}, {"runs": 7}, {"host": {}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data | wrong, schema())


def test_the_schema_names_its_version():
    assert "schema_version 1" in schema()["title"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"hello", "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b'{"a": "\xff"}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"tool": "crossover 0.1.0", "runs": [', "ends in the middle"),
        (b"{}", "is JSON, but no result of crossover"),
        (b"[1, 2]", "is JSON, but no result of crossover"),
        (b'{"tool": 7}', "is JSON, but no result of crossover"),
        (b'{"machine_info": {}, "benchmarks": [], "version": "4.0.0"}', "is JSON, but no result of crossover"),
        (b'{"tool": "crossovers 1", "schema_version": 1}', "is JSON, but no result of crossover"),
        (b'{"tool": "crossover 9.9"}', "has schema_version None; this crossover reads 1"),
    ],
)
def test_what_is_no_result_is_named_with_the_reason(file, content, why):
    path = file(content)
    assert f"{path} {why}" in refusal(path) or f"{path}, written by crossover 9.9, {why}" in refusal(path)


def test_another_version_of_the_file_is_refused_by_name(file):
    path = file(changed(schema_version=2, tool="crossover 7.0"))
    assert refusal(path).startswith(f"{path}, written by crossover 7.0, has schema_version 2; this crossover reads 1")


def test_a_part_that_is_wrong_is_said_with_its_place(file):
    assert "something is wrong with it: Expected `array`, got `int` - at `$.runs`" in refusal(file(changed(runs=7)))
    assert "the kind 'x'; this crossover reads comparison, safety, share" in refusal(file(changed(kind="x")))


def test_what_is_not_there_or_no_file_is_said(tmp_path):
    assert refusal(str(tmp_path / "none.json")).endswith("none.json cannot be read: No such file or directory")
    assert "cannot be read: Is a directory" in refusal(str(tmp_path))


def test_what_would_change_the_terminal_is_made_harmless(file):
    found = read(file(changed(tool="crossover \x1b[2J")))
    assert found.tool == "crossover \\x1b[2J"
