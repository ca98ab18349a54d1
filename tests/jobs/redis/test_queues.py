"""Calls and outcomes in Redis, as the sides of executor and worker see them."""

import time

import pytest
import redis
from redis_sides import receive, take
from waiting import eventually

from crossover.contract.errors import BrokenError
from crossover.jobs.errors import CallRefusedError
from crossover.jobs.remote.job_queue import Answer, Lost


def what_is_lost(queue):
    """Receive until calls are lost."""
    found = []
    assert eventually(lambda: queue.receive(0.1) or found.extend(queue.lost()) or found)
    return found


def lost(queue):
    return {number: reason for number, reason, _ in what_is_lost(queue)}


def calls(deliveries):
    return [delivery.call for delivery in deliveries]


def test_a_worker_takes_what_it_has_room_for_in_order_and_the_executor_gets_notes_and_outcomes(open_sides):
    queue, intake = open_sides()
    for number in range(5):
        queue.send(b"call %d" % number, f"n{number}")
    first, second = take(intake, 2)
    assert calls([first, second]) == [b"call 0", b"call 1"]
    assert (first.number, first.reply_to, first.redelivered) == ("n0", queue.reply_to, False)
    intake.begun(first, b"begun")
    intake.reply(first, b"outcome\n\0\xff")
    assert receive(queue, 2) == [b"begun", b"outcome\n\0\xff"]
    assert calls(take(intake)) == [b"call 2", b"call 3", b"call 4"]


def test_only_a_call_that_no_worker_has_is_withdrawn(open_sides):
    queue, intake = open_sides()
    for number in ("taken", "waits", "returned"):
        queue.send(number.encode(), number)
    taken, waits, returned = take(intake, 3)
    assert [queue.withdraw(number) for number in ("taken", "waits", "returned", "unknown")] == [False] * 4
    intake.give_back(waits)
    intake.give_back(returned)
    assert queue.withdraw("returned")
    assert not queue.withdraw("returned")
    intake.reply(taken, b"outcome")
    assert calls(take(intake)) == [b"waits"]
    assert receive(queue, 1) == [b"outcome"]


def test_what_is_given_back_is_taken_before_what_nobody_has_had(open_sides):
    queue, one, other = open_sides(workers=2)
    for number in range(3):
        queue.send(b"%d" % number, str(number))
    (first,) = take(one, 1)
    one.give_back(first)
    assert calls(take(other, 1)) == [b"0"]
    assert calls(take(other)) == [b"1", b"2"]


def test_outcomes_that_are_sent_together_arrive_and_what_is_given_back_together_keeps_its_order(
    open_sides,
):
    queue, one, other = open_sides(workers=2)
    for number in range(6):
        queue.send(b"%d" % number, str(number))
    taken = take(one, 5)
    one.reply_many([Answer(call, b"of " + call.call) for call in taken[:2]])
    one.reply_many([Answer(call, b"again") for call in taken[:2]])  # as after an error: the first outcome counts
    one.give_back(*taken[2:])
    assert receive(queue, 2) == [b"of 0", b"of 1"]
    found = []
    assert eventually(lambda: found.extend(other.take(10, 0.1)) or len(found) == 4)
    assert calls(found)[:3] == [b"2", b"3", b"4"]
    assert queue.receive(0.1) == []


def test_the_call_of_a_dead_worker_is_done_by_another_and_only_the_first_outcome_counts(open_sides):
    queue, dead, other = open_sides("safe", workers=2, lease=0.3)
    queue.send(b"call", "n")
    (had,) = take(dead)
    (has,) = take(other)
    assert (has.call, has.redelivered) == (b"call", True)
    other.reply(has, b"of the other")
    dead.reply(had, b"late")  # it was not dead, after all
    assert receive(queue, 1) == [b"of the other"]
    assert queue.receive(0.1) == []


def test_a_worker_that_beats_keeps_what_it_has(open_sides):
    queue, slow, other = open_sides("safe", workers=2, lease=0.5)
    queue.send(b"call", "n")
    (had,) = take(slow)
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        slow.beat()
        assert other.take(1, 0.05) == []
    slow.reply(had, b"outcome")
    assert receive(queue, 1) == [b"outcome"]


@pytest.mark.parametrize("workers", [1, 2], ids=["no other worker", "another worker"])
def test_at_default_the_call_of_a_dead_worker_is_lost_and_the_executor_knows(open_sides, workers):
    queue, dead, *others = open_sides("default", workers=workers, lease=0.3)
    queue.send(b"call", "n")
    (had,) = take(dead)
    for other in others:
        assert other.take(1, 2.0) == []
    assert "has not been heard of for 0.3 s" in lost(queue)["n"]
    dead.reply(had, b"late")
    assert queue.receive(0.1) == []


def test_a_worker_treats_each_call_by_the_level_of_its_executor(open_sides):
    safe, dead = open_sides("safe", lease=0.3)
    default, other = open_sides("default", lease=0.3)
    safe.send(b"of the safe one", "s")
    default.send(b"of the other one", "d")
    assert len(take(dead, 2)) == 2
    assert calls(take(other)) == [b"of the safe one"]
    assert "has not been heard of for 0.3 s" in lost(default)["d"]
    assert other.take(1, 0.5) == []


def test_a_call_that_three_workers_died_with_is_kept_aside(open_sides, client, name):
    queue, *workers, last = open_sides("safe", workers=4, lease=0.3)
    client.delete("crossover:refused")
    queue.send(b"poison", "n")
    for worker in workers:
        assert calls(take(worker)) == [b"poison"]
    assert eventually(lambda: last.take(1, 0.1) or client.llen("crossover:refused"))
    assert lost(queue) == {"n": "delivered 3 times, and each time its worker died: kept aside"}
    assert b"poison" in client.lindex("crossover:refused", 0)
    assert client.lindex("crossover:refused", 0).count(name.encode()) == 1


def test_a_call_that_is_refused_is_kept_aside_with_the_reason(open_sides, client):
    queue, intake = open_sides()
    queue.send(b"forged", "n")
    (delivery,) = take(intake)
    intake.refuse(delivery, "signed with another key")
    assert what_is_lost(queue) == [Lost("n", "signed with another key", CallRefusedError)]
    assert b"forged" in client.lindex("crossover:refused", 0)


def test_what_the_server_has_lost_is_not_waited_for(open_sides, client, left):
    queue, intake = open_sides()
    queue.send(b"taken", "taken")
    take(intake)
    queue.send(b"waits", "waits")
    client.delete(*left())
    assert lost(queue).keys() == {"taken", "waits"}
    queue.send(b"next", "next")
    (delivery,) = take(intake)
    intake.reply(delivery, b"outcome")
    assert receive(queue, 1) == [b"outcome"]


def test_a_call_whose_delivery_was_lost_on_the_way_is_taken_again(open_sides):
    queue, intake = open_sides()
    queue.send(b"call", "n")
    take(intake)
    intake.held.clear()  # as if the connection had ended between the command and its reply
    intake._unsure = True
    (delivery,) = take(intake)
    intake.reply(delivery, b"outcome")
    assert receive(queue, 1) == [b"outcome"]


def test_outcomes_that_were_lost_on_the_way_are_received_again(open_sides):
    queue, intake = open_sides()
    for number in "ab":
        queue.send(number.encode(), number)
    for delivery in take(intake):
        intake.reply(delivery, delivery.call)
    sent = queue.sent.copy()
    assert receive(queue, 2) == [b"a", b"b"]
    queue.sent, queue._unsure = sent, True  # as if the connection had ended between the command and its reply
    assert receive(queue, 2) == [b"a", b"b"]
    queue._unsure = True
    assert queue.receive(0.1) == []  # each once


def test_calls_of_an_executor_that_has_closed_are_not_done_again(open_sides):
    queue, dead, other = open_sides("safe", workers=2, lease=0.3)
    queue.send(b"call", "n")
    take(dead)
    queue.close()
    assert other.take(1, 1.5) == []


def test_a_server_that_is_away_is_named_without_its_password_and_used_again_when_it_is_back(
    transport, open_sides, controlled
):
    url = controlled.url
    queue, intake = open_sides(url=url)
    queue.send(b"call", "n")
    controlled.kill()
    for use in (lambda: queue.send(b"x", "x"), lambda: queue.receive(0.1), lambda: intake.take(1, 0.1)):
        with pytest.raises(BrokenError, match=r"^Redis at 127\.0\.0\.1:\d+: ") as raised:
            use()
        assert redis.connection.parse_url(url)["password"] not in str(raised.value)
    controlled.restart()
    (delivery,) = take(intake)
    intake.reply(delivery, b"outcome")
    assert receive(queue, 1) == [b"outcome"]
