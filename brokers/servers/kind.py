"""What the rest of the code must know about a kind of server: each kind has one subclass of ServerKind."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from brokers.servers.addresses import urls
from brokers.servers.addresses.urls import Schemes
from brokers.servers.facts import ServerFacts, asked
from brokers.servers.launch import LaunchSpec, version_of
from crossover.contract.errors import UnusableError
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest


class ServerKind(ABC):
    """A kind of server, such as Redis. Instances hold no state: the registry makes one and keeps it.

    Attributes:
        name: as in transports, results and the table of kinds; also the name of the compose service.
        title: as in messages.
        schemes: the URL schemes; the first one applies to a transport's URL, `transport://host:port`.
        variable: the environment variable that holds a server's URL.
        package: the Debian package that contains the server.
        wheel: the distribution on PyPI that contains a server, too; empty: there is none.
        library: the distribution name of the Python client.
        client_settings: what we set in that client; `crossover doctor` prints it.
        on_disk: what a private server writes to disk, for `crossover doctor`.
        expires: whether the server itself removes what a killed run has left.
        compose_url: the URL of the compose service, with `{address}` and, if it needs one, `{password}` to be filled
            in; empty: there is no such service.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    schemes: ClassVar[Schemes]
    variable: ClassVar[str]
    package: ClassVar[str]
    wheel: ClassVar[str] = ""
    library: ClassVar[str]
    client_settings: ClassVar[Mapping[str, Any]]
    on_disk: ClassVar[str] = "nothing on disk"
    expires: ClassVar[bool] = False
    compose_url: ClassVar[str] = ""

    # How a server is addressed

    def named_url(self, server_address: str = "") -> str | None:
        """Return the URL that the user gave: in the transport's URL, else in the environment; else None.

        Args:
            server_address: from the transport's URL; empty: it has none.
        """
        if server_address:
            return f"{next(iter(self.schemes))}://{server_address}"
        return os.environ.get(self.variable) or None

    def url_problem(self, url: str) -> str | None:
        """Return what is wrong with a URL, or None. Never quotes anything that may be part of a password."""
        return urls.problem_in(url, self.schemes, self.name)

    def port(self, url: str) -> int:
        """Return the port of a server; 0 for a Unix socket."""
        return urls.port_in(url, self.schemes)

    def host_and_port(self, url: str) -> str:
        """Return `host:port`, or the path of the socket: what messages may show of a URL."""
        return urls.host_and_port(url, self.schemes)

    def namespace(self, url: str) -> str:
        """Return which part of the server the URL means, in words: a database, a virtual host; empty: all of it."""
        return ""

    # How a private server is found and launched

    @abstractmethod
    def program(self) -> str | None:
        """Return the path of the server's program, or None if it is not installed."""

    def installed_version(self) -> str:
        """Return the version of the installed program; an empty string if it is unknown."""
        program = self.program()
        return version_of(program) if program else ""

    def product(self) -> str:
        """Return what the installed program is, as messages show it."""
        return self.title

    def install_hint(self) -> str | None:
        """Return how to get a server, or None if one is installed."""
        if self.program():
            return None
        ways = [f"pip install {self.wheel}"] if self.wheel else []
        ways = [*ways, f"apt-get install {self.package}"]
        return f"no {self.package} on this machine: {', '.join(ways)}, or set {self.variable}"

    def fits(self, directory: Path) -> bool:
        """Return whether a private server can run in a directory of this name."""
        return True

    @abstractmethod
    def launch_spec(self, directory: Path, safety: Safety) -> LaunchSpec:
        """Return how to launch a private server.

        Args:
            directory: where it runs, and keeps all its files.
            safety: the level; decides what is written to disk.

        Raises:
            OSError: it cannot be launched in this directory.
        """

    def persistence(self, safety: Safety) -> str:
        """Return what a private server writes to disk at a level; levels for which this is the same share a server."""
        return ""

    # How a running server is queried

    @abstractmethod
    def inspect(self, url: str) -> str:
        """Return the version and the important settings of a server, in words.

        Raises:
            UnusableError: there is no server, or it cannot be used.
        """

    def ask(self, url: str) -> ServerFacts:
        """Ask a server of the user's for all that decides who can use it, before the first run, with the user's rights.

        Private servers are not asked. What a server does not say is unknown, and no reason to refuse it.

        Raises:
            UnusableError: there is no server, or nothing can use it.
        """
        return ServerFacts(self.inspect(url))

    def answers(self, url: str) -> bool:
        """Return whether a server can be used already; a server that is loading its data cannot."""
        return urls.accepts_connections(url, self.schemes)

    def why_not(self, name: str, request: RunRequest) -> str | None:
        """Return why no server can be used as requested, or None if one can.

        Args:
            name: of the transport or shared state that would use it.
            request: what is wanted; without `server_address`, of the server of the environment, else of a private one.
        """
        try:
            facts = self.facts(request)
        except UnusableError as error:
            return str(error)
        return facts.why_not(name, request) if facts else self.install_hint()

    def warnings(self, name: str, request: RunRequest) -> Sequence[str]:
        """Return what the user should know of a server that is used as requested; arguments as for `why_not`."""
        try:
            facts = self.facts(request)
        except UnusableError:
            return ()
        return facts.warnings(name, request) if facts else ()

    def facts(self, request: RunRequest) -> ServerFacts | None:
        """Return what the server of the user's has said, which is asked only once; None where a private one is used.

        Raises:
            UnusableError: there is no server, or nothing can use it.
        """
        if (url := self.named_url(request.server_address)) is None:
            return None
        return asked(self.name, url, self.ask, request)

    def why_silent(self, url: str, queue: str) -> str:
        """Return why nothing comes out of a queue any more, in words, as far as a server shows; "" where it does not.

        It is called after a run was found to hang, so it must not wait for long, and raises nothing.

        Args:
            url: of the server.
            queue: the name of the queue, or the key of the list, that workers take tasks from.
        """
        return ""

    # How its memory is filled, and relieved

    def why_not_filled(self, *, private: bool) -> str | None:
        """Return why the memory of a server cannot be filled, or None if it can.

        Args:
            private: whether we launched the server.
        """
        return f"crossover does not know how to fill the memory of {self.title}"

    def fill(self, url: str, environment: Mapping[str, str]) -> str:
        """Leave a server less memory than it uses now. Needed only if `why_not_filled` returns None for some server.

        Args:
            url: of the server.
            environment: that it was launched with; empty if we did not launch it.

        Returns:
            What `relieve` needs.

        Raises:
            BrokenError: the server did not accept the limit.
        """
        raise NotImplementedError

    def relieve(self, url: str, environment: Mapping[str, str], before: str) -> None:
        """Give a server its memory back.

        Args:
            url: of the server.
            environment: that it was launched with; empty if we did not launch it.
            before: what `fill` returned.

        Raises:
            BrokenError: the server did not accept the limit.
        """
        raise NotImplementedError

    # What runs leave behind

    def remove(self, url: str, run: str, names: Sequence[str]) -> str:
        """Remove what a killed run left on a server, and return in words what it was. Needed unless `expires`.

        Args:
            url: of the server.
            run: the name of the run.
            names: of its queues and exchanges; in Redis, what its keys begin with.

        Raises:
            CrossoverError: the server cannot be reached.
        """
        raise NotImplementedError
