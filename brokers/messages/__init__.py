"""Batches and outcomes as MessagePack: everything that crosses a network. Only data, so decoding runs no code.

    producer  pack ─► bytes ─► unpack  worker  pack_outcomes ─► bytes ─► read_outcomes  producer

Dates, sets and the like are extensions of ours. A value that would arrive as something else (an Enum, a dataclass) is
refused, naming its type and what to return instead; tuples arrive as lists.
"""

from brokers.messages.batches import FORMAT, PackedBatch, Refused, pack, pack_one, unpack
from brokers.messages.outcomes import pack_outcomes, pack_result, read_outcomes, refusal_outcomes, unpack_outcomes
from brokers.messages.values import decode, encode, encode_extended

__all__ = [
    "FORMAT",
    "PackedBatch",
    "Refused",
    "decode",
    "encode",
    "encode_extended",
    "pack",
    "pack_one",
    "pack_outcomes",
    "pack_result",
    "read_outcomes",
    "refusal_outcomes",
    "unpack",
    "unpack_outcomes",
]
