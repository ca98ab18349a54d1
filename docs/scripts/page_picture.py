"""Photograph the page that `--html` writes for a result in docs/results, in a real Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from output_blocks import RESULTS, ROOT
from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 960, 980
PICTURE = ROOT / "docs" / "pictures" / "page" / "compare.png"


def main() -> int:
    """Write the picture; without a browser the old one stays."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("there is no browser: the picture of the page stays as it is", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "compare.html"
        command = [sys.executable, "-m", "crossover.cli.main", "report", str(RESULTS / "compare.json")]
        subprocess.run([*command, "--html", str(page_file)], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        charts = page.locator("[data-spec]").count()
        page.wait_for_function(f"document.querySelectorAll('[data-drawn]').length == {charts}", timeout=60_000)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
