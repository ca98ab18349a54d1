"""A way to RabbitMQ on which certain answers of the server are lost: everything else passes."""

import socket
import struct
from contextlib import closing, suppress
from threading import Thread

METHOD = 1  # a type of frame
CONSUME_OK, DECLARE_OK = (60, 21), (50, 11)  # class and method


class AmqpProxy:
    """Passes frames on, from threads that end with their connections.

    Attributes:
        port: where it listens, on 127.0.0.1.
        let_pass: answers to a method that pass on each connection; the further ones are lost.
    """

    def __init__(self, port, let_pass, answer=CONSUME_OK):
        self.let_pass, self._answer = let_pass, answer
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Accept no further connections."""
        self._listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                Thread(target=_copy, args=(client, server), daemon=True).start()
                Thread(target=self._filter, args=(server, client), daemon=True).start()

    def _filter(self, server, client):
        answered = 0
        with closing(server), closing(client), suppress(OSError), server.makefile("rb") as frames:
            while head := frames.read(7):
                kind, _, size = struct.unpack(">BHI", head)
                body = frames.read(size + 1)
                if kind == METHOD and struct.unpack(">HH", body[:4]) == self._answer:
                    answered += 1
                    if answered > self.let_pass:
                        continue
                client.sendall(head + body)


def _copy(client, server):
    with suppress(OSError):
        while data := client.recv(2**16):
            server.sendall(data)
    with suppress(OSError):
        server.shutdown(socket.SHUT_WR)
