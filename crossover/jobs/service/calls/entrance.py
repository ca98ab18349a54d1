"""What a worker checks before a call reaches a process: that it can be read, is signed, and has not come before."""

from __future__ import annotations

import math

from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.messages import Call, Refused, read_call
from crossover.jobs.remote.signing import OLDEST, Replayed, ReplayGuard, Signer


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A call does not run here.

    Attributes:
        delivery: to be kept aside; without an address where its executor is not to be told.
    """

    def __init__(self, reason: str, delivery: Delivery) -> None:
        super().__init__(reason)
        self.delivery = delivery


class Entrance:
    """Checks calls.

    Args:
        signer: with the key, where there is one.
        worker: its name, for sentences.
        own: whether it serves one executor, which waits for its calls however old they are.
    """

    def __init__(self, signer: Signer, worker: str, *, own: bool = False) -> None:
        self._signer, self._worker = signer, worker
        self._replays = ReplayGuard(math.inf if own else OLDEST)

    def check(self, delivery: Delivery) -> tuple[Call, bytes]:
        """Return the call in a delivery, and what is signed of its message.

        Raises:
            Refusal: it must not run.
        """
        try:
            body = self._signer.open(delivery.call, self._worker)
            call = read_call(body, self._worker)
            if self._signer.key:
                self._replays.check(call.run, call.ordinal, call.sent, redelivered=delivery.redelivered)
        except Replayed as refused:  # its executor waits for the one that came first, or for none
            raise Refusal(str(refused), delivery._replace(reply_to="", number="")) from None
        except Refused as refused:
            raise Refusal(str(refused), delivery) from None
        return call, body

    def forget(self, call: Call) -> None:
        """Accept a call again that was given back."""
        if self._signer.key:
            self._replays.forget(call.run, call.ordinal)
