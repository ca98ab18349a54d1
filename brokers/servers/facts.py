"""What a server says of itself when it is asked before the first run, and what follows for those who would use it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crossover.contract.errors import UnusableError
from crossover.contract.traits import RunRequest


class ServerFacts:
    """What a server has said of itself. It is asked once per command; each transport is judged by the same answer.

    Attributes:
        description: version and important settings, in words.

    Args:
        description: as above.
    """

    def __init__(self, description: str) -> None:
        self.description = description

    def why_not(self, name: str, request: RunRequest) -> str | None:
        """Return why the server cannot be used as requested, or None where it can.

        Args:
            name: of the transport or shared state that would use it.
            request: at which level (None: at any), and with how many workers (0: not known yet).
        """
        return None

    def warnings(self, name: str, request: RunRequest) -> Sequence[str]:
        """Return what the user should know before it is used as requested, in sentences; arguments as for `why_not`."""
        return ()


def asked(name: str, url: str, ask: Callable[[str], ServerFacts], request: RunRequest) -> ServerFacts:
    """Return what a server has said, which is asked only once per command.

    Args:
        name: of its kind.
        url: of the server.
        ask: asks it.
        request: remembers the answer.

    Raises:
        UnusableError: there is no server, or nothing can use it.
    """
    answers = {} if request.answers is None else request.answers
    if (name, url) not in answers:
        try:
            answers[name, url] = ask(url)
        except UnusableError as error:
            answers[name, url] = error
    answer: ServerFacts | UnusableError = answers[name, url]
    if isinstance(answer, UnusableError):
        raise answer
    return answer
