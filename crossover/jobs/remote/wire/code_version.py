"""The version of the code that makes and runs calls: both sides must have the same."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from crossover import __version__
from crossover.jobs import outcomes

FOLDERS = ("jobs/remote", "jobs/remote/wire", "../brokers/messages")


@cache
def code_version() -> str:
    """Return version and hash of our code that makes and reads messages."""
    content = blake2b(digest_size=4)
    package = Path(outcomes.__file__).parent.parent
    for folder in FOLDERS:
        for file in sorted((package / folder).glob("*.py")):
            content.update(file.read_bytes())
    return f"{__version__}+{content.hexdigest()}"
