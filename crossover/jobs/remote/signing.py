"""Messages that are known to come from somebody with the key: HMAC-SHA256 over everything that they say."""

from __future__ import annotations

import hmac
import os
import time

from brokers.messages import Refused
from crossover.contract.errors import UsageError

VARIABLE = "CROSSOVER_KEY"
SIGNED = b"\xc1"  # MessagePack never begins with this byte
HASH = "sha256"  # by name: OpenSSL's is faster than a function of hashlib
MAC = 32  # bytes of a signature
SHORTEST_KEY = 16  # characters
OLDEST = 86_400.0  # seconds that a signed call may have waited for a worker
SKEW = 300.0  # seconds by which clocks may differ


class Signer:
    """Signs messages and checks signatures.

    Args:
        key: that both sides have; empty: messages are not signed.
    """

    def __init__(self, key: bytes = b"") -> None:
        self.key = key
        self._keyed = hmac.new(key, digestmod=HASH)  # copied, as hmac.digest() lets go of the GIL each time

    def __reduce__(self) -> tuple[type[Signer], tuple[bytes]]:
        return Signer, (self.key,)

    def __repr__(self) -> str:
        return f"Signer({'with a key' if self.key else 'without a key'})"

    def seal(self, body: bytes) -> bytes:
        """Return a message: the body, signed where there is a key."""
        return SIGNED + self._signature(body) + body if self.key else body

    def open(self, message: bytes, reader: str = "this side") -> bytes:
        """Return the body of a message.

        Args:
            message: signed or not.
            reader: who reads it, for sentences.

        Raises:
            Refused: it is not signed with this key.
        """
        signed = message[:1] == SIGNED
        if not self.key:
            if signed:
                raise Refused(f"it is signed, and {reader} has no {VARIABLE} to check it with")
            return message
        if not signed:
            raise Refused(f"it is not signed, and {reader} has a {VARIABLE}: set the same one where it comes from")
        body = message[1 + MAC :]
        if not hmac.compare_digest(message[1 : 1 + MAC], self._signature(body)):
            raise Refused(f"its signature is wrong: it was altered, or signed with another {VARIABLE}")
        return body

    def _signature(self, body: bytes) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(body)
        return keyed.digest()


def signer_from_environment() -> Signer:
    """Return a signer with the key of CROSSOVER_KEY, if it is set.

    Raises:
        UsageError: the key is too short.
    """
    key = os.environ.get(VARIABLE, "")
    if key and len(key) < SHORTEST_KEY:
        raise UsageError(f"{VARIABLE} is too short to keep anybody out: use {SHORTEST_KEY} characters or more")
    return Signer(key.encode("utf-8", "surrogateescape"))


class Replayed(Refused):
    """A call has come before."""


class ReplayGuard:
    """Remembers which signed calls have come: one bit for each, for as long as it would not be too old.

    Args:
        oldest: seconds after which a call is too old.
    """

    def __init__(self, oldest: float = OLDEST) -> None:
        self.oldest = oldest
        self._seen: dict[str, tuple[float, bytearray]] = {}

    def check(self, run: str, ordinal: int, sent: float, *, redelivered: bool = False) -> None:
        """Note a call.

        Args:
            run: that has sent it.
            ordinal: of the call in that run.
            sent: when, in seconds of the epoch.
            redelivered: whether the broker says that another worker had it: then it may come again.

        Raises:
            Refused: it is too old, or from the future.
            Replayed: it has come before.
        """
        age = time.time() - sent
        if age > self.oldest:
            raise Refused(f"it was sent {age:,.0f} s ago, and is too old: at most {self.oldest:,.0f} s are accepted")
        if age < -SKEW:
            raise Refused(f"it was sent {-age:,.0f} s in the future: the clocks differ")
        if run not in self._seen:
            self._forget_old()
        latest, bits = self._seen.get(run, (0.0, bytearray()))
        place, bit = divmod(ordinal, 8)
        if place >= len(bits):
            bits.extend(bytes(place + 1024 - len(bits)))
        if bits[place] >> bit & 1 and not redelivered:
            raise Replayed("it has come before: it is replayed")
        bits[place] |= 1 << bit
        self._seen[run] = max(latest, sent), bits

    def forget(self, run: str, ordinal: int) -> None:
        """Accept a call again that was given back."""
        _, bits = self._seen.get(run, (0.0, bytearray()))
        place, bit = divmod(ordinal, 8)
        if place < len(bits):
            bits[place] &= ~(1 << bit)

    def _forget_old(self) -> None:
        old = time.time() - self.oldest
        for run in [run for run, (latest, _) in self._seen.items() if latest < old]:
            del self._seen[run]
