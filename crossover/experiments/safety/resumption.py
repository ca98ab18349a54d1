"""How an interrupted matrix is found and resumed by the same command."""

from __future__ import annotations

import inspect
from contextlib import suppress
from pathlib import Path

import msgspec

from crossover.contract.text import describe
from crossover.execution.host import host
from crossover.recording.fingerprint import fingerprint
from crossover.recording.storage import state_folder
from crossover.results.safety import SafetyPlan, SafetyResult
from workloads.base import InputError, Workload


def input_digest(workload: Workload, tasks: int) -> str:
    """Return 64 bits, in hexadecimal, of what runs: the file of the function, its name, and all payloads.

    Raises:
        InputError: the payloads cannot be made, or not be pickled.
    """
    code = b""
    with suppress(OSError, TypeError):  # a function that is in no file
        code = Path(inspect.getfile(workload.run)).read_bytes()
    payloads = workload.payloads(tasks)
    try:
        return f"{fingerprint([code, workload.reference, payloads]):016x}"
    except Exception as error:
        raise InputError(f"the payloads of {workload.name} cannot be pickled: {describe(error)}") from None


def unfinished_result(path: Path, plan: SafetyPlan, tool: str) -> SafetyResult | None:
    """Return the unfinished result of the same plan in a file, or None where there is none.

    Args:
        path: the result file.
        plan: what is to be done.
        tool: name and version of this program; another version may measure differently.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=SafetyResult)
    except (OSError, msgspec.MsgspecError):
        return None
    same = msgspec.structs.replace(found.plan, command=plan.command) == plan and found.tool == tool
    if not same or found.finished:
        return None
    return msgspec.structs.replace(found, skipped=[], unmeasured=[], host=host())


def default_path(plan: SafetyPlan, *, only_self_test: bool) -> Path:
    """Return the result file where the user names none: an interrupted matrix must be found again.

    Args:
        plan: each plan has its own file.
        only_self_test: whether nothing but the self-test is done.
    """
    if only_self_test:
        return state_folder() / "self-test.json"
    number = fingerprint(msgspec.json.encode(msgspec.structs.replace(plan, command=[])))
    return state_folder() / f"safety-{number:016x}.json"
