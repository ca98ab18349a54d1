"""The pictures in the documents are drawn from results that are kept, and can be drawn again."""

import re
from pathlib import Path

import pytest

from crossover.report.formats.result_reader import read
from crossover.report.page.sections import sections

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")


def pictures():
    for document in DOCUMENTS:
        for words, path in PICTURE.findall(document.read_text(encoding="utf-8")):
            yield pytest.param(words, (document.parent / path).resolve(), id=f"{document.name}: {path}")


@pytest.mark.parametrize(("words", "path"), list(pictures()))
def test_a_picture_is_one_that_a_kept_result_has_and_is_described(words, path):
    assert path.is_file()
    assert len(words) > len("a chart")  # for who cannot see it
    result = read(str(ROOT / "docs" / "results" / f"{path.parent.name}.json"))
    assert path.stem in {chart.name for section in sections(result) for chart in section.charts}


def test_there_are_pictures():
    assert any(str(path.values[1]).endswith("safety-throughput.svg") for path in pictures())
