"""Payloads and values arrive as they were sent, whatever they travel through, and give the same digest."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from carrying import carry
from task_functions import FunctionWorkload

from crossover.analysis.verdict import value_digest, verdict_of_history
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure

VALUES = [
    None,
    True,
    False,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    2**64,
    -(2**63) - 1,
    -(2**64),
    2**200,
    -(2**200),
    0.1,
    -0.0,
    float("nan"),
    float("inf"),
    float("-inf"),
    5e-324,
    "",
    "grüße, 世界 🎉",
    "a\0b\n",
    "caf\udce9.txt",  # the name of a file that is not UTF-8
    ["caf\udce9.txt", 2**64, "é"],
    b"",
    bytes(range(256)),
    [],
    {},
    [[], [[1, [2, None]]], {"a": [b"\xff", {"b": 2**70}]}],
    {"é": 1, "b": {"c": "caf\udce9"}, "": None},
    Counter("aab"),
    {Decimal("1.10")},
    [dt.datetime(2026, 1, 2, tzinfo=dt.UTC), dt.date(2026, 1, 2), UUID(int=1), Path("a"), bytearray(b"a")],
    {1: "one", -1: "minus one", None: 0, 0.5: "half", b"key": "bytes"},
]


@pytest.mark.parametrize("batch", [1, len(VALUES)])
def test_what_is_sent_arrives_as_it_was_there_and_back(transport, batch):
    transport.start(FunctionWorkload("echo", [0]), 2)
    values, errors, refused, _ = carry(transport, VALUES, batch)
    assert not errors
    assert not refused
    assert [repr(values[task]) for task in range(len(VALUES))] == list(map(repr, VALUES))  # nan is not equal to itself


@pytest.mark.long
def test_the_digest_of_the_values_is_that_of_a_queue(at_any_level):
    assert digest(at_any_level) == digest_through_a_queue()


@cache
def digest_through_a_queue():
    return digest(parse("queue").create(Safety.DEFAULT))


def digest(transport):
    history, *_ = measure(
        transport, FunctionWorkload("echo", VALUES), Load(3 * len(VALUES), 2, 2, 32), lambda _settled: None
    )
    assert verdict_of_history(history).completed == 3 * len(VALUES)
    return value_digest(history)
