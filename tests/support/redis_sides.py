"""Producer and worker of redis-list and redis-stream in one process: what a test has them do."""

from waiting import eventually

from brokers.messages import pack, read_outcomes
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes

REFERENCE = "task_functions:echo"


def message(task, size=1):
    return pack(Batch(task, size, [*range(size)]), REFERENCE, 10_000).messages[0][2]


def send(client, transport, *messages):
    for one in messages:
        if "list" in transport.traits.name:
            client.rpush(transport.keys.tasks, one)
        else:
            client.xadd(transport.keys.tasks, {b"m": one})


def finish(inbox, batch, finished=0):
    """Say that a batch is done at a time; by default before anything was sent."""
    inbox.reply(Outcomes(batch.first, batch.size, batch.payloads, NO_ERRORS, 1, 0, finished))
    inbox.acknowledge(batch)


def outcomes(client, transport):
    return [read_outcomes(one) for one in client.lrange(transport.keys.outcomes, 0, -1)]


def left(client, inbox):
    """Return how many messages the server believes are being worked on."""
    if hasattr(inbox, "_own"):
        return client.llen(inbox._own)
    if not hasattr(inbox, "_reclaim"):
        return 0  # what was popped off a list is gone
    return client.xpending(inbox.keys.tasks, "workers")["pending"]


def take(intake, room=10):
    """Take calls until there are some."""
    found = []
    assert eventually(lambda: found.extend(intake.take(room, 0.1)) or found)
    return found


def receive(queue, count):
    """Receive outcomes until there is a number of them."""
    found = []
    assert eventually(lambda: found.extend(queue.receive(0.1)) or len(found) >= count), found
    return found
