"""redis-list: calls in a list, moved to a list of the worker that takes them, outcomes in a list of each executor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crossover.jobs.remote.job_queue import Answer, Delivery, Sending
from crossover.jobs.remote.redis import list_scripts as scripts
from crossover.jobs.remote.redis.consumer import RedisIntake
from crossover.jobs.remote.redis.keys import KEPT_FOR, LibraryClient
from crossover.jobs.remote.redis.producer import RedisJobQueue


class RedisListQueue(RedisJobQueue):
    """The producer's side. A call is known by its item in the list.

    Args:
        url, name, safety, lease: as in RedisJobQueue.
    """

    def send_calls(self, client: LibraryClient, calls: Sequence[Sending]) -> list[Any]:
        """RPUSH calls."""
        to, items = self.reply_to.encode(), []
        arguments: list[Any] = [KEPT_FOR]
        for call, number in calls:
            items.append(b"%b %b\n%b" % (to, number.encode(), call))
            arguments += number, items[-1]
        client.run(scripts.SEND, [self.keys.calls, self._open], *arguments)
        return items

    def withdraw_calls(self, client: LibraryClient, tags: Sequence[Any]) -> list[Any]:
        """LREM those calls that no worker has taken."""
        keys = [self.keys.calls, self.keys.left, self.keys.tries, self._open]
        taken_back: list[Any] = client.run(scripts.WITHDRAW, keys, *tags)
        return taken_back

    def find_lost(self, client: LibraryClient, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Find the calls that are not open any more without an outcome, and, at most levels, those of dead workers."""
        gone, died = self._look_for_lost(client, self.on_death, sent)
        for number in died:
            yield number.decode(), self.why_dead
        for number in gone:
            if number not in died:
                yield number.decode(), self.why_gone

    def discard(self, client: LibraryClient, sent: dict[str, Any]) -> None:
        """LREM calls, also from the lists of dead workers; a worker that has one removes it itself."""
        self.withdraw_calls(client, list(sent.values()))
        client.redis.delete(self.keys.replies(self.reply_to))
        self._look_for_lost(client, "lose", sent)

    def count_workers(self, client: LibraryClient) -> int:
        """ZCOUNT the workers by their last beat."""
        count: int = client.run(scripts.COUNT_WORKERS, [self.keys.workers], int(self.lease * 1_000))
        return count

    def remove_keys(self, client: LibraryClient) -> None:
        """Remove the keys of this executor, and in a while what workers left that were killed."""
        keys = [self.keys.workers, *self.own_keys[1:], self._open]
        client.run(scripts.CLOSE, keys, self.keys.prefix, int(self.lease * 1_000))

    def _look_for_lost(self, client: LibraryClient, on_death: str, sent: dict[str, Any]) -> Any:
        keys = [self.keys.replies(self.reply_to), self._open, self.keys.tries]
        lease = int(self.lease * 1_000)
        return client.run(scripts.LOST, keys, self.keys.prefix, lease, on_death, self.reply_to, *sent)

    @property
    def _open(self) -> str:
        return self.keys.open(self.reply_to)


class RedisListIntake(RedisIntake):
    """The worker's side, with a list of what it has taken. A tag is an item.

    Args:
        url, name, lease: as in RedisIntake.
    """

    def join(self, client: LibraryClient) -> None:
        """Be a worker from now on."""
        self._taken = self.keys.taken(self.name)
        self.renew(client)

    def take_new(self, client: LibraryClient, room: int, block: float) -> list[Delivery]:
        """LMOVE what is there, else BLMOVE the first that comes."""
        items: list[Any] = client.run(scripts.TAKE, [self.keys.calls, self._taken, self.keys.workers], room, self.name)
        if not items and block > 0:
            first: Any = client.redis.blmove(self.keys.calls, self._taken, max(0.01, block))  # type: ignore[arg-type]
            items = [first] if first else []
        return [_delivery(item) for item in items]

    def take_left(self, client: LibraryClient, room: int) -> list[tuple[Delivery, int]]:
        """Empty the lists of dead workers, and LMOVE what was in them."""
        keys = [self.keys.left, self.keys.tries, self._taken, self.keys.workers]
        terms = self.keys.prefix, self.lease, room, KEPT_FOR, self.name
        left = client.run(scripts.TAKE_LEFT, keys, *terms)
        return [(_delivery(item, redelivered=True), deaths) for item, deaths in left]

    def take_unknown(self, client: LibraryClient) -> list[Delivery]:
        """Return what is in the list of this worker."""
        items: Any = client.redis.lrange(self._taken, 0, -1)
        return [_delivery(item) for item in items if item not in self.held]

    def finish(self, client: LibraryClient, answers: Sequence[Answer]) -> None:
        """RPUSH and LREM; the first outcome of a call counts."""
        arguments: list[Any] = [self.keys.prefix, KEPT_FOR]
        for delivery, reply in answers:
            arguments += delivery.number, delivery.tag, delivery.reply_to, reply
        client.run(scripts.REPLY, [self._taken, self.keys.left, self.keys.tries], *arguments)

    def store(self, client: LibraryClient, delivery: Delivery, reply: bytes) -> None:
        """RPUSH."""
        to = delivery.reply_to
        client.run(scripts.BEGUN, [self.keys.open(to), self.keys.replies(to)], delivery.number, reply, KEPT_FOR)

    def return_calls(self, client: LibraryClient, deliveries: Sequence[Delivery]) -> None:
        """LPUSH calls."""
        items = [one.tag for one in deliveries]
        client.run(scripts.GIVE_BACK, [self.keys.calls, self._taken], self.keys.prefix, *items)

    def renew(self, client: LibraryClient) -> None:
        """ZADD the time by the server's clock."""
        client.run(scripts.BEAT, [self.keys.workers], self.name, KEPT_FOR)

    def leave(self, client: LibraryClient) -> None:
        """Give back, and be no worker any more."""
        keys = [self.keys.calls, self._taken, self.keys.workers]
        client.run(scripts.LEAVE, keys, self.name, self.keys.prefix, self.lease)


def _delivery(item: bytes, *, redelivered: bool = False) -> Delivery:
    head, _, call = item.partition(b"\n")
    to, _, number = head.decode(errors="replace").partition(" ")
    return Delivery(call, to, number, item, redelivered)
