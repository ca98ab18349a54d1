"""What a person sees at a real terminal while it runs, and what is left of it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading

import pytest
from screen import Screen
from waiting import PATIENCE, eventually

COMMAND = [sys.executable, "-m", "crossover.cli.main"]
LONG = ["-W", "sleep", "-n", "2000", "-r", "3"]


class Session:
    """A command at a terminal of its own."""

    def __init__(self, words, folder, environment, columns, lines):
        self._ours, theirs = pty.openpty()
        self.resize(columns, lines)
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            cwd=folder,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - so that Ctrl-C reaches it
        )
        os.close(theirs)
        self._written = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        try:
            while some := os.read(self._ours, 65536):
                self._written += some
        except OSError:  # the other end is closed
            pass

    def resize(self, columns, lines):
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, characters):
        os.write(self._ours, characters)

    @property
    def written(self):
        return self._written.decode(errors="replace")

    def shows(self, pattern):
        """Wait until something stands on the screen."""
        found = eventually(lambda: re.search(pattern, self.written) or self.process.poll() is not None)
        return found and re.search(pattern, self.written) is not None

    def ended(self):
        """Wait for the end; return the status and the screen."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status, Screen(self.written)

    def close(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        os.close(self._ours)


@pytest.fixture
def terminal(tmp_path, environment):
    begun = []

    def begin(*words, columns=80, lines=24, **variables):
        begun.append(Session(words, tmp_path, {**environment, "TERM": "xterm-256color", **variables}, columns, lines))
        return begun[-1]

    yield begin
    for session in begun:
        session.close()


@pytest.mark.long
def test_it_shows_what_runs_how_fast_how_much_is_left_and_how_long(terminal):
    session = terminal("compare", "serial", "queue", *LONG)
    assert session.shows(r"▸ \S*queue")
    assert session.shows(r"round 1 of 3")
    assert session.shows(r"measuring: [\d,]+ of 2,000 tasks, [\d,.]+ tasks/s so far")
    assert session.shows(r"\d of \d+ done \(1 of \d+ runs, \d of \d probes\), \d+ left")
    assert session.shows(r"elapsed \d+ s, about \d+ s left")


@pytest.mark.long
def test_in_the_end_there_is_the_report_and_nothing_else(terminal):
    status, screen = terminal("compare", "serial", "queue", "-W", "noop", "-n", "200", "-r", "1").ended()
    assert status == 0
    assert screen.lines[0].startswith("noop: ")
    assert "▸" not in "\n".join(screen.lines)
    assert screen.cursor_is_visible


@pytest.mark.long
def test_ctrl_c_leaves_the_report_and_a_cursor(terminal):
    session = terminal("compare", "queue", "pipe", *LONG)
    assert session.shows(r"2 of \d+ done")
    session.type(b"\x03")
    status, screen = session.ended()
    assert status == 130
    text = "\n".join(screen.lines)
    assert "interrupted; " in text
    assert "2,000 tasks" in text
    assert "elapsed" not in text
    assert "Traceback" not in text
    assert screen.cursor_is_visible


@pytest.mark.long
@pytest.mark.parametrize(("columns", "lines"), [(40, 24), (160, 50), (20, 4)])
def test_any_terminal_will_do_and_it_may_change(terminal, columns, lines):
    session = terminal("compare", "serial", "threads", "-W", "sleep", "-n", "500", "-r", "2")
    assert session.shows("▸")
    session.resize(columns, lines)
    status, screen = session.ended()
    assert status == 0
    assert "Traceback" not in "\n".join(screen.lines)


@pytest.mark.long
def test_a_run_that_broke_is_said_while_the_others_run(terminal, mine):
    words = mine("import os, time\ndef run(item):\n if item == 3: os.kill(os.getpid(), 9)\n time.sleep(0.01)")
    session = terminal("compare", "queue", "pipe", *words, "-r", "2")
    assert session.shows(r"! queue, round 1: a process died: worker \d+")
    status, screen = session.ended()
    assert status == 1
    assert "round 1: a process died: worker" in " ".join(screen.lines)


@pytest.mark.long
def test_safety_shows_all_cells_that_run(terminal):
    session = terminal("safety", "queue", "--fault", "kill-worker-busy", "-n", "100")
    assert session.shows("1 of 3: self-test of the checker")
    assert session.shows("2 of 3: the matrix")
    assert session.shows(r"▸ \S*queue default none.*since [\d:]+(\s|\S)*▸ \S*queue default kill-worker-busy")
    assert session.shows("3 of 3: throughput of each level")
    status, screen = session.ended()
    assert status == 0
    assert "▸" not in "\n".join(screen.lines)


@pytest.mark.long
def test_share_shows_updates(terminal):
    session = terminal("share", "value", "value-lock", "-r", "2")
    assert session.shows("updates/s, median")
    assert session.shows(r"3 of 4 runs done, 1 left")
    assert session.ended()[0] == 0


@pytest.mark.long
def test_scale_has_a_row_for_each_number_of_workers(terminal):
    session = terminal("scale", "queue", "-w", "1,2", "-r", "1")
    assert session.shows(r"queue, 1 worker .* 1 of 1")
    assert session.shows(r"▸ \S*queue, 2 workers")
    assert session.ended()[0] == 0


@pytest.mark.long
def test_no_colour_where_none_is_wanted(terminal):
    session = terminal("compare", "serial", "-W", "noop", "-n", "200", "-r", "1", NO_COLOR="1")
    assert session.ended()[0] == 0
    assert "▸" in session.written
    assert not re.search(r"\x1b\[[\d;]*3\dm", session.written)


@pytest.mark.long
@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}], ids=["dumb", "ascii"])
def test_a_terminal_that_cannot_draw_gets_lines(terminal, variables):
    session = terminal("compare", "serial", "-W", "noop", "-n", "200", "-r", "1", **variables)
    assert session.shows(r"\[1/2\] round 1 serial: ")
    assert "\x1b[?25l" not in session.written


@pytest.mark.long
def test_quiet_draws_nothing(terminal):
    session = terminal("compare", "serial", "-W", "noop", "-n", "200", "-r", "1", "-q")
    assert session.ended()[0] == 0
    assert "elapsed" not in session.written


@pytest.mark.long
def test_without_a_terminal_there_are_lines_even_in_colour(crossover):
    ended = crossover("compare", "serial", "-W", "noop", "-n", "200", "-r", "1", FORCE_COLOR="1")
    assert "[1/2] round 1 serial: " in ended.stderr
    assert "\x1b[?25l" not in ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["told", "quiet"])
def test_standard_error_need_not_be_read(tmp_path, environment, quiet):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [*COMMAND, "compare", "serial", "threads", "-W", "noop", "-n", "200", "-r", "2", *quiet],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=writing,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writing)
    assert ended.returncode == 0
    assert "threads" in ended.stdout
