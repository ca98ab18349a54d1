"""The output of a job is its journal: what is in it is done, and what was not written as a whole is cut off."""

import pytest

from crossover.contract.errors import UsageError
from crossover.jobs.runner.output import journal as journals
from crossover.jobs.runner.output.journal import Journal

LINES = b"".join(b'{"line": %d, "value": "n\\u00fcll"}\n' % number for number in (3, 1, 200_000))


@pytest.fixture
def opened(tmp_path):
    """Open the journal of a file with some bytes in it; it is closed afterwards."""
    journals = []

    def open_journal(content, **options):
        path = tmp_path / "out.jsonl"
        path.write_bytes(content)
        journals.append(Journal(path, **options))
        return journals[-1]

    yield open_journal
    for journal in journals:
        journal.close()


def numbers(journal, most=200_001):
    return [number for number in range(most) if number in journal.done]


def test_lines_that_are_there_are_done(opened):
    journal = opened(LINES)
    assert numbers(journal) == [1, 3, 200_000]
    assert (journal.done.count, journal.cut) == (3, 0)


@pytest.mark.parametrize(
    "torn", [b'{"line": 7, "val', b'{"line": 7, "value": 1}', b"\0" * 5000, b'\0\0{"line": 7, "value": 1}\n']
)
def test_what_was_not_written_as_a_whole_is_cut_off_and_written_again(opened, torn):
    journal = opened(LINES + torn)
    assert numbers(journal) == [1, 3, 200_000]
    assert journal.cut == len(torn)
    journal.append(b'{"line": 7, "value": 1}\n')
    assert journal.path.read_bytes() == LINES + b'{"line": 7, "value": 1}\n'


def test_every_line_is_found_wherever_blocks_end(opened, monkeypatch):
    monkeypatch.setattr(journals, "BLOCK", 7)
    assert numbers(opened(LINES)) == [1, 3, 200_000]


@pytest.mark.parametrize(
    "foreign", [b"mine\n", b'{"value": 1}\n', b'{"line": 0, "value": 1}\n', b"\n", b'x{"line": 7, "value": 1}\n']
)
def test_a_line_that_is_not_ours_is_refused_and_stays(opened, tmp_path, foreign):
    with pytest.raises(UsageError, match="line 4 was not written by crossover run"):
        opened(LINES + foreign + LINES)
    assert (tmp_path / "out.jsonl").read_bytes() == LINES + foreign + LINES


def test_the_place_of_a_bare_value_is_its_number(opened):
    journal = opened(b'1\nnull\n"a"\n"tor', values=True)
    assert numbers(journal) == [1, 2, 3]
    assert journal.cut == 4
