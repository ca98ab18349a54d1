"""Outcomes on their way back: what does not fit together travels apart, and what is broken is counted with a reason."""

import pytest
from task_functions import FunctionWorkload

from brokers.celery.results.backend import Result
from brokers.messages import FORMAT, Refused, encode, pack_outcomes, pack_result, read_outcomes, unpack_outcomes
from crossover.contract.tasks import Outcomes
from crossover.recording.history import History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import recorder

LIMIT = 1_000
BROKEN = {
    b"\xc1": "it is broken: ",
    encode((FORMAT + 1, 0, 1, [1], {}, 1, 1, 1)): "it has format 2",
    encode((FORMAT, 0, 5, [1], {}, 1, 1, 1)): "its numbers contradict each other",
    encode((FORMAT, 0, 0, [], {}, 1, 1, 1)): "its numbers contradict each other",
    encode((FORMAT, 0, 1, [1], {7: "wrong"}, 1, 1, 1)): "its numbers contradict each other",
    encode((FORMAT, -2, 1, [1], {}, 1, 1, 1)): "it is broken: ",
    encode((FORMAT, 2**63, 1, [1], {}, 1, 1, 1)): "it is broken: ",
    encode((FORMAT, 0, 2**64 - 1, [1], {}, 1, 1, 1)): "it is broken: ",
    encode((FORMAT, 0, 1, [1], {}, -1, 1, 1)): "it is broken: ",
    encode((FORMAT, 0, 1, [1], {}, 1, 2**64 - 1, 1)): "it is broken: ",
    encode((FORMAT, 0, 1, [1], {}, 1, 1, 2**63)): "it is broken: ",
    encode((FORMAT, 0, 1, [1], {}, 1, -1, 1)): "it is broken: ",
}


def outcomes(*values, errors=None, first=10):
    return Outcomes(first, len(values), list(values), errors or {}, 1, 2, 3)


@pytest.mark.parametrize("message", BROKEN, ids=range(len(BROKEN)))
def test_outcomes_that_no_worker_of_ours_sends_are_refused(message):
    with pytest.raises(Refused, match=BROKEN[message]):
        unpack_outcomes(message)


@pytest.mark.parametrize(
    "read", [read_outcomes, lambda message: Result(0, 1, message).outcomes], ids=["ours", "celery"]
)
def test_refused_outcomes_are_recorded_as_unexpected_with_their_reasons(read):
    history = History(4, 1)
    history.attempted = 4
    record = recorder(FunctionWorkload("echo", [0]), Payloads(FunctionWorkload("echo", [0]), 4), history)
    record([read(message) for message in BROKEN])
    assert history.unexpected == len(BROKEN)
    assert history.settled == 0
    for reason in BROKEN.values():
        assert any(said.startswith(f"an outcome was refused: {reason}") for said in history.reasons)


def test_the_latest_times_can_be_recorded():
    history = History(1, 1)
    history.attempted = 1
    latest = encode((FORMAT, 0, 1, [0], {}, 1, 2**63 - 1, 2**63 - 1))
    recorder(FunctionWorkload("echo", [0]), Payloads(FunctionWorkload("echo", [0]), 1), history)(
        [read_outcomes(latest)]
    )
    assert (history.unexpected, history.settled) == (0, 1)


def test_values_that_do_not_fit_together_travel_apart():
    sent = outcomes(bytes(400), bytes(400), bytes(2_000), None, bytes(400), errors={3: "wrong"})
    messages = pack_outcomes(sent, LIMIT)
    assert all(len(message) <= LIMIT for message in messages)
    values, errors = {}, {}
    for back in map(unpack_outcomes, messages):
        assert back[5:] == sent[5:]
        values |= {back.first + position: value for position, value in enumerate(back.values)}
        errors |= {back.first + position: reason for position, reason in back.errors.items()}
    assert values == {10: bytes(400), 11: bytes(400), 12: None, 13: None, 14: bytes(400)}
    too_large = "its value cannot be sent: 2,012 bytes are over the broker's limit of 1,000"
    assert errors == {12: too_large, 13: "wrong"}


def test_what_fits_is_one_message():
    assert len(pack_outcomes(outcomes(bytes(400), bytes(400)), LIMIT)) == 1


def test_a_result_of_celery_keeps_as_many_values_as_fit_together():
    sent = outcomes(bytes(300), bytes(2_000), {7, 1j}, None, bytes(240), bytes(320), range(1), errors={3: "wrong"})
    message = pack_result(sent, LIMIT)
    assert len(message) <= LIMIT
    back = unpack_outcomes(message)
    assert back.values == [bytes(300), None, {7, 1j}, None, bytes(240), None, None]
    assert sorted(back.errors) == [1, 3, 5, 6]
    assert back.errors[1].startswith("its value of 2,003 bytes cannot be sent: with its batch, ")
    assert back.errors[1].endswith(" bytes are over the broker's limit of 1,000")
    assert back.errors[3] == "wrong"
    assert "range would arrive as something else" in back.errors[6]


def test_what_fits_is_one_result_of_celery():
    assert unpack_outcomes(pack_result(outcomes(bytes(400), bytes(400)), LIMIT)) == outcomes(bytes(400), bytes(400))


def test_a_value_that_is_nested_too_deeply_becomes_an_error_and_takes_no_other_with_it():
    deep = []
    for _ in range(700):
        deep = [deep]
    values = [1, deep, 10**30, "text"]
    (message,) = pack_outcomes(Outcomes(0, 4, values, {}, 1, 2, 3), 2**20)
    found = unpack_outcomes(message)
    assert (found.values[0], found.values[2:]) == (1, [10**30, "text"])
    assert "cannot be sent as MessagePack: RecursionError" in found.errors[1]
