"""redis-stream: XADD, XREADGROUP and XACK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import redis
from msgspec import Meta

from brokers.broker_transport import SAFE_ALONE
from brokers.external.options import BrokerOptions
from brokers.poison import PoisonCandidate
from brokers.redis.connection.connection import Commands
from brokers.redis.inbox import RedisInbox
from brokers.redis.keys import Keys
from brokers.redis.transport import RedisTransport
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety
from crossover.contract.system import Clock
from crossover.contract.traits import Traits

GROUP, GROUP_NAME = "workers", b"workers"  # the same, for redis-py and for commands of ours
FIELD = b"m"


class StreamOptions(BrokerOptions, frozen=True):
    """How much a worker takes at once, and when its messages are taken from it.

    Attributes:
        reclaim: seconds after which another worker takes a message that is not acknowledged.
    """

    allowed: ClassVar[Mapping[str, str]] = {**BrokerOptions.allowed, "reclaim": "1 to 86400 (seconds)"}
    reclaim: Annotated[int, Meta(ge=1, le=86_400)] = 60

    @property
    def quick_redelivery(self) -> Mapping[str, str]:
        """Reclaim after a second: this worker renews what it has."""
        return {"reclaim": "1"}


class StreamInbox(RedisInbox):
    """A consumer of the group.

    Args:
        url, keys, reference, prefetch: as in RedisInbox.
        safety: fast reads with NOACK; safe also claims what other workers left, one message at a time.
        reclaim: seconds after which a message that is not acknowledged can be claimed.
    """

    def __init__(self, url: str, keys: Keys, reference: str, prefetch: int, safety: Safety, reclaim: int) -> None:
        super().__init__(url, keys, reference, prefetch)
        self._safety = safety
        self._reclaim = reclaim
        self._claimed_at = 0.0

    acknowledges = True

    def prepare(self) -> None:
        """Note what is the same in each command."""
        self._noack = (b"NOACK",) if self._safety is Safety.FAST else ()

    def add_take(self, commands: Commands, count: int) -> None:
        """XREADGROUP up to `count` entries."""
        beginning = b"XREADGROUP", b"GROUP", GROUP_NAME, self.name.encode(), b"COUNT", b"%d" % count, b"BLOCK", b"1000"
        commands.add(*beginning, *self._noack, b"STREAMS", self.tasks, b">")

    def taken(self, replies: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return id and message of each entry; one that was deleted meanwhile has no fields."""
        entries = replies[0][0][1] if replies[0] else ()
        return [(entry, _message(fields)) for entry, fields in entries if fields]

    def add_acknowledge(self, commands: Commands, done: Sequence[Any]) -> None:
        """XACK, and XDEL so that the stream does not grow; XCLAIM what is held, so that no other worker claims it."""
        if self._safety is not Safety.FAST:
            commands.add(b"XACK", self.tasks, GROUP_NAME, items=done)
        commands.add(b"XDEL", self.tasks, items=done)
        if self._safety is Safety.SAFE and self.held and Clock.monotonic() - self._claimed_at > self._reclaim / 2:
            self._claimed_at = Clock.monotonic()
            commands.add(b"XCLAIM", self.tasks, GROUP_NAME, self.name.encode(), b"0", items=(*self.held, b"JUSTID"))

    def recover(self) -> list[tuple[Any, bytes]] | None:
        """Return what was read without being known here; None where nothing is acknowledged."""
        if self._safety is Safety.FAST:
            return None
        ours: Any = self.client.xreadgroup(GROUP, self.name, {self.keys.tasks: "0"})
        messages = dict(_messages(ours[0][1])) if ours else {}
        unknown = self.forget_sent(messages)
        return [(entry, message) for entry, message in messages.items() if entry in unknown]

    def take_candidate(self) -> PoisonCandidate | None:
        """XCLAIM a message that another worker left; count the delivery if that worker is dead, not just slow."""
        idle = self._reclaim * 1_000
        while self._safety is Safety.SAFE:
            pending: Any = self.client.xpending_range(self.keys.tasks, GROUP, "-", "+", 1, idle=idle)
            if not pending:
                break
            (left,) = pending
            entry = left["message_id"]
            slow = not self.dead({left["consumer"].decode(errors="replace")})
            deaths = left["times_delivered"] - slow
            claimed: Any = self.client.xclaim(self.keys.tasks, GROUP, self.name, idle, [entry], retrycount=deaths + 1)
            for _, message in _messages(claimed):  # none where another worker was quicker
                return PoisonCandidate(entry, message, deaths)
        return None


class RedisStreamTransport(RedisTransport):
    """One stream of tasks with a consumer group of all workers; outcomes come back in a list.

    Options: prefetch (messages a worker takes at once, at most, 1 to 10000; default 128; redis-py: no limit); reclaim
    (seconds, 1 to 86400; default 60; a task that takes longer is run twice).
    """

    traits = Traits(
        name="redis-stream",
        server="redis",
        guarantees=SAFE_ALONE,
        level_settings={
            Safety.FAST: "XREADGROUP NOACK; a private server writes nothing to disk",
            Safety.DEFAULT: (
                "XACK after the outcome was sent; append-only file synced every second; what a dead worker had taken "
                "is lost"
            ),
            Safety.SAFE: (
                "as default, and XCLAIM takes over what was not acknowledged for `reclaim` seconds, one message at a "
                "time; after three deaths a message is a dead letter; append-only file synced before each reply"
            ),
        },
        options_type=StreamOptions,
        resumable=True,
    )

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = options.reclaim + 3.0 if safety is Safety.SAFE else 0.0

    def prepare(self, client: redis.Redis) -> None:
        """Create the stream and its group; a run that is taken over has them, unless its server has lost them."""
        try:
            client.xgroup_create(self.keys.tasks, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def inbox(self, url: str, run: str, reference: str) -> Inbox:
        """Return a consumer."""
        options = self.options
        return StreamInbox(url, Keys(run), reference, options.prefetch, self.safety, options.reclaim)

    def add_send(self, commands: Commands, messages: Sequence[bytes]) -> None:
        """XADD each; all in one round trip."""
        commands.add_each(b"XADD", self.tasks, b"*", FIELD, items=messages)

    def send_replies(self, replies: Sequence[Any], messages: int) -> Sequence[Any]:
        """Return the replies as they are: one for each message."""
        return replies


def _messages(entries: Sequence[Any]) -> list[tuple[Any, bytes]]:
    """Return id and message of entries; one that was deleted meanwhile has no fields."""
    return [(entry, fields.get(FIELD, b"")) for entry, fields in entries if fields]


def _message(fields: list[bytes]) -> bytes:
    """Return the message in the fields of an entry, as XREADGROUP returns them; empty where another client added it."""
    if len(fields) == 2 and fields[0] == FIELD:  # noqa: PLR2004 - a name and a value
        return fields[1]
    return dict(zip(fields[::2], fields[1::2], strict=True)).get(FIELD, b"")
