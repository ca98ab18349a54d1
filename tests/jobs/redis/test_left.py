"""What is on the server when executors and workers of a queue in Redis have ended."""

import time

from redis_sides import receive, take
from waiting import eventually


def test_nothing_is_left_when_all_have_closed(open_sides, left):
    queue, intake, other = open_sides(workers=2)
    for number in range(4):
        queue.send(b"call", str(number))
    done, _, _ = take(intake, 3)
    intake.reply(done, b"outcome")
    assert left()
    for one in (other, queue, intake):
        one.close()
    assert left() == []


def test_nothing_is_left_for_long_when_a_worker_was_killed_a_moment_before_all_have_closed(open_sides, left):
    queue, killed, other = open_sides(workers=2, lease=1.0)
    for intake in (killed, other):
        queue.send(b"call", "n")
        (delivery,) = take(intake)
        intake.reply(delivery, b"outcome")
    for one in (queue, other):
        one.close()
    assert eventually(lambda: left() == []), left()


def test_a_worker_that_nobody_has_sent_a_call_for_long_does_the_next_one(open_sides, client, left):
    first, intake = open_sides(lease=0.3)
    first.close()  # the only executor
    time.sleep(4 * 0.3 + 0.2)
    queue, _ = open_sides(lease=0.3)
    for number in range(2):
        queue.send(b"call", str(number))
        (delivery,) = take(intake, 1)
        assert all(client.pttl(key) < 0 for key in left() if b":calls" in key)  # nothing that was sent expires
        intake.reply(delivery, b"outcome")
    assert receive(queue, 2) == [b"outcome"] * 2


def test_outcomes_for_an_executor_that_was_killed_stay_for_a_day_at_most(open_sides, client, left):
    queue, intake = open_sides()
    queue.send(b"call", "n")
    (delivery,) = take(intake)
    intake.reply(delivery, b"outcome")
    intake.close()  # the executor is not closed
    assert left()
    assert all(0 < client.ttl(key) <= 86_400 for key in left())
