"""What is true of memcached as a server."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import quote

from pymemcache.exceptions import MemcacheError

from brokers.memcached.client import SCHEMES, SETTINGS, connect
from brokers.servers.kind import ServerKind
from brokers.servers.launch import LaunchSpec
from crossover.contract.errors import UnusableError
from crossover.contract.safety import Safety
from crossover.contract.text import readable
from crossover.recording.temporary import fits_socket

SOCKET = "memcached.sock"


class MemcachedKind(ServerKind):
    """memcached."""

    name = "memcached"
    title = "memcached"
    schemes = SCHEMES
    variable = "CROSSOVER_MEMCACHED_URL"
    package = "memcached"
    library = "pymemcache"
    client_settings = SETTINGS
    expires = True
    compose_url = "memcached://{address}"

    def program(self) -> str | None:
        """Return the path of memcached."""
        return shutil.which("memcached")

    def fits(self, directory: Path) -> bool:
        """Return whether its socket can lie there, and a URL can name it."""
        path = directory / SOCKET
        return fits_socket(path) and str(path).isprintable()

    def launch_spec(self, directory: Path, safety: Safety) -> LaunchSpec:
        """Return how to launch one on a Unix socket. It has no passwords; only this user can enter the directory."""
        path = str(directory / SOCKET)
        command = [self.program() or "memcached", "-s", path, "-a", "0600"]
        # root's memcached would become the user `nobody`, who cannot enter the directory, and would outlive the warden
        user = ["-u", "root"] if os.getuid() == 0 else []
        return LaunchSpec(commands=[command + user], url=f"unix://{quote(path)}", listens=path)

    def inspect(self, url: str) -> str:
        """Return version and memory limit."""
        if problem := self.url_problem(url):
            raise UnusableError(problem)
        where = self.host_and_port(url)
        client = connect(url)
        try:
            settings = client.stats("settings")
            version = client.version().decode()
        except TimeoutError as error:
            raise UnusableError(f"what listens at {where} does not answer like memcached") from error
        except OSError as error:
            raise UnusableError(f"no memcached at {where}: {(error.strerror or str(error)).lower()}") from error
        except (MemcacheError, ValueError, IndexError) as error:
            if "unauthenticated" in str(error):
                wants = "wants a user and a password (-Y), which this client cannot send"
                raise UnusableError(f"memcached at {where} {wants}") from error
            raise UnusableError(f"what listens at {where} is not memcached: {readable(str(error))[:60]}") from error
        finally:
            client.close()
        limit, evicts = int(settings.get(b"maxbytes", 0)), settings.get(b"evictions") in {b"on", True}
        return f"memcached {version}, {limit // 2**20} MiB, {'evicts' if evicts else 'refuses'} when full"

    def why_not_filled(self, *, private: bool) -> str | None:
        """Return why it cannot be filled: it evicts."""
        return "memcached cannot be filled: it evicts old items"
