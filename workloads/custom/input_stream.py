"""The bytes of an input: a file or standard input, decompressed where it is compressed, without a byte order mark."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple

from workloads.base import InputError

HEAD = 16  # bytes from which the format is recognised
BUFFER = 2**18  # bytes


class _Compression(NamedTuple):
    """How a compressed input is recognised and read.

    Attributes:
        name: of the format.
        magic: its first bytes.
        readers: what opens a file of it, as "module:class", each in the place of the one before that is missing.
        missing: what to do where there is none.
    """

    name: str
    magic: bytes
    readers: tuple[str, ...]
    missing: str = "this Python was built without it"


COMPRESSIONS = (
    _Compression("gzip", b"\x1f\x8b", ("gzip:GzipFile",)),
    _Compression("bzip2", b"BZh", ("bz2:BZ2File",)),
    _Compression("xz", b"\xfd7zXZ\0", ("lzma:LZMAFile",)),
    _Compression(
        "zstd",
        b"\x28\xb5\x2f\xfd",
        ("compression.zstd:ZstdFile", "backports.zstd:ZstdFile"),
        "before Python 3.14 it is read with pip install 'crossover-ipc[zstd]', or decompressed by zstd -d",
    ),
)
OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive: unpack it",
    b"PAR1": "a Parquet file: convert it to JSON lines",
    b"SQLite format 3\0": "an SQLite database: export it as JSON lines",
    codecs.BOM_UTF32_LE: "UTF-32, not UTF-8: convert it, as with iconv -f UTF-32 -t UTF-8",  # it begins as UTF-16
    codecs.BOM_UTF32_BE: "UTF-32, not UTF-8: convert it, as with iconv -f UTF-32 -t UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16, not UTF-8: convert it, as with iconv -f UTF-16 -t UTF-8",
    codecs.BOM_UTF16_BE: "UTF-16, not UTF-8: convert it, as with iconv -f UTF-16 -t UTF-8",
}


def is_compressed(head: bytes) -> bool:
    """Return whether an input that begins like this is decompressed when it is read."""
    return any(head.startswith(one.magic) for one in COMPRESSIONS)


class InputStream(NamedTuple):
    """An open input.

    Attributes:
        lines: its bytes.
        compression: the name of the format that was decompressed; "" where it was none.
    """

    lines: IO[bytes]
    compression: str


def place(path: str) -> str:
    """Return how an input is called in messages; "-" is standard input."""
    return "standard input" if path == "-" else path


@contextmanager
def opened(path: str, taken: IO[bytes] | None = None) -> Iterator[InputStream]:
    """Open an input, from which the bytes of its text are read.

    Args:
        path: the file; "-" is standard input.
        taken: what is read instead, where it is open already.

    Raises:
        InputError: it is missing, cannot be read, is in another format, damaged, or ends too early.
    """
    compression = ""
    try:
        with _raw(path) if taken is None else nullcontext(taken) as raw:
            stream, head = _with_head(raw)
            if found := next((one for one in COMPRESSIONS if head.startswith(one.magic)), None):
                compression = found.name
                stream, head = _with_head(_decompressed(found, stream, path))
            _refuse_other_formats(head, path)
            if head.startswith(codecs.BOM_UTF8):
                stream.read(len(codecs.BOM_UTF8))
            yield InputStream(stream, compression)
    except InputError:
        raise
    except EOFError:
        raise InputError(f"{place(path)} ends too early: its {compression} data is not complete") from None
    except OSError as error:
        raise InputError(f"input {place(path)} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # zlib.error, LZMAError, ZstdError: they have no name in common
        if not compression or isinstance(error, MemoryError):
            raise
        raise InputError(f"{place(path)} is damaged {compression} data: {error}") from error


@contextmanager
def _raw(path: str) -> Iterator[IO[bytes]]:
    if path != "-":
        with Path(path).open("rb") as file:
            yield file
    elif sys.stdin is None:
        raise InputError("standard input is closed")
    else:
        yield sys.stdin.buffer


def _with_head(raw: IO[bytes]) -> tuple[io.BufferedReader, bytes]:
    """Return a stream of the same bytes, and the first of them; a pipe may pause after its first line."""
    read, head = getattr(raw, "read1", raw.read), b""
    while len(head) < HEAD and b"\n" not in head and (more := read(HEAD - len(head))):
        head += more
    return io.BufferedReader(_Rejoined(head, raw), BUFFER), head


def _decompressed(compression: _Compression, stream: IO[bytes], path: str) -> IO[bytes]:
    for reader in compression.readers:
        module, _, name = reader.partition(":")
        try:
            found: Any = getattr(import_module(module), name)
        except ImportError:
            continue
        opened: IO[bytes] = found(fileobj=stream) if compression.name == "gzip" else found(stream)
        return opened
    raise InputError(f"{place(path)} is {compression.name}, which cannot be read here: {compression.missing}")


def _refuse_other_formats(head: bytes, path: str) -> None:
    what = next((what for magic, what in OTHER_FORMATS.items() if head.startswith(magic)), "")
    if not what and b"\0" in head:
        what = f"binary, or {_encoding(head)}, not UTF-8: convert text, as with iconv -f {_encoding(head)} -t UTF-8"
    if what:
        raise InputError(f"{place(path)}, line 1: {what}")


def _encoding(head: bytes) -> str:
    """Return which encoding puts zeros where they are before or after a first character of ASCII."""
    order = "BE" if not head[0] else "LE"
    return f"UTF-32{order}" if b"\0\0\0" in head[:4] else f"UTF-16{order}"


class _Rejoined(io.RawIOBase):
    """A stream of which the first bytes have been read already, from the first byte on.

    Args:
        head: these bytes.
        rest: what follows.
    """

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is."""
        if self._head:
            taken, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
            buffer[: len(taken)] = taken
            return len(taken)
        return self._rest.readinto1(buffer) if hasattr(self._rest, "readinto1") else self._rest.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
