"""Pictures and tables in the documents come from kept results of real runs, and can be made again."""

import re
import struct
from pathlib import Path

import pytest
from architecture_pictures import PICTURES_DRAWN, layers, steps
from measure_results import BENCHMARKS, measurements
from output_blocks import BLOCK, RESULTS, ROOT, TABLE, documents, filled
from terminal_picture import PICTURE, picture

from crossover.report.formats.result_reader import read
from crossover.report.page.sections import sections

IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
NUMBERS = {4: "four", 5: "five", 7: "seven", 10: "ten"}
OTHERS = {"terminal", "page", "architecture"}  # not charts of a result


def pictures():
    for document in documents():
        for words, path in IMAGE.findall(document.read_text(encoding="utf-8")):
            yield pytest.param(words, (document.parent / path).resolve(), id=f"{document.name}: {path}")


@pytest.mark.parametrize(("words", "path"), list(pictures()))
def test_a_picture_exists_is_light_and_is_described(words, path):
    assert path.is_file()
    assert path.stat().st_size < 200_000
    assert len(words) > len("a chart")  # for readers who cannot see it


@pytest.mark.parametrize(("words", "path"), [one for one in pictures() if one.values[1].parent.name not in OTHERS])
def test_a_chart_is_one_of_a_kept_result(words, path):
    result = read(str(ROOT / "docs" / "results" / f"{path.parent.name}.json"))
    assert path.stem in {chart.name for section in sections(result) for chart in section.all_charts}


def test_the_pictures_that_readers_expect_are_there():
    names = {path.values[1].relative_to(ROOT / "docs" / "pictures").as_posix() for path in pictures()}
    assert {"terminal/compare.svg", "page/compare.png", "safety/safety-throughput.svg"} <= names


def test_the_terminal_shows_what_the_command_prints_now():
    assert PICTURE.read_text(encoding="utf-8") == picture(), "make pictures draws it again"


def test_no_picture_refers_to_another_host():
    for path in (ROOT / "docs" / "pictures").rglob("*.svg"):
        assert not re.search(r"""(?:href=|url\(|@import)\s*["']?(?:https?:)?//""", path.read_text(encoding="utf-8")), (
            path
        )


def test_the_page_is_a_picture_of_the_documented_size():
    png = (ROOT / "docs" / "pictures" / "page" / "compare.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (960, 980)


@pytest.mark.parametrize("document", list(documents()), ids=lambda path: path.name)
def test_a_table_is_what_the_command_prints_now(document):
    text = document.read_text(encoding="utf-8")
    assert filled(text) == text, "make pictures fills it again"
    assert len(BLOCK.findall(text)) == text.count("\n<!-- output:")


def test_readme_shows_a_table_of_a_real_run_and_says_how_it_was_measured():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = BLOCK.finditer(text)
    assert "shared-memory" in block["lines"]
    result = read(str(RESULTS / block["result"]))
    words = " ".join(text.split())
    assert f"with {result.host.cores} shared cores (`docs/results/{block['result']}`)" in words
    assert f"the median of {NUMBERS[result.plan.rounds]} interleaved rounds" in words


def test_make_results_measures_every_kept_result_and_table_again():
    kept = {*RESULTS.rglob("*.json"), *(RESULTS / "tables").iterdir()}
    found = measurements([])
    assert set(found) == kept
    for path in kept - set(BENCHMARKS):
        assert found[path][-2:] == ["--json", str(path.relative_to(ROOT))]
    assert list(measurements(["scale"])) == [RESULTS / "scale.json"]
    assert set(measurements(["examples"])) == set((RESULTS / "examples").iterdir())
    with pytest.raises(LookupError, match="none: not in docs/results; there are claims, compare"):
        measurements(["none"])


def test_every_kept_result_and_table_is_shown_in_a_document():
    texts = [document.read_text(encoding="utf-8") for document in documents()]
    shown = {block["result"] for text in texts for block in BLOCK.finditer(text)}
    shown |= {block["table"] for text in texts for block in TABLE.finditer(text)}
    assert {Path(name).name for name in shown} == {path.name for path in measurements([])}


@pytest.mark.parametrize("path", list(PICTURES_DRAWN), ids=lambda path: path.name)
def test_the_architecture_is_drawn_as_it_is(path):
    assert path.read_text(encoding="utf-8") == PICTURES_DRAWN[path](), "make pictures draws it again"


def test_the_walk_through_the_code_names_twelve_modules_at_most_and_each_exists():
    way = steps()
    assert [step.number for step in way] == list(range(1, len(way) + 1))
    assert 6 <= len(way) <= 12
    for step in way:
        assert Path(ROOT, *step.module.split(".")).with_suffix(".py").is_file(), step.module


def test_the_walk_goes_through_command_template_producer_worker_and_back():
    way = [step.process for step in steps()]
    turns = [process for position, process in enumerate(way) if position == 0 or process != way[position - 1]]
    assert turns == ["command", "template", "producer", "worker", "producer", "command"]


def test_every_layer_is_a_package():
    for package in (package for packages in layers() for package in packages):
        assert Path(ROOT, *package.split(".")).is_dir(), package
