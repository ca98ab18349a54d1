"""What a job may read: each kind of input, in the words of the command line."""

import gzip

import pytest

pytestmark = pytest.mark.usefixtures("functions")
RUN = ("run", "mine:same", "serial", "-o", "out.jsonl")


@pytest.mark.parametrize(
    ("name", "content", "options", "values"),
    [
        ("in.jsonl", b'1\n\n"x"', (), {1: 1, 3: "x"}),
        ("in.jsonl.gz", gzip.compress(b'1\n"x"', mtime=0), (), {1: 1, 2: "x"}),
        ("in.txt", b"1\r\n\n", ("--lines",), {1: "1", 2: ""}),
        ("in.csv", b'a,b\n1,"2\n3"\n', (), {1: {"a": "1", "b": "2\n3"}}),
        ("in.dat", b"a,b\n1,2\n", ("--rows",), {1: {"a": "1", "b": "2"}}),
    ],
)
def test_a_file_is_read_as_its_name_or_an_option_says(in_process, tmp_path, outcome, name, content, options, values):
    (tmp_path / name).write_bytes(content)
    ended = in_process(*RUN, "-i", name, *options)
    assert ended.returncode == 0, ended.stderr
    assert outcome() == values


def test_the_files_of_a_folder_are_given_by_their_paths(in_process, folder, outcome):
    (folder / "below").mkdir()
    (folder / "below" / "x.txt").touch()
    assert in_process(*RUN, "-i", "folder", "--glob", "[3x].*").returncode == 0
    assert outcome() == {1: "folder/3.txt", 2: "folder/below/x.txt"}


def test_an_empty_file_is_done_at_once_and_that_is_said(in_process, tmp_path, outcome):
    (tmp_path / "in.jsonl").touch()
    ended = in_process(*RUN, "-i", "in.jsonl")
    assert ended.returncode == 0
    assert "in.jsonl has no lines: there is nothing to do" in ended.stderr
    assert outcome() == {}


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "pool", "redis-list"])
def test_a_function_that_reads_standard_input_does_not_take_it_from_the_job(crossover, outcome, transport):
    ended = crossover("run", "mine:read_input", transport, "-i", "-", "-o", "out.jsonl", input="1\n2\n3\n")
    assert ended.returncode == 0, ended.stderr
    assert outcome() == {1: ["", ""], 2: ["", ""], 3: ["", ""]}


PAUSES = """
    write() { for n in 1 2 3; do echo $n; until [ "$(wc -l 2>&- < out.jsonl)" = $n ]; do sleep 0.1; done; done; }
    write 2>&- | timeout 60 $crossover run mine:same serial -i - -o out.jsonl
"""


@pytest.mark.long
def test_lines_of_a_pipe_are_done_while_it_pauses(shell):
    ended = shell(PAUSES)
    assert ended.returncode == 0, ended.stderr


def test_a_built_in_workload_can_be_run(in_process, tmp_path, outcome):
    (tmp_path / "in.jsonl").write_text("0\n0.001\n")
    assert in_process("run", "sleep", "serial", "-i", "in.jsonl", "-o", "out.jsonl").returncode == 0
    assert outcome() == {1: 0, 2: 0.001}


def test_a_line_that_is_no_json_ends_the_job_when_the_others_are_done(in_process, tmp_path, outcome):
    (tmp_path / "in.jsonl").write_text("1\nplain\n3\nalso plain\n")
    ended = in_process(*RUN, "-i", "in.jsonl")
    assert ended.returncode == 2
    assert "in.jsonl, line 2 is no JSON value (Expecting value, column 1): mend it, or pass over such" in ended.stderr
    assert "Not finished (the input cannot be read)." in ended.stdout
    assert outcome()[1] == 1
    ended = in_process(*RUN, "-i", "in.jsonl", "--skip-bad")
    assert ended.returncode == 0, ended.stderr
    assert outcome() == {1: 1, 3: 3}


@pytest.mark.parametrize(
    ("happen", "change"),
    [
        ("Path('in.jsonl').write_text('1\\n2\\n3\\n4\\n')", "in.jsonl has grown from 6 to 8 bytes"),
        ("os.truncate('in.jsonl', 2)", "in.jsonl was cut from 6 to 2 bytes"),
        ("Path('new').write_text('7\\n'); os.replace('new', 'in.jsonl')", "in.jsonl was replaced by another file"),
    ],
)
def test_an_input_that_changes_meanwhile_is_noticed_and_what_was_written_stays(
    in_process, functions, tmp_path, outcome, happen, change
):
    functions(f"""
        import os
        from pathlib import Path

        def same(item):
            if item == 1:
                {happen}
            return item
    """)
    (tmp_path / "in.jsonl").write_text("1\n2\n3\n")
    ended = in_process(*RUN, "-i", "in.jsonl")
    assert ended.returncode == 2
    assert f"{change} while it was read: what was written stays" in ended.stderr
    assert {1: 1, 2: 2, 3: 3}.items() <= outcome().items()
    again = in_process(*RUN, "-i", "in.jsonl")
    assert again.returncode == 2
    assert "out.jsonl is of another job: its input" in again.stderr


def test_a_folder_that_gets_another_file_meanwhile_is_noticed(in_process, functions, folder):
    functions("""
        from pathlib import Path

        def same(path):
            Path("folder/new.txt").touch()
    """)
    ended = in_process(*RUN, "-i", "folder")
    assert ended.returncode == 2
    assert "folder has other files (5 before, 6 now) while it was read" in ended.stderr
