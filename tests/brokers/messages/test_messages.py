"""What crosses the network: it comes back as it was, and what was not made for us is refused with a sentence."""

import threading
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.messages import FORMAT, Refused, encode, encode_extended, pack, pack_outcomes, unpack, unpack_outcomes
from brokers.redis.connection.client import LARGEST_MESSAGE
from crossover.contract.tasks import Batch, Outcomes
from crossover.contract.text import readable

OURS = "module:function"
PLENTY = 2**30
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(codec=None)),  # lone surrogates, too
    st.binary(),
)
KEYS = st.one_of(SCALARS, st.tuples(SCALARS, SCALARS))
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)
REASONS = st.text().map(readable)
ENVELOPES = st.tuples(SCALARS | DATA, SCALARS, SCALARS, SCALARS, DATA)


@dataclass
class OfAClass:
    lock: object


@pytest.mark.long
@given(st.integers(0, 2**62), st.lists(DATA, min_size=1, max_size=5))
def test_a_batch_comes_back_as_it_was(first, payloads):
    packed = pack(Batch(first, len(payloads), payloads), OURS, PLENTY)
    assert not packed.failed
    ((begin, size, message),) = packed.messages
    assert (begin, size) == (first, len(payloads))
    assert unpack(message, OURS) == Batch(first, len(payloads), payloads)


@given(st.lists(DATA, min_size=1, max_size=5), st.dictionaries(st.integers(0, 4), REASONS, max_size=5))
def test_outcomes_come_back_as_they_were(values, errors):
    errors = {position: reason for position, reason in errors.items() if position < len(values)}
    sent = Outcomes(3, len(values), values, errors, 1, 2, 3)
    (message,) = pack_outcomes(sent, PLENTY)
    assert unpack_outcomes(message) == sent


@given(st.binary())
def test_bytes_from_anybody_are_read_or_refused_with_a_sentence(message):
    read_or_refused(message)


@given(ENVELOPES)
def test_data_from_anybody_are_read_or_refused_with_a_sentence(envelope):
    try:
        message = encode(envelope)
    except Exception:  # then it cannot be sent
        return
    read_or_refused(message)


@pytest.mark.long
@given(st.binary(max_size=40), st.integers(0, 30), st.lists(DATA, min_size=1, max_size=2))
def test_a_message_that_was_damaged_is_read_or_refused_with_a_sentence(damage, position, payloads):
    ((_, _, message),) = pack(Batch(0, len(payloads), payloads), OURS, PLENTY).messages
    read_or_refused(message[:position] + damage + message[position + len(damage) :])


def read_or_refused(message):
    for read in (lambda: unpack(message, OURS), lambda: unpack_outcomes(message)):
        found, reason = None, "it was read"
        try:
            found = read()
        except Refused as refused:
            reason = str(refused)
        assert reason.isprintable()
        assert found is None or found.size == len(found[2]) > 0


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (b"", "it is broken: "),
        (b"GET / HTTP/1.1\r\n", "it is broken: "),
        (b"\x80\x04N.", "it is broken: "),  # a pickle
        (b"\x95\x01\xa1x\x00\x01\xdd\xff\xff\xff\xff", "it is broken: "),  # four billion payloads, it says
        (b"\x91" * 100_000, "it is broken: "),
        (encode([]), "it is broken: "),
        (encode((FORMAT, OURS, 0, 1)), "it is broken: "),
        (encode((FORMAT, OURS, 0, 1, [msgspec.msgpack.Ext(77, b"")])), "unknown extension 77"),
        (encode((FORMAT, OURS, 0, 1, [msgspec.msgpack.Ext(2, b"\xff")])), "it is broken: "),
        (encode((FORMAT, OURS, 0, 1, [msgspec.msgpack.Ext(3, b"\x93\x01\x02\x03")])), "it is broken: "),
        (encode((0, OURS, 0, 1, [1])), "it has format 0; this worker reads format 1"),
        (encode((FORMAT + 1, OURS, 0, 1, [1])), "it has format 2; this worker reads format 1"),
        (encode((FORMAT + 1, "quite", "another", {"form": 1})), "it has format 2; this worker reads format 1"),
        (
            encode((FORMAT, "os:system", 0, 1, ["true"])),
            "requests 'os:system'; this worker runs 'module:",
        ),
        (encode((FORMAT, OURS + "s", 0, 1, [1])), "this worker runs 'module:function' only"),
        (encode((FORMAT, OURS, 0, 2, [1])), "its numbers contradict each other"),
        (encode((FORMAT, OURS, 0, 0, [])), "its numbers contradict each other"),
        (encode((FORMAT, OURS, -1, 1, [1])), "it is broken: ValidationError: Expected `int` >= 0"),
        (encode((FORMAT, OURS, 2**63, 1, [1])), "it is broken: ValidationError: Expected `int` <= 9223372036854775807"),
    ],
)
def test_what_a_worker_should_not_run_is_refused_with_the_reason(message, sentence):
    with pytest.raises(Refused) as refused:
        unpack(message, OURS)
    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 1_000


def test_what_is_too_large_for_one_message_is_sent_in_several():
    payloads = [bytes(400), bytes(400), bytes(400), bytes(1_200), bytes(400)]
    packed = pack(Batch(10, 5, payloads), OURS, 1_000)
    assert packed.failed == {3: "1,224 bytes are over the broker's limit of 1,000"}
    assert all(len(message) <= 1_000 for _, _, message in packed.messages)
    batches = [unpack(message, OURS) for _, _, message in packed.messages]
    assert {batch.first + place for batch in batches for place in range(batch.size)} == {10, 11, 12, 14}


def test_what_cannot_travel_does_not_take_its_batch_with_it():
    packed = pack(Batch(0, 4, [1, threading.Lock(), OfAClass(threading.Lock()), 4]), OURS, PLENTY)
    assert sorted(packed.failed) == [1, 2]
    assert all("cannot be sent as MessagePack: " in reason for reason in packed.failed.values())
    assert [(first, size) for first, size, _ in packed.messages] == [(0, 1), (3, 1)]


def test_the_limit_of_redis_is_that_of_redis():
    payload = bytes(LARGEST_MESSAGE)
    assert pack(Batch(0, 1, [payload]), OURS, LARGEST_MESSAGE).failed[0].endswith("limit of 536,805,376")


BEYOND = encode_extended((10**5_000, OURS, 0, 1, [1]))  # Python does not turn so long a number into text


@pytest.mark.parametrize("read", [lambda message: unpack(message, OURS), unpack_outcomes])
@pytest.mark.parametrize("message", [BEYOND, encode_extended([-(10**5_000)]), encode_extended((2**64, "future"))])
def test_a_format_that_is_too_large_a_number_is_refused(read, message):
    with pytest.raises(Refused, match="this worker reads format 1"):
        read(message)


def test_a_reason_that_comes_from_anybody_can_be_shown():
    hostile = "\x1b]0;owned\x07\r" + "x" * 10**6
    found = unpack_outcomes(encode((FORMAT, 0, 1, [None], {0: hostile}, 1, 2, 3)))
    assert found.errors[0].isprintable()
    assert len(found.errors[0]) < 3_000
