"""Calls and their outcomes as messages: the names that executors, workers and queues need."""

from brokers.messages import Refused
from crossover.jobs.remote.wire.calls import Call, decode_call, encode_call, read_call
from crossover.jobs.remote.wire.envelope import FORMAT, UNSIGNED, routing
from crossover.jobs.remote.wire.replies import (
    BEGUN,
    ERROR,
    VALUE,
    Outcome,
    decode_outcome,
    encode_begun,
    encode_outcome,
)

__all__ = [
    "BEGUN",
    "ERROR",
    "FORMAT",
    "UNSIGNED",
    "VALUE",
    "Call",
    "Outcome",
    "Refused",
    "decode_call",
    "decode_outcome",
    "encode_begun",
    "encode_call",
    "encode_outcome",
    "read_call",
    "routing",
]
