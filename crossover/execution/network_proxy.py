"""A TCP proxy between a run and its server that can drop all data and reset all connections."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Self

HOST = "127.0.0.1"
CHUNK = 2**16  # bytes
ANSWERS_WITHIN = 5.0  # seconds
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 seconds: closing sends RST


class Proxy:
    """Forwards connections to a server until `cut` is called; a context manager.

    Attributes:
        port: where it listens, on 127.0.0.1.
        bytes_forwarded: so far, both ways; application data, without the headers of TCP.

    Args:
        host, port: of the server.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self.bytes_forwarded = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._open.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, HOST, 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Forward nothing any more, without closing anything; new connections are accepted and get no answer."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def restore(self) -> None:
        """Reset every connection, and forward new ones."""
        self._call(self._restore())

    def stop(self) -> None:
        """Reset every connection, and stop listening."""
        if not self._loop.is_closed():
            self._call(self._stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(ANSWERS_WITHIN)
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(ANSWERS_WITHIN)

    async def _restore(self) -> None:
        self._reset()
        self._open.set()

    async def _stop(self) -> None:
        self._server.close()
        self._reset()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def _reset(self) -> None:
        for writer in self._writers:
            _abort(writer)
        self._writers.clear()

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._writers.add(to_client)
        await self._open.wait()
        if to_client.transport.is_closing():
            return
        try:
            from_server, to_server = await asyncio.open_connection(*self._target)
        except OSError:
            _abort(to_client)
            self._writers.discard(to_client)
            return
        self._writers.add(to_server)
        for reader, writer in ((from_client, to_server), (from_server, to_client)):
            pump = asyncio.ensure_future(self._pump(reader, writer))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(CHUNK):
                await self._open.wait()
                self.bytes_forwarded += len(chunk)
                writer.write(chunk)
                await writer.drain()
        except OSError:  # the other side has closed the connection
            pass
        finally:
            writer.close()
            self._writers.discard(writer)


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close a connection with a reset, unless it is closed."""
    sock: socket.socket = writer.get_extra_info("socket")
    if sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
