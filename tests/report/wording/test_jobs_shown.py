"""What a person reads at the end of a job: what failed and what to type next, how fast it was, where the time went."""

import pytest
from msgspec.structs import replace
from sample_jobs import job_result, job_run, troubled
from screen import printed

from crossover.analysis.differences.difference import difference
from crossover.cli.result_files import compare_results
from crossover.report.terminal.render import render
from crossover.results.job import JobError


def shown(result):
    return " ".join(printed(render(result)).split())


def test_the_first_line_says_what_was_done_and_how_fast():
    said = printed(render(job_result())).splitlines()[0]
    assert said == "mine:run over pool, 2 workers: 1,000 lines done in 10 s, 100 tasks/s"


def test_what_failed_comes_first_with_the_first_error_of_each_kind_and_what_to_type_next():
    said = shown(troubled())
    assert said.startswith("21 lines failed. They are in bad.jsonl; to try them again: crossover run mine:run pool")
    assert "-o out.jsonl --retry-failed line 3: ValueError: no 3, and 19 more of this kind" in said
    assert "line 7: KeyError: 7 1 worker ended, or was killed, inside a line" in said


def test_of_many_kinds_of_errors_the_rest_is_counted():
    errors = [JobError(f"Error{number}", 2, number, f"Error{number}: x") for number in range(1, 9)]
    said = shown(job_result(job_run(failed=16, errors=errors)))
    assert "Error5: x" in said
    assert "Error6" not in said
    assert "and 6 of other kinds" in said


def test_without_a_file_of_failures_it_says_how_to_get_one():
    assert "tries it again; --failures FILE keeps it, with" in shown(job_result(job_run(failed=1)))
    assert "tries them again; --failures FILE keeps each of them" in shown(job_result(job_run(failed=2)))


def test_among_bare_values_null_stays_where_a_line_failed_and_nothing_is_advised_that_would_be_refused():
    command = ("run", "mine:run", "pool", "-i", "in.jsonl", "-o", "out.txt", "--values")
    said = shown(job_result(job_run(failed=2), command=command))
    assert "null stands in their places, and stays there; --failures FILE, with another output, keeps each" in said
    assert "tries them again" not in said
    kept = job_run(failed_before=1)
    said = shown(job_result(kept, command=(*command, "--failures", "bad.jsonl"), failures="bad.jsonl"))
    assert "It is in bad.jsonl. With --values, null stands in its place, and stays there" in said
    assert "--retry-failed" not in said


def test_lines_of_an_ordered_output_are_tried_again_without_the_order():
    command = ("run", "mine:run", "pool", "-o", "out.jsonl", "--ordered", "--failures", "bad.jsonl")
    said = shown(job_result(job_run(failed=2), command=command, failures="bad.jsonl"))
    assert "again: crossover run mine:run pool -o out.jsonl --failures bad.jsonl --retry-failed" in said


def test_what_goes_on_is_the_same_command_without_what_would_begin_again():
    command = ("run", "mine:run", "pool", "--force", "-i", "in.jsonl", "-o", "out.jsonl")
    said = shown(job_result(job_run(ending="interrupted"), command=command))
    assert "Interrupted. Go on with: crossover run mine:run pool -i in.jsonl -o out.jsonl mine:run" in said


def test_after_a_halt_nothing_is_to_be_mended():
    said = shown(job_result(job_run(failed=1, ending="halted")))
    assert "Halted. Go on with: crossover run mine:run pool -i in.jsonl -o out.jsonl mine:run" in said
    assert "mended" not in said


def test_each_second_of_workers_and_command_is_accounted_for():
    said = shown(job_result())
    assert "workers: in the function 18 90.0%" in said
    assert "command: waiting for workers 8 80.0%" in said
    assert "CPU time: 12 s in the function and 1 s in the command, 1 ms a line" in said


def test_a_job_that_could_not_begin_says_what_is_to_be_mended_and_no_more():
    said = shown(job_result(job_run(tasks=0, done=0, ending="the transport broke")))
    assert "Not finished (the transport broke). When that is mended, go on with: crossover run mine:run" in said
    assert "seconds" not in said


def test_of_many_workers_the_rest_is_summed_up():
    said = shown(troubled())
    assert "host 6 44" in said
    assert "host 7" not in said
    assert f"13 more {sum(50 - number for number in range(7, 20))}" in said


def test_all_of_it_fits_two_screens_of_80_columns():
    lines = printed(render(troubled())).splitlines()
    assert len(lines) <= 2 * 24
    assert max(map(len, lines)) <= 80


def test_two_jobs_are_compared_by_their_rates():
    slow = job_result(job_run(throughput=50.0))
    found = compare_results(("a", job_result()), ("b", slow), 0.1)
    (case,) = found.changes
    assert (case.unit, case.base, case.new) == ("tasks/s", 100.0, 50.0)


@pytest.mark.parametrize("changes", [{"function": "mine:other"}, {"input": "other.jsonl"}, {"workers": 4}])
def test_jobs_that_are_not_the_same_are_not_compared(changes):
    other = job_result()
    found = difference(job_result(), replace(other, plan=replace(other.plan, **changes)), 0.1)
    assert found.unlike


def test_the_difference_of_two_jobs_asks_for_nothing_that_run_does_not_have():
    said = shown(difference(job_result(), job_result(job_run(throughput=50.0)), 0.1))
    assert "A job is done once, and one time cannot tell a difference from noise" in said
    assert "-r" not in said.split()
    assert "(-r" not in said
