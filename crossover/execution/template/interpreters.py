"""Other interpreters that run transports: whether one can, before a template is started under it, and what is in it."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import subprocess
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import crossover
from crossover.contract.errors import UnusableError
from crossover.contract.registry import Address
from crossover.contract.text import readable
from crossover.contract.traits import RunRequest
from crossover.execution.host import host
from crossover.execution.template.forked_call import call
from crossover.results.records import Interpreter
from crossover.workers.processes.exit_words import how_it_ended
from crossover.workers.processes.python_process import environment
from crossover.workers.processes.start_timeout import not_within, start_timeout

DISTRIBUTION = "crossover-ipc"
OLDEST = (3, 11)
PACKAGES = ("brokers", "crossover", "local_ipc", "workloads")
MARK = "crossover found: "
PROBE = f"""
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import json
found = {{"python": sys.version.split()[0], "old": sys.version_info < {OLDEST}}}
if not found["old"]:
    try:
        import crossover
        found["version"], found["file"] = crossover.__version__, crossover.__file__
    except Exception as error:
        found["error"] = "%s: %s" % (type(error).__name__, error)
sys.stdout.write("\\n{MARK}" + json.dumps(found) + "\\n")
"""
"""Any Python, be it too old, can run this."""


def look_at(address: Address, request: RunRequest) -> Interpreter:
    """Return what is in the interpreter that an address names.

    Args:
        address: of a transport, with an interpreter.
        request: what is wanted of the transport; servers are not asked there.

    Raises:
        UnusableError: it cannot run the transport as requested.
    """
    python = address.python
    require_crossover(python)
    question = pickle.dumps((address, request._replace(usable_here=not address.traits.server, answers=None)))
    module = facts_here.__module__
    function = f"{module}:{facts_here.__name__}"
    try:
        found: Interpreter = call(function, python, question, within=start_timeout(), modules=(module,), python=python)
    except EOFError:
        raise UnusableError(f"{python} ended before it could say what is in it") from None
    except TimeoutError:
        raise UnusableError(not_within(f"{python} did not say what is in it")) from None
    return found


def facts_here(python: str, question: bytes) -> Interpreter:
    """Return what is in this interpreter, for a transport; called in a process that runs under it.

    Args:
        python: its path, as in the address.
        question: the address and the request, pickled: a client library that is missing must not prevent the answer.

    Raises:
        UnusableError: it cannot run the transport as requested.
    """
    try:
        address, request = pickle.loads(question)
        for module in address.transport.imports:
            importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UnusableError(f"{python} lacks {(error.name or '').partition('.')[0] or error}") from None
    except Exception as error:  # a library of a version that does not fit may fail in any way
        raise UnusableError(f"{python}: {type(error).__name__}: {error}") from None
    if reason := address.why_not(request):
        raise UnusableError(f"{python}: {reason}")
    here = host()
    return Interpreter(python, here.python, here.gil, here.start_method, here.packages)


@cache
def require_crossover(python: str) -> None:
    """Return if this crossover is installed in an interpreter; it is asked once.

    Args:
        python: its path.

    Raises:
        UnusableError: it cannot be run, is too old, or does not have this crossover.
    """
    found = _probe(python)
    if found["old"]:
        oldest = ".".join(map(str, OLDEST))
        raise UnusableError(f"{python} is Python {found['python']}; crossover needs {oldest} or newer")
    wanted = _installable()
    if "error" in found:
        raise UnusableError(f"{python} lacks crossover ({found['error']}): {python} -m pip install {wanted}")
    if found["version"] != crossover.__version__:
        raise UnusableError(
            f"{python} has crossover {found['version']}, this is {crossover.__version__}: "
            f"{python} -m pip install {wanted}"
        )
    theirs, ours = _root(found["file"]), _root(crossover.__file__)
    if theirs != ours and _digest(theirs) != _digest(ours):
        raise UnusableError(
            f"{python} has other code of crossover {crossover.__version__} (in {theirs}; this is {ours}): "
            "install the same there"
        )


def _probe(python: str) -> dict[str, Any]:
    """Return what an interpreter says of itself.

    Raises:
        UnusableError: it cannot be run, or is no Python.
    """
    if os.path.isdir(python):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        inside = os.path.join(python, "bin", "python")  # noqa: PTH118 - as a text
        meant = f" (did you mean {inside}?)" if os.path.exists(inside) else ""  # noqa: PTH110
        raise UnusableError(f"{python} is a folder, not an interpreter{meant}")
    try:
        done = subprocess.run(
            [python, "-c", PROBE],
            env=environment(python),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=start_timeout(),
            check=False,
        )
    except FileNotFoundError:
        raise UnusableError(f"there is no interpreter {python}") from None
    except PermissionError:
        raise UnusableError(f"{python} is not executable") from None
    except subprocess.TimeoutExpired:
        raise UnusableError(not_within(f"{python} did not say which Python it is")) from None
    except (OSError, ValueError) as error:
        raise UnusableError(f"{python} cannot be run: {getattr(error, 'strerror', None) or error}") from None
    for line in reversed(done.stdout.decode(errors="replace").splitlines()):
        if line.startswith(MARK):
            found: dict[str, Any] = json.loads(line.removeprefix(MARK))
            return found
    said = done.stderr.decode(errors="replace").strip().splitlines()
    repeated = any("sys.path[:] =" in line for line in said)  # of our program: another one took it for an argument
    why = f": {readable(said[-1].strip())}" if said and not repeated else ""
    if done.returncode:
        raise UnusableError(f"{python} does not start as a Python: it {how_it_ended(done.returncode)}{why}")
    raise UnusableError(f"{python} is no Python: it does not run `{python} -c PROGRAM`")


def _installable() -> str:
    """Return what pip can install of this crossover: the checkout that it runs from, else its release."""
    checkout = _root(crossover.__file__)
    return str(checkout) if (checkout / "pyproject.toml").exists() else f"{DISTRIBUTION}=={crossover.__version__}"


def _root(file: str | None) -> Path:
    """Return the folder that contains our packages."""
    return Path(os.path.realpath(file or "")).parents[1]


@cache
def _digest(root: Path) -> bytes:
    """Return the hash of all modules of ours in a folder."""
    content = blake2b()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            content.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return content.digest()
