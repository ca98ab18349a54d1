"""The keys of a queue of calls in Redis, and what its producers and workers have in common."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from brokers.redis.connection.client import connect, translate_errors

KEPT_FOR = 86_400  # seconds that outcomes stay of an executor that was killed
MOST_BLOCKED = 1.0  # seconds that a command blocks: what dead workers left is looked for as often
CLIENT = "crossover:jobs"
SCANNED = 10_000  # keys that one command looks at
FORGOTTEN_AFTER = 4  # leases without a beat, after which what workers have in common is gone
AGREE = f"""
local is, ours = tonumber(redis.call('GET', KEYS[1])), tonumber(ARGV[1])
if is and ours > 0 and is ~= ours then return is end
local lease = is or (ours > 0 and ours or tonumber(ARGV[2]))
redis.call('SET', KEYS[1], lease, 'PX', {FORGOTTEN_AFTER} * lease)
return lease
"""
"""Key: lease; arguments: that of this worker or 0, that of nobody who says another, in milliseconds."""
END = """
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then redis.call('DEL', KEYS[3]) end
"""
"""Keys: workers, calls, lease: the last worker that leaves removes what they had agreed on."""
LOST_REPLY = r"""
local function lost(number, worker, lease)
  local why = 'its worker ' .. worker .. ' has not been heard of for ' .. lease / 1000 .. ' s'
  return '\148' .. cmsgpack.pack(number, nil, true, why)
end
"""
"""Lua: make a Reply for a call whose worker is dead; an array of four begins with byte 148; the fifth is left out."""


class Keys:
    """The keys of one queue.

    Attributes:
        prefix: of all of them.
        calls: stream of the calls without an outcome, or list of those that no worker has taken.
        left: list of calls that workers had which died.
        tries: hash that counts how many workers have died with a call.
        workers: sorted set of workers by the time of their last beat.
        lease: milliseconds without a beat, after which a worker is taken for dead; workers set it.

    Args:
        name: of the queue.
    """

    def __init__(self, name: str) -> None:
        self.prefix = f"crossover:jobs:{name}:"
        self.calls = f"{self.prefix}calls"
        self.left = f"{self.prefix}left"
        self.tries = f"{self.prefix}tries"
        self.workers = f"{self.prefix}workers"
        self.lease = f"{self.prefix}lease"

    @property
    def of_queue(self) -> list[str]:
        """All keys that are not of one executor or worker."""
        return [self.calls, self.left, self.tries, self.workers, self.lease]

    def replies(self, executor: str) -> str:
        """Return the list of the outcomes for an executor."""
        return f"{self.prefix}replies:{executor}"

    def received(self, executor: str) -> str:
        """Return the list of the outcomes that an executor has received last."""
        return f"{self.prefix}received:{executor}"

    def open(self, executor: str) -> str:
        """Return the hash of the calls of an executor that have no outcome."""
        return f"{self.prefix}open:{executor}"

    def taken(self, worker: str) -> str:
        """Return the list of what a worker has taken."""
        return f"{self.prefix}taken:{worker}"

    def executor(self, executor: str) -> str:
        """Return the key that exists as long as an executor does; its value is its `on_death`."""
        return f"{self.prefix}executor:{executor}"


class Reply(NamedTuple):
    """What is in a list of outcomes.

    Attributes:
        number: of the call.
        outcome: its outcome, or a note on it; None: there will be none.
        is_last: whether nothing more comes.
        reason: why there will be no outcome.
        refused: whether a worker does not do the call.
    """

    number: str
    outcome: bytes | None
    is_last: bool = True
    reason: str = ""
    refused: bool = False


class LibraryClient:
    """redis-py's client, with scripts that it loads when the server does not have them.

    Args:
        url: of the server.
    """

    def __init__(self, url: str) -> None:
        self.redis = connect(url, CLIENT)
        self._scripts: dict[str, Any] = {}

    def run(self, script: str, keys: list[str], *arguments: Any) -> Any:
        """Run a script, as one command.

        Raises:
            redis.RedisError: the server is down, or refuses it.
        """
        if script not in self._scripts:
            self._scripts[script] = self.redis.register_script(script)
        return self._scripts[script](keys=keys, args=arguments)


def remove_queue(url: str, name: str) -> None:
    """Remove all keys of a queue that nobody uses any more.

    Raises:
        BrokenError: the server cannot be reached.
    """
    with translate_errors(url):
        client = connect(url, CLIENT)
        for key in client.scan_iter(match=f"{Keys(name).prefix}*", count=SCANNED):
            client.delete(key)
        client.close()


def encode_reply(reply: Reply) -> bytes:
    """Return a reply as it is stored; `refused` only where it is true: an executor of before knows four items."""
    return msgspec.msgpack.encode(reply if reply.refused else reply[:4])


def decode_reply(message: bytes) -> Reply | None:
    """Return a reply; None for what is none of ours."""
    try:
        return msgspec.msgpack.decode(message, type=Reply)
    except msgspec.DecodeError:
        return None
