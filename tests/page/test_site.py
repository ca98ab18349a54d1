"""`make docs` in a real browser: the site works from files, and asks no other host for anything."""

import importlib.util
import shutil
import subprocess
import sys

import pytest
from check_site import problems
from output_blocks import ROOT
from skips import need


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The documents, built elsewhere."""
    need(None if importlib.util.find_spec("zensical") else "zensical is not installed: it comes with the extra docs")
    folder = tmp_path_factory.mktemp("documents")
    shutil.copy(ROOT / "zensical.toml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    build(folder)
    return folder / "site"


def build(folder):
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def opened(chromium, path):
    """A page of the site from a file, and every address that the browser asked for."""
    page, asked = chromium.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, asked


def test_no_link_is_dead_and_nothing_is_requested_from_elsewhere(site):
    assert not list(problems(site))
    assert len(list(site.rglob("*.html"))) > 30


def test_a_browser_asks_no_other_host(chromium, site):
    for name in ("index.html", "architecture.html", "guides/compare.html", "decisions/index.html"):
        page, asked = opened(chromium, site / name)
        page.wait_for_load_state("networkidle")
        assert page.locator("h1").count() == 1
        assert asked
        assert all(url.startswith(("file:", "data:", "blob:", "about:")) for url in asked), asked
        page.close()


def test_pictures_are_shown(chromium, site):
    page, _ = opened(chromium, site / "architecture.html")
    widths = page.eval_on_selector_all("article img", "images => images.map(image => image.naturalWidth)")
    assert len(widths) == 2
    assert all(widths)
    page.close()


def test_the_search_works_without_a_server(chromium, site):
    page, asked = opened(chromium, site / "index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("quorum queue")
    page.get_by_text("A new quorum queue").first.wait_for(timeout=20_000)
    assert all(url.startswith(("file:", "data:", "blob:", "about:")) for url in asked), asked
    page.close()


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('<img src="https://example.org/a.png">', "would request https://example.org/a.png"),
        ('<link rel="stylesheet" href="//example.org/a.css">', "would request //example.org/a.css"),
        ('<p style="background: url(https://example.org/a.png)">', "would request https://example.org/a.png"),
        ("<style>@import 'https://example.org/a.css'</style>", "would request https://example.org/a.css"),
        ('<a href="nowhere.html">there</a>', "nowhere.html: there is no such file"),
        ('<a href="#nowhere">there</a>', "#nowhere: there is no such anchor"),
        ('<img src="nowhere.svg">', "nowhere.svg: there is no such file"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, planted, found):
    (tmp_path / "index.html").write_text(f"<h1 id='top'>x</h1><a href='#top'>up</a>{planted}")
    (problem,) = problems(tmp_path)
    assert found in problem


def test_a_link_that_a_reader_may_click_is_free(tmp_path):
    (tmp_path / "index.html").write_text("<a href='https://example.org'>there</a> <a href='mailto:a@b'>mail</a>")
    assert not list(problems(tmp_path))


def test_a_dead_link_in_a_document_fails_the_build(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Top\n\n[there](nowhere.md)\n")
    (tmp_path / "zensical.toml").write_text('[project]\nsite_name = "x"\n')
    need(None if importlib.util.find_spec("zensical") else "zensical is not installed: it comes with the extra docs")
    with pytest.raises(AssertionError, match="page does not exist"):
        build(tmp_path)
