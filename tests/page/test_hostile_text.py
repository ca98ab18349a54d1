"""What comes from others is shown and never run."""

import json

from msgspec.structs import replace
from sample_claims import claim_run, claims_result
from sample_results import compared, judged, page, shared, struck

from crossover.results.claims import SkippedClaim
from crossover.results.records import Skipped

EVIL = "</script><script>window.ran=1</script><img src=x onerror=window.ran=1>"
QUOTED = '" onmouseover="window.ran=1" x=\''


def spoiled():
    result = compared(names=("queue", f"pipe{EVIL}", f"pool{QUOTED}"))
    result.plan.command = ["compare", EVIL, QUOTED]
    result.plan.workload = f"mine:{EVIL}"
    result.skipped = [Skipped(EVIL, QUOTED)]
    result.host = replace(result.host, packages={EVIL: QUOTED}, brokers={EVIL: EVIL})  # others have the same host
    for run in result.runs:
        run.reasons = {EVIL: 3, QUOTED: 2}
        run.ending = f"the transport broke: {EVIL}"
    for one in result.summary:
        one.warnings = [EVIL]
        one.group = f"{one.group}{EVIL}"
    return result


def test_nothing_that_came_from_others_runs(opened):
    cell = struck(transport=f"redis{EVIL}", error=EVIL, differs=QUOTED, settings=EVIL, lost=3)
    broken = shared()
    broken.summary[0].made_safe_by = EVIL
    broken.runs[0].reasons = {EVIL: 1}
    found = opened(spoiled(), judged(cell), broken)
    assert found.page.evaluate("window.ran") is None
    assert found.page.locator("img").count() == 0
    assert found.page.locator("[onmouseover], [onerror]").count() == 0
    assert not found.errors
    assert EVIL in found.page.locator("body").inner_text()


def test_nothing_that_came_with_claims_runs(opened):
    facts = {"bars": {EVIL: 1.0, QUOTED: 2.0}, "curves": {EVIL: {EVIL: 1, "2": 2}}, "unit": EVIL}
    odd = {"theme": EVIL, "reason": EVIL, "code": EVIL, "version": QUOTED}
    runs = [claim_run(EVIL, facts=facts, **odd), claim_run(QUOTED, facts={EVIL: EVIL}, **odd, python=EVIL)]
    found = opened(claims_result(*runs, language=EVIL, skipped=[SkippedClaim(EVIL, EVIL)]))
    assert found.page.evaluate("window.ran") is None
    assert found.page.locator("img, [onmouseover], [onerror]").count() == 0
    assert not found.errors
    assert found.page.locator("[data-drawn]").count() == 2


def test_the_charts_of_odd_names_have_these_names(opened):
    names = opened(spoiled()).page.locator("svg text").all_text_contents()
    assert any(name.startswith("pipe</script>") for name in names)


def test_the_policy_stops_a_script_that_got_in_all_the_same(opened):
    text = page([compared()]).replace("</main>", "</main><script>window.ran=1</script>")
    found = opened(text=text)
    assert found.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in error for error in found.errors)


def test_the_policy_lets_nothing_be_fetched(opened):
    page = opened(compared()).page
    reached = "fetch('https://example.com').then(() => 'reached', () => 'refused')"
    assert page.evaluate(reached) == "refused"


def test_embedded_json_is_json(opened):
    specs = opened(spoiled()).page.locator("script[type='application/json']").all_text_contents()
    assert specs
    assert all(json.loads(spec)["layer"] for spec in specs)
