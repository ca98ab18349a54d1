"""Celery's result backends, which take what a worker may have sent and refuse the rest. Loader names them to Celery."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Annotated, Any

import kombu
import msgspec
from celery.backends import redis as celery_redis
from celery.backends import rpc as celery_rpc
from celery.states import PENDING, READY_STATES
from celery.utils.serialization import create_exception_cls
from msgspec import Meta, Struct

from brokers.messages import decode
from crossover.contract.text import describe

NOT_READY: Mapping[str, Any] = {"status": PENDING, "result": None, "task_id": ""}
"""What Celery is told in place of a result that is refused: it goes on waiting."""


ANSWERS = "to-"  # begins what stands for the id of a task in the key of a list of answers
ANSWERS_FOR = 86_400  # seconds that it stays, where nothing else is set


class StoredResult(Struct):
    """A result as a worker stores it; what else is in it is not read."""

    status: str
    task_id: Annotated[str, Meta(min_length=1, max_length=255)]
    result: Any = None


class StoredError(Struct):
    """An exception as a worker stores it."""

    exc_type: Annotated[str, Meta(min_length=1, max_length=255)]
    exc_message: Any = ""


class Checked:
    """What both backends do in addition.

    Attributes:
        refuse: called with the reason for which a result was refused; the producer sets it.
        expected: ids of the tasks whose results are wanted; None: of all.
    """

    refuse: Callable[[str], Any] = staticmethod(str)  # a worker reads no results
    expected: Container[str] | None = None

    def checked(self, meta: Any) -> dict[str, Any]:
        """Return the result as Celery expects it; NOT_READY where it is refused.

        Args:
            meta: as it was decoded.
        """
        try:
            found = msgspec.convert(meta, StoredResult)
            value = found.result
            if found.status in READY_STATES - {"SUCCESS"}:
                value = self.exception_to_python(value)
        except Exception as error:
            self.refuse(describe(error))
            return dict(NOT_READY)
        return {"status": found.status, "result": value, "task_id": found.task_id, "traceback": None, "children": []}

    def exception_to_python(self, exc: Any) -> Any:
        """Return an exception of a class that is made for it: Celery would call any class that is named in it."""
        if exc is None or isinstance(exc, BaseException):
            return exc
        stored = msgspec.convert(exc, StoredError)
        kind = create_exception_cls(stored.exc_type, __name__)
        message = stored.exc_message
        return kind(*message) if isinstance(message, list | tuple) else kind(message)


class RedisBackend(Checked, celery_redis.RedisBackend):  # type: ignore[misc]
    """Results in Redis."""

    def answer(self, task_id: str, value: Any, state: str, request: Any) -> None:
        """Tell who has sent a task what has become of it, in a list of theirs, which goes when nobody reads it."""
        key = self.get_key_for_task(f"{ANSWERS}{request.reply_to}")
        with self.client.pipeline() as commands:
            commands.rpush(key, self.encode({"status": state, "result": value, "task_id": task_id}))
            commands.expire(key, int(self.expires or ANSWERS_FOR))
            commands.execute()

    def decode_result(self, payload: Any) -> Any:
        """Return a result; it is read in our serialization only, and never decompressed."""
        try:
            meta = decode(payload)
        except Exception as error:
            self.refuse(describe(error))
            return dict(NOT_READY)
        return self.checked(meta)


class RpcConsumer(kombu.Consumer):  # type: ignore[misc]
    """Receives results over AMQP."""

    def __init__(self, *args: Any, refuse: Callable[[str], Any], **options: Any) -> None:
        super().__init__(*args, on_decode_error=lambda _, error: refuse(describe(error)), **options)


class RpcResultConsumer(celery_rpc.ResultConsumer):  # type: ignore[misc]
    """Passes results on; one that no task waits for is not kept, which could be any number of any size."""

    def Consumer(self, *args: Any, **options: Any) -> RpcConsumer:  # noqa: N802 - as Celery calls it
        """Return what receives messages."""
        return RpcConsumer(*args, refuse=self.backend.refuse, **options)

    def on_state_change(self, meta: Any, message: Any) -> None:
        """Pass a result on."""
        meta = self.backend.checked(meta)
        expected = self.backend.expected
        if expected is None or meta["task_id"] in expected:
            super().on_state_change(meta, message)
        elif self.on_message:
            self.on_message(meta)


class RpcBackend(Checked, celery_rpc.RPCBackend):  # type: ignore[misc]
    """Results over AMQP."""

    ResultConsumer = RpcResultConsumer

    def answer(self, task_id: str, value: Any, state: str, request: Any) -> None:
        """Tell who has sent a task what has become of it."""
        self.store_result(task_id, value, state, request=request)
