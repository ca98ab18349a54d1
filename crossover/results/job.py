"""What `crossover run` has done: how many lines, how fast, where the time went, what failed."""

from __future__ import annotations

from msgspec import field

from crossover.results.records import JOB, KIND, SCHEMA_VERSION, Host, Record, Skipped


class JobPlan(Record):
    """What was to be done.

    Attributes:
        form: what each line of the input is.
        failures: the file of lines that were given up; None: they were counted only.
        servers: label of the transport → server address, where we did not start it.
    """

    command: list[str]
    function: str
    transport: str
    safety: str
    workers: int
    input: str
    form: str
    output: str
    failures: str | None = None
    servers: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """Labels of what was measured."""
        return [self.transport]


class JobError(Record):
    """Lines that were given up for one kind of error.

    Attributes:
        kind: name of its class, or why there was no value.
        lines: how many.
        first_line: number of the first one.
        first_error: its error, in a few words.
    """

    kind: str
    lines: int
    first_line: int
    first_error: str


class JobTimes(Record):
    """Where the time went, in seconds.

    Attributes:
        function: that workers were in the function, all together; reading and writing JSON included.
        reading: that the command read the input.
        sending: that it gave lines to workers.
        waiting: that it waited for workers.
        pausing: that it waited though no line was with a worker: for retries, or for the rate.
        writing: that it wrote the output.
        syncing: that it had the output on the disk.
    """

    function: float
    reading: float
    sending: float
    waiting: float
    pausing: float
    writing: float
    syncing: float


class JobRun(Record):
    """What one command has done of a job.

    Attributes:
        tasks: lines that it has done or given up.
        seconds: from the first line on.
        start_seconds: before that: the input and the output were looked at, and workers started.
        throughput: tasks per second, of `seconds`.
        done: lines whose value is in the output.
        failed: lines that were given up.
        retried: attempts after the first one.
        resumed: lines that were done before.
        failed_before: lines that other commands have given up, and that it has not done.
        skipped: lines that could not be read, and were passed over.
        blank: lines with nothing in them.
        deaths: workers that have ended, or were killed, inside a line.
        lines_of: worker → lines that it has done.
        cpu_seconds: role → CPU time; of workers, in the function only.
        peak_rss_bytes: of the command.
        errors: of lines that were given up, by kind; the most frequent first.
    """

    transport: str
    safety: str
    workers: int
    tasks: int
    seconds: float
    start_seconds: float
    throughput: float
    done: int
    failed: int
    retried: int
    resumed: int
    skipped: int
    blank: int
    deaths: int
    times: JobTimes
    cpu_seconds: dict[str, float]
    peak_rss_bytes: int
    lines_of: dict[str, int]
    ending: str  # an End
    errors: list[JobError] = field(default_factory=list)
    failed_before: int = 0


class JobResult(Record, kw_only=True, tag_field=KIND, tag=JOB):
    """What one invocation of `run` has done; `runs` has one entry."""

    schema_version: int = SCHEMA_VERSION
    tool: str
    started_at: str
    host: Host
    plan: JobPlan
    runs: list[JobRun] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)  # none: what cannot be used is an error
