"""A function that changes the folder, or takes it away, takes no result with it."""

import pytest

MOVES = """
    import os
    from pathlib import Path

    scratch = Path(__file__).with_name("scratch")
    scratch.mkdir(exist_ok=True)

    def run(item):
        os.chdir(scratch)
        return item
"""
LEAVES_A_DELETED_ONE = """
    import os
    import tempfile

    def run(item):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
        return item
"""
AT_IMPORT = """
    import os

    os.chdir("/")

    def run(item):
        return os.getcwd()
"""


@pytest.mark.long
@pytest.mark.parametrize("source", [MOVES, LEAVES_A_DELETED_ONE, AT_IMPORT], ids=["moves", "deleted", "at import"])
def test_every_result_lies_where_the_command_was_typed(agree, tmp_path, source):
    agree(source, "serial", "queue", "queue?start=spawn", "--csv", "out.csv", "--markdown", "out.md")
    assert (tmp_path / "out.csv").read_text().count(",run,") == 3
    assert "Throughput" in (tmp_path / "out.md").read_text()
    assert not list(tmp_path.glob("scratch/*"))
