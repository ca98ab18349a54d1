"""What is in a list of outcomes: executors and workers may be of two versions."""

import msgspec
import pytest

from crossover.jobs.remote.redis.keys import Reply, decode_reply, encode_reply


@pytest.mark.parametrize(
    "reply", [Reply("n-1", b"outcome"), Reply("n-1", b"note", is_last=False), Reply("n-1", None, reason="it is gone")]
)
def test_what_is_no_refusal_has_four_items_which_every_version_reads(reply):
    assert msgspec.msgpack.decode(encode_reply(reply)) == [*reply[:4]]
    assert decode_reply(encode_reply(reply)) == reply


def test_a_refusal_says_that_it_is_one():
    refusal = Reply("n-1", None, reason="it comes from Python 3.9", refused=True)
    assert decode_reply(encode_reply(refusal)) == refusal
