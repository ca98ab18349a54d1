"""A broker's limit for one message is the largest size that still goes: not a byte less, and not a byte more."""

import pytest

from brokers.messages import pack, unpack
from brokers.messages.outcomes import pack_outcomes, pack_result, unpack_outcomes
from crossover.contract.tasks import Batch, Outcomes

REFERENCE = "task_functions:echo"


def batch(*sizes):
    return Batch(0, len(sizes), [bytes(size) for size in sizes])


def size_of(tasks):
    return len(pack(tasks, REFERENCE, 10**9).messages[0][-1])


def outcomes(*sizes):
    return Outcomes(0, len(sizes), [bytes(size) for size in sizes], {}, 1, 2, 3)


@pytest.mark.parametrize(("spare", "goes"), [(1, True), (0, True), (-1, False)])
def test_a_task_of_just_the_limit_goes(spare, goes):
    tasks = batch(1_000)
    packed = pack(tasks, REFERENCE, size_of(tasks) + spare)
    assert (len(packed.messages), list(packed.failed)) == ((1, []) if goes else (0, [0]))
    if not goes:
        assert f"{size_of(tasks):,} bytes are over the broker's limit of {size_of(tasks) - 1:,}" in packed.failed[0]


@pytest.mark.parametrize(("spare", "messages"), [(0, [3]), (-1, [1, 2])])
def test_a_batch_over_the_limit_is_halved_and_keeps_its_numbers(spare, messages):
    tasks = Batch(5, 3, [bytes([position]) * 1_000 for position in range(3)])
    packed = pack(tasks, REFERENCE, size_of(tasks) + spare)
    assert [(first, size) for first, size, _ in packed.messages] == ([(5, 3)] if messages == [3] else [(5, 1), (6, 2)])
    found = [unpack(message, REFERENCE) for *_, message in packed.messages]
    assert [payload for one in found for payload in one.payloads] == tasks.payloads


def test_in_a_batch_only_the_task_fails_that_is_too_large_itself():
    packed = pack(batch(10, 10, 5_000, 10), REFERENCE, 2_000)
    assert list(packed.failed) == [2]
    assert sum(size for _, size, _ in packed.messages) == 3


@pytest.mark.parametrize(("spare", "count"), [(0, 1), (-1, 2)])
def test_outcomes_of_just_the_limit_go_in_one_message(spare, count):
    limit = len(pack_outcomes(outcomes(500, 500), 10**9)[0])
    messages = pack_outcomes(outcomes(500, 500), limit + spare)
    assert len(messages) == count
    assert [unpack_outcomes(message).first for message in messages] == list(range(count))


def test_a_value_that_is_too_large_becomes_an_error_and_the_others_come_back():
    found = [unpack_outcomes(message) for message in pack_outcomes(outcomes(10, 5_000, 10), 2_000)]
    assert {one.first + place for one in found for place in one.errors} == {1}
    assert all("are over the broker's limit of 2,000" in reason for one in found for reason in one.errors.values())
    assert sum(one.size for one in found) == 3


@pytest.mark.parametrize(("spare", "failed"), [(0, []), (-1, [1])])
def test_a_result_that_must_be_one_message_gives_up_its_largest_value_first(spare, failed):
    result = outcomes(500, 2_000, 500)
    limit = len(pack_result(result, 10**9))
    message = pack_result(result, limit + spare)
    assert list(unpack_outcomes(message).errors) == failed
    assert len(message) <= limit


def test_it_gives_up_no_more_than_it_must():
    message = pack_result(outcomes(900, 2_000, 1_000), 1_500)
    assert sorted(unpack_outcomes(message).errors) == [1, 2]
    assert len(message) <= 1_500
