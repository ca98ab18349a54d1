"""A worker's side of what carries pickled messages: each is answered, also what cannot be read; then it ends."""

import multiprocessing

import pytest
from task_functions import Grumpy

from crossover.contract.tasks import Batch, as_outcomes
from crossover.workers.loop import performer
from local_ipc.channels.pickling import pack, pack_task, unpack_outcomes
from local_ipc.pipes import PipeInbox
from local_ipc.process_transport import SharedInbox


class Ended:
    """A pipe to read from after its other end has been closed, and one to write into."""

    def __init__(self, *messages):
        tasks, submit = multiprocessing.Pipe(duplex=False)
        self.outcomes, reply = multiprocessing.Pipe(duplex=False)
        for message in messages:
            submit.send_bytes(message)
        submit.close()
        self.recv_bytes, self.send_bytes = tasks.recv_bytes, reply.send_bytes
        self.ends = [tasks, self.outcomes, reply]

    def came(self):
        found = []
        while self.outcomes.poll():
            found.append(as_outcomes(unpack_outcomes(self.outcomes.recv_bytes())))
        return found

    def close(self):
        for end in self.ends:
            end.close()


MESSAGES = [
    pack_task(0, 5)[0],
    pack_task(1, Grumpy())[0],
    *pack(Batch(2, 2, [6, 7]))[0],
    *pack(Batch(4, 2, [8, Grumpy()]))[0],
    pack_task(6, [9])[0],
]


@pytest.fixture
def pipe():
    made = Ended(*MESSAGES)
    yield made
    made.close()


def opened(pipe, inherited=()):
    inbox = PipeInbox(pipe, inherited)
    inbox.open()
    return inbox


def test_every_message_is_answered_and_what_cannot_be_read_fails(pipe):
    opened(pipe).serve(performer(str))
    came = pipe.came()
    assert [(one.first, one.values) for one in came] == [
        (0, ["5"]),
        (1, [None]),
        (2, ["6", "7"]),
        (4, [None, None]),
        (6, ["[9]"]),
    ]
    assert [len(one.errors) for one in came] == [0, 1, 0, 2, 0]
    assert all("I will not be unpickled" in reason for one in came for reason in one.errors.values())


def test_one_by_one_it_returns_what_can_be_read_and_nothing_when_there_is_no_more(pipe):
    inbox = opened(pipe)
    received = []
    while found := inbox.receive():
        received += found
    assert received == [(0, 5), Batch(2, 2, [6, 7]), (6, [9])]
    inbox.reply((0, 7))
    assert [one.first for one in pipe.came()] == [1, 4, 0]


def test_a_worker_closes_the_ends_of_the_producer_that_it_has_inherited(pipe):
    ours, theirs = multiprocessing.Pipe()
    opened(pipe, [ours])
    assert ours.closed
    theirs.close()


def test_all_workers_may_share_two_queues():
    tasks, outcomes = (multiprocessing.SimpleQueue() for _ in range(2))
    inbox = SharedInbox(tasks, outcomes)
    inbox.open()
    for message in ((0, 5), (1, 2, [6, 7])):
        tasks.put(message)
    assert inbox.receive() == ((0, 5),)
    assert inbox.receive() == (Batch(1, 2, [6, 7]),)
    inbox.reply((0, None))
    assert outcomes.get() == (0, None)
    for channel in (tasks, outcomes):
        channel.close()
