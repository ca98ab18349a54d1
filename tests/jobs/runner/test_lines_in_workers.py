"""A worker reads lines, calls the function, and writes values; what is wrong with a line fails that line alone."""

import json
import math

import pytest

from crossover.jobs.lines import FAILED, JSON, NO_JSON_VALUE, TEXT, UNREADABLE, do_lines


def same(payload):
    return payload


def done(lines, function=same, form=JSON):
    """Return number → value, and number → why there is none."""
    output, count, failed, *_ = do_lines(function, form, 1, lines)
    values = {one["line"]: one["value"] for one in map(json.loads, output.splitlines())}
    assert len(values) == count
    return values, {number: (why, error) for number, why, error, *_ in failed}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"12345678901234567890123456789012345678901", 12345678901234567890123456789012345678901),
        (b"1e400", math.inf),
        (b'{"a": 1, "a": 2}', {"a": 2}),  # as Python's json does
        (b'"\\ud800"', "\ud800"),
        (b' {"\xc3\xa9": [null, true]}\r', {"é": [None, True]}),
    ],
)
def test_what_python_reads_as_json_is_given_to_the_function(line, value):
    given = []
    do_lines(given.append, JSON, 1, line)
    assert given == [value]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"plain text", "is no JSON value (Expecting value, column 1)"),
        (b"[1, 2", "is no JSON value (Expecting ',' delimiter, column 6)"),
        (b"1 2", "is no JSON value (Extra data, column 3)"),
        (b"NaN", "is no JSON value: NaN is not JSON: write null, or a string"),
        (b'"\xe9"', "is not UTF-8 (byte 2 of the line)"),
        (b"[" * 100_000, "is nested too deep for Python's json"),
        (b"1" * 5_000, "is not JSON that can be read (Exceeds the limit (4300 digits)"),
    ],
)
def test_a_line_that_is_no_json_has_no_value_and_the_next_one_has(line, problem):
    values, failed = done(line + b"\n2")
    assert values == {2: 2}
    assert failed[1][0] == UNREADABLE
    assert failed[1][1].startswith(problem)


def test_a_line_of_text_is_a_string_without_what_ends_it():
    assert done(b"a\r\n\n b \n\xe9", form=TEXT)[0] == {1: "a", 2: "", 3: " b "}
    assert done(b"\xe9", form=TEXT)[1][1][0] == UNREADABLE


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (lambda: {1}, "TypeError: Object of type set is not JSON serializable"),
        (lambda: b"1", "TypeError: Object of type bytes is not JSON serializable"),
        (lambda: math.nan, "ValueError: Out of range float values are not JSON compliant"),
        (lambda: {(1, 2): 3}, "TypeError: keys must be str, int, float, bool or None, not tuple"),
        (lambda: object, "TypeError: Object of type type is not JSON serializable"),
        (lambda: 10**5_000, "ValueError: Exceeds the limit (4300 digits)"),
    ],
)
def test_a_value_that_is_no_json_fails_its_line_and_names_its_type(value, error):
    values, failed = done(b"1\n2", lambda payload: value() if payload == 1 else payload)
    assert values == {2: 2}
    assert failed[1][0] == NO_JSON_VALUE
    assert failed[1][1].startswith(error)


def test_a_value_that_is_nested_too_deep_or_in_itself_fails_its_line():
    deep, circle = [], []
    for _ in range(100_000):
        deep = [deep]
    circle.append(circle)
    _, failed = done(b"0\n1", lambda payload: (deep, circle)[payload])
    while deep:  # to free it at once would take as many calls inside each other
        deep = deep.pop()
    assert [why for why, _ in failed.values()] == [NO_JSON_VALUE] * 2


def test_half_of_a_pair_of_surrogates_is_written_as_it_was_read():
    output = do_lines(same, JSON, 1, b'"\\ud800"\n"\xc3\xa9"')[0]
    assert output == b'{"line": 1, "value": "\\ud800"}\n{"line": 2, "value": "\\u00e9"}\n'


class Stop(BaseException):
    pass


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt(), Stop(), RecursionError()])
def test_whatever_a_function_raises_fails_its_line(error):
    def function(payload):
        if payload == 1:
            raise error
        return payload

    values, failed = done(b"1\n2", function)
    assert values == {2: 2}
    assert failed[1][0] == FAILED
