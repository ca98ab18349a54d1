"""Batches and outcomes as MessagePack: all that crosses a network. Data, never code: nothing here can run anything.

    producer  pack ─► bytes ─► unpack  worker  pack_outcomes ─► bytes ─► read_outcomes  producer

What would not arrive as itself (an object of a class, a set) is refused by the name of its type, on either side; tuples
arrive as lists.
"""

from brokers.messages.batches import FORMAT, Packed, Refused, pack, unpack
from brokers.messages.outcomes import pack_outcomes, pack_result, read_outcomes, refusal_outcomes, unpack_outcomes
from brokers.messages.values import decode, encode, encoded

__all__ = [
    "FORMAT",
    "Packed",
    "Refused",
    "decode",
    "encode",
    "encoded",
    "pack",
    "pack_outcomes",
    "pack_result",
    "read_outcomes",
    "refusal_outcomes",
    "unpack",
    "unpack_outcomes",
]
