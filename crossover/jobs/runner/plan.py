"""What a job is asked to be."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from crossover.contract.safety import Safety
from crossover.jobs.runner.limits.halt import Halt
from crossover.jobs.runner.limits.time_limit import TaskTimeout
from crossover.jobs.runner.sources.request import InputRequest

AUTO = "auto"  # as the transport: what suits the function
ANY_ERROR = ()


class Rules(NamedTuple):
    """How lines are treated.

    Attributes:
        retries: how often a line that failed is tried again.
        retry_on: names of the classes of errors after which it is; none: any.
        task_timeout: what one line may take.
        skip_bad: whether a line that cannot be read is passed over.
        ordered: whether the output has the order of the input.
        values: whether bare values are written.
        most_in_flight: lines that are given out and not back; 0: as many as keep the workers busy.
        rate: lines per second that may begin; 0: any number.
        halt: when too much has failed.
    """

    retries: int = 0
    retry_on: tuple[str, ...] = ANY_ERROR
    task_timeout: TaskTimeout = TaskTimeout()
    skip_bad: bool = False
    ordered: bool = False
    values: bool = False
    most_in_flight: int = 0
    rate: float = 0.0
    halt: Halt = Halt()


class Job(NamedTuple):
    """What a person asks for.

    Attributes:
        function: as typed.
        transport: as typed.
        input: which input.
        output: path.
        failures: path of the dead letters; None: they are counted only.
        workers: how many; None: one for each usable core.
        safety: the level.
        rules: how lines are treated.
        force: whether an output that is not this job's is replaced.
        retry_failed: whether only the lines in the file of failures are done.
        memory: bytes, with more of which a worker is replaced; None: never.
        nice: what is added to the niceness of workers.
        sample: how many lines, drawn over the whole input, are run first.
    """

    function: str
    transport: str
    input: InputRequest
    output: Path
    failures: Path | None
    workers: int | None
    safety: Safety
    rules: Rules
    force: bool = False
    retry_failed: bool = False
    memory: int | None = None
    nice: int = 0
    sample: int = 0
