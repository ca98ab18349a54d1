"""Results of jobs, with everything in them that a report can show."""

from sample_records import HOST

from crossover.results.job import JobError, JobPlan, JobResult, JobRun, JobTimes

TIMES = JobTimes(function=18.0, reading=0.5, sending=0.25, waiting=8.0, pausing=0.5, writing=0.5, syncing=0.25)


def job_run(**changes):
    facts = {
        "transport": "pool",
        "safety": "default",
        "workers": 2,
        "tasks": 1000,
        "seconds": 10.0,
        "start_seconds": 0.5,
        "throughput": 100.0,
        "done": 1000,
        "failed": 0,
        "retried": 0,
        "resumed": 0,
        "skipped": 0,
        "blank": 0,
        "deaths": 0,
        "times": TIMES,
        "cpu_seconds": {"function": 12.0, "command": 1.0},
        "peak_rss_bytes": 2**25,
        "lines_of": {"host 11": 600, "host 12": 400},
        "ending": "finished",
    }
    return JobRun(**facts | changes)


def job_result(*runs, command=("run", "mine:run", "pool", "-i", "in.jsonl", "-o", "out.jsonl"), **changes):
    plan = JobPlan(
        **{
            "command": list(command),
            "function": "mine:run",
            "transport": "pool",
            "safety": "default",
            "workers": 2,
            "input": "in.jsonl",
            "form": "JSON",
            "output": "out.jsonl",
        }
        | changes
    )
    return JobResult(
        tool="crossover", started_at="2025-01-01T00:00:00+00:00", host=HOST, plan=plan, runs=list(runs or [job_run()])
    )


def troubled():
    errors = [JobError("ValueError", 20, 3, "ValueError: no 3"), JobError("KeyError", 1, 7, "KeyError: 7")]
    many = {f"host {number}": 50 - number for number in range(20)}
    run = job_run(
        done=979, failed=21, retried=5, resumed=40, skipped=1, blank=2, deaths=1, errors=errors, lines_of=many
    )
    return job_result(run, failures="bad.jsonl")
