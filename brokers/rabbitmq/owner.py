"""rabbitmq-owner: one consumer owns the number, and everybody else asks it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from pika import BasicProperties

from brokers.rabbitmq.channel import RabbitmqChannel
from brokers.rabbitmq.client import connect, remove_names
from brokers.rabbitmq.owner_client import ADD, READ, OwnerClient, OwnerCounter
from brokers.rabbitmq.queues import UNUSED_FOR
from brokers.server_state import ServerState
from crossover.contract.counters import Counter
from crossover.contract.errors import BrokenError
from crossover.contract.text import describe
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.lifetime import Readiness, die_with_parent, end

WAIT = 60.0  # seconds of a turn without questions; the connection looks after itself meanwhile


class RabbitmqOwner(ServerState):
    """A queue of questions with one consumer, a process of its own, that has the number in its memory."""

    name = "rabbitmq-owner"
    server = "rabbitmq"
    made_safe_by = "one consumer owns it"
    safe = True

    _owner: BaseProcess | None = None
    _asking: OwnerClient | None = None

    def names(self) -> Sequence[str]:
        """Return the name of the queue."""
        return (f"crossover.{self.run}.adds",)

    def open(self) -> None:
        """Start the owner, which makes the queue."""
        context = context_for(None)
        readiness = Readiness(context)
        (queue,) = self.names()
        try:
            with interrupts_held_back():
                self._owner = context.Process(target=_own, args=(self.at.url, queue, readiness.said), daemon=True)  # type: ignore[attr-defined]  # typeshed: every concrete context has it
                self._owner.start()
            readiness.wait(1, lambda: self._owner is not None and self._owner.exitcode is not None)
        finally:
            readiness.close()
        self._asking = OwnerClient(self.at.url, queue)

    def counter(self) -> Counter:
        """Return a worker's side."""
        return OwnerCounter(self.at.url, *self.names())

    def read(self) -> int:
        """Ask the owner."""
        if self._asking is None or self._owner is None or not self._owner.is_alive():
            raise BrokenError("the owner is dead, and the number with it")
        return self._asking.ask(READ)

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the owner, and the server where it is ours."""
        owner = [self._owner.pid] if self._owner is not None and self._owner.pid is not None else []
        return {**super().processes(), "owner": owner}

    def close(self) -> bool:
        """End the owner, and remove the queue."""
        owner, self._owner = self._owner, None
        asking, self._asking = self._asking, None
        if owner is not None and owner.pid is not None:
            end([owner.pid], owner.terminate)
            owner.join(1)
        try:
            if asking is not None:
                asking.close()
            remove_names(self.at.url, self.names(), (), f"crossover.{self.run}.end")
        except BrokenError:
            return False
        return True


def _own(url: str, queue: str, said: Connection) -> None:
    die_with_parent()
    try:
        line = connect(url, f"{queue}.owner")
        settings = {"x-queue-type": "classic", "x-expires": UNUSED_FOR}
        questions: list[tuple[str, bytes]] = []
        line.ask(line.channel.queue_declare, queue, durable=True, arguments=settings)
        line.ask(
            line.channel.basic_consume,
            queue,
            lambda _, __, about, question: questions.append((about.reply_to, question)),
            auto_ack=True,
        )
    except BaseException as error:
        said.send((os.getpid(), describe(error)))
        return
    said.send((os.getpid(), None))
    _answer(line, questions)


def _answer(line: RabbitmqChannel, questions: list[tuple[str, bytes]]) -> None:
    """Own the number, and answer questions, one after the other, until somebody ends this process."""
    number, plain = 0, BasicProperties()
    while True:
        line.wait(lambda: questions, WAIT)
        for reply_to, question in questions:
            number += question == ADD
            line.publish(reply_to, b"%d" % number, plain)
        questions.clear()
