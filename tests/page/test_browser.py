"""The page in a real browser: it needs nothing but itself, and everybody can read it."""

from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from sample_results import KINDS, compared, everything, judged, slower, struck

REPORTS = Path(__file__).parents[2] / "reports"
PHONE = 360  # pixels
EMPTY = "chart => !chart.querySelector('svg') || chart.querySelectorAll('svg path, svg text').length < 5"


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_from_a_file_asks_for_nothing_and_draws_every_chart(opened, kind):
    found = opened(KINDS[kind]())
    assert not [address for address in found.requests if not address.startswith("file:")]
    assert len(found.requests) == 1
    assert not found.errors
    charts = found.page.locator("[data-spec]")
    assert charts.count() > 0 or kind == "job"  # its tables say it all
    assert not found.page.evaluate(f"[...document.querySelectorAll('[data-spec]')].filter({EMPTY}).length")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_the_accessibility_checks(opened, scheme):
    results = everything()
    page = opened(*results, compared(), changes=[slower(results[0], 0.2, new=str(len(results)))], scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    serious = {one["id"]: [node["target"] for node in one["nodes"]] for one in found if one["impact"] != "minor"}
    assert not serious
    page.screenshot(path=_report(f"page-{scheme}.png"), full_page=True)


@pytest.mark.parametrize("kind", KINDS)
def test_it_fits_a_phone(opened, kind):
    page = opened(KINDS[kind](), width=PHONE).page
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert max(page.evaluate(RIGHTMOST), default=0) <= PHONE
    page.screenshot(path=_report(f"page-phone-{kind}.png"), full_page=True)


def test_long_names_leave_room_on_a_phone(opened):
    long = "celery+rabbitmq://a.long.host:5672/%2F?workers=external"
    page = opened(compared(names=("queue", long)), judged(struck(transport=long, lost=3)), width=PHONE).page
    assert max(page.evaluate(RIGHTMOST)) <= PHONE


RIGHTMOST = """[...document.querySelectorAll('[data-spec] svg, [data-spec] svg text')]
    .map(one => one.getBoundingClientRect().right)"""


def test_a_chart_follows_the_width_of_the_window(opened):
    page = opened(KINDS["compare"]()).page
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.wait_for_function(f"document.querySelector('[data-spec] svg').getBoundingClientRect().width <= {PHONE}")


def test_what_is_pointed_at_is_said_exactly(opened):
    result = KINDS["compare"]()
    said = pointed_at(opened(result).page, ".mark-rect path")
    assert (said["name"], said["tasks/s"]) == ("queue", "40,002")
    assert (said["from"], said["to"]) == ("40,000", "40,004")


def test_a_count_that_is_pointed_at_is_a_count(opened):
    said = pointed_at(opened(judged()).page, ".mark-symbol.role-mark path")
    assert (said["lost"], said["duplicated"], said["accepted"]) == ("7", "0", "400")


def pointed_at(page, mark):
    """Return what is said of the first such mark: name → words."""
    page.locator("[data-spec] svg").first.locator(mark).first.hover()
    tooltip = page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    rows = tooltip.locator("tr").all()
    return {row.locator("td").first.inner_text().rstrip(":"): row.locator("td").last.inner_text() for row in rows}


def test_it_is_dark_where_the_reader_wants_it_dark(opened):
    shades = [opened(KINDS["compare"](), scheme=scheme).page.evaluate(LOOKS) for scheme in ("light", "dark")]
    assert shades[0]["paper"] == "rgb(255, 255, 255)"
    assert shades[1]["paper"] == "rgb(21, 23, 28)"
    assert shades[0]["label"] == shades[0]["ink"] != shades[1]["ink"] == shades[1]["label"]


LOOKS = """() => ({
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.body).color,
    label: getComputedStyle(document.querySelector('.role-axis-label text')).fill,
})"""


def test_it_is_reached_by_the_keyboard_alone(opened):
    page = opened(KINDS["compare"]()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the results"
    summary = page.locator("summary").first
    summary.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.locator("details table").first.is_visible()


def test_headings_go_down_one_step_at_a_time(opened):
    levels = opened(*everything()).page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_paper_has_all_tables_and_black_ink(opened):
    page = opened(KINDS["compare"](), scheme="dark").page
    page.pdf(path=_report("page.pdf"))
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(LOOKS)["paper"] == "rgb(255, 255, 255)"
    assert page.evaluate(LOOKS)["label"] == "rgb(0, 0, 0)"
    assert all(table.is_visible() for table in page.locator("table").all())


def _report(name):
    REPORTS.mkdir(exist_ok=True)
    return str(REPORTS / name)
