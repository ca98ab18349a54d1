"""With CROSSOVER_KEY, only messages are accepted that were signed with it, once, and in time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.messages import Refused
from crossover.contract.errors import UsageError
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.messages import decode_call, decode_outcome, encode_call, encode_outcome
from crossover.jobs.remote.signing import OLDEST, ReplayGuard, Signer, signer_from_environment
from crossover.jobs.service.calls.entrance import Entrance, Refusal

KEY, OTHER = Signer(b"k" * 32), Signer(b"o" * 32)
CALL = encode_call("run-0", "run", pow, (2, 3), {}, "replies", signer=KEY)


def test_a_signed_call_is_accepted_with_the_key():
    assert decode_call(CALL, KEY).function == "builtins:pow"


@pytest.mark.parametrize(
    ("signer", "sentence"),
    [
        (OTHER, "its signature is wrong: it was altered, or signed with another CROSSOVER_KEY"),
        (Signer(), "it is signed, and this worker has no CROSSOVER_KEY"),
    ],
)
def test_a_call_that_was_signed_with_another_key_is_refused(signer, sentence):
    with pytest.raises(Refused, match=sentence):
        decode_call(CALL, signer)


def test_an_unsigned_call_is_refused_where_there_is_a_key():
    with pytest.raises(Refused, match="it is not signed, and this worker has a CROSSOVER_KEY"):
        decode_call(KEY.open(CALL), KEY)


@pytest.mark.long
@given(st.integers(0, len(CALL) - 1), st.integers(1, 255))
def test_no_byte_can_be_altered(position, change):
    altered = bytearray(CALL)
    altered[position] ^= change
    with pytest.raises(Refused):
        decode_call(bytes(altered), KEY)


def test_a_call_is_no_outcome_and_an_outcome_is_no_call():
    with pytest.raises(Refused):
        decode_outcome(CALL, KEY)
    with pytest.raises(Refused):
        decode_call(encode_outcome("run-0", "run", value=1, signer=KEY), KEY)


def test_a_call_comes_once():
    guard, now = ReplayGuard(), time.time()
    guard.check("run", 0, now)
    guard.check("run", 10_000, now)
    guard.check("run", 1, now)
    guard.check("other", 0, now)
    with pytest.raises(Refused, match="it has come before: it is replayed"):
        guard.check("run", 0, now)


def test_a_call_may_come_again_that_the_broker_delivers_again_or_that_was_given_back():
    guard, now = ReplayGuard(), time.time()
    guard.check("run", 0, now)
    guard.check("run", 0, now, redelivered=True)
    guard.forget("run", 0)
    guard.check("run", 0, now)


@given(st.lists(st.integers(0, 30_000), max_size=60))
def test_what_has_come_is_remembered_exactly(ordinals):
    guard, now, seen = ReplayGuard(), time.time(), set()
    for ordinal in ordinals:
        if ordinal in seen:
            with pytest.raises(Refused):
                guard.check("run", ordinal, now)
        else:
            guard.check("run", ordinal, now)
        seen.add(ordinal)


def test_a_call_that_is_too_old_or_from_the_future_is_refused():
    guard = ReplayGuard(oldest=60)
    with pytest.raises(Refused, match="is too old: at most 60 s"):
        guard.check("run", 0, time.time() - 61)
    with pytest.raises(Refused, match="the clocks differ"):
        guard.check("run", 0, time.time() + 1_000)


@pytest.mark.parametrize("own", [False, True])
def test_who_waits_for_a_call_that_is_too_old_hears_it_and_own_workers_do_old_ones(monkeypatch, own):
    with monkeypatch.context() as two_days_ago:
        then = time.time() - 2 * OLDEST
        two_days_ago.setattr(time, "time", lambda: then)
        message = encode_call("run-1", "run", abs, [4], {}, "executor", signer=KEY)
    delivery, entrance = Delivery(message, "executor", "run-1", b"tag", redelivered=False), Entrance(KEY, "it", own=own)
    if own:
        assert entrance.check(delivery)[0].number == "run-1"
        return
    with pytest.raises(Refusal, match="is too old") as refused:
        entrance.check(delivery)
    assert refused.value.delivery.number == "run-1"


def test_runs_are_forgotten_when_their_calls_would_be_too_old():
    guard = ReplayGuard(oldest=60)
    guard.check("old", 0, time.time() - 59)
    guard.oldest = 1
    guard.check("new", 0, time.time())
    assert list(guard._seen) == ["new"]


def test_the_key_comes_from_the_environment_and_is_long_enough(monkeypatch):
    monkeypatch.delenv("CROSSOVER_KEY", raising=False)
    assert signer_from_environment().key == b""
    monkeypatch.setenv("CROSSOVER_KEY", "k" * 32)
    assert signer_from_environment().open(CALL)
    assert "kkk" not in repr(signer_from_environment())
    monkeypatch.setenv("CROSSOVER_KEY", "short")
    with pytest.raises(UsageError, match="CROSSOVER_KEY is too short"):
        signer_from_environment()
