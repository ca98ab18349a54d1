"""A table in a real browser: it can be copied, says where it scrolls, and its words are explained."""

import csv
import io
import re

import pytest
from sample_results import compared
from sample_results import page as made

PHONE = 390  # pixels
REFUSED = """() => {
    window.copied = "";
    Object.defineProperty(navigator, 'clipboard', {value: undefined});
    document.execCommand = () => { window.copied = document.activeElement.value; return %s; };
}"""


@pytest.fixture(scope="module")
def shown(chromium, tmp_path_factory):
    """One page for all tests of the module, as wide as a phone."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(made([compared()]), encoding="utf-8")
    context = chromium.new_context(viewport={"width": PHONE, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('[data-drawn]').length > 0")
    yield page
    context.close()


def copied(page, form, answer="true"):
    page.evaluate(REFUSED % answer)
    page.get_by_role("button", name=f"Copy as {form}: At a glance").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("window.copied")
    return page.evaluate("window.copied")


def test_a_table_is_copied_as_markdown_by_the_keyboard_alone(shown):
    head, line, *rows = copied(shown, "Markdown").splitlines()
    assert head.startswith("| transport | workers | tasks/s |")
    assert re.fullmatch(r"(\| (---|--:) )+\|", line)
    assert [row.split(" | ")[0] for row in rows] == ["| queue", "| pipe", "| pool"]
    assert shown.get_by_role("status").first.inner_text() == "Copied."


def test_a_table_is_copied_as_csv_with_exact_figures(shown):
    head, first, *_ = csv.reader(io.StringIO(copied(shown, "CSV")))
    assert dict(zip(head, first, strict=True))["tasks/s"] == "40002.0"


def test_what_may_not_be_copied_is_there_to_be_copied(shown):
    copied(shown, "CSV", answer="false")
    assert "press Ctrl+C" in shown.get_by_role("status").first.inner_text()
    area = shown.get_by_role("textbox", name="The table, to be copied")
    assert area.input_value().startswith("transport,workers,tasks/s")
    assert area.evaluate("one => one.selectionEnd - one.selectionStart == one.value.length")


def test_a_table_that_is_wider_than_the_page_says_so_until_there_is_room(shown):
    hint = shown.get_by_text("scroll sideways").first
    assert hint.is_visible()
    assert shown.locator(".wide").first.get_attribute("tabindex") == "0"
    shown.set_viewport_size({"width": 1600, "height": 800})
    hint.wait_for(state="hidden")
    assert shown.locator(".wide").first.get_attribute("tabindex") is None
    shown.set_viewport_size({"width": PHONE, "height": 800})
    hint.wait_for(state="visible")


def test_a_word_is_explained_where_it_is_reached_and_at_the_foot(shown):
    word = shown.locator("th a.term", has_text="vs fastest").first
    word.focus()
    box = shown.locator("#meaning")
    assert "compared with that of the fastest" in box.inner_text()
    foot = shown.locator(f"dd{word.get_attribute('href')}")
    assert foot.inner_text() == box.inner_text()
    assert word.get_attribute("aria-describedby") == foot.get_attribute("id")
    shown.keyboard.press("Escape")
    assert box.is_hidden()
