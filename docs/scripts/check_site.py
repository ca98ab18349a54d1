"""Check the built site: every link leads somewhere, and nothing is requested from another host.

    python docs/scripts/check_site.py site

Links that a reader may click are free to lead elsewhere; what a browser fetches without a click is not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHING_LINKS = {
    "dns-prefetch",
    "icon",
    "manifest",
    "modulepreload",
    "preconnect",
    "prefetch",
    "preload",
    "stylesheet",
}
FETCHED = {"src", "srcset", "poster", "data", "background"}
CSS_URL = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?P<url>(?:https?:)?//[^"')\s]+)""")


class Page(HTMLParser):
    """The links of a page.

    Attributes:
        fetched: what a browser fetches without a click.
        linked: where a reader can go.
        anchors: the ids on this page.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.anchors: set[str] = set()
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the links and the id of one element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self._style = tag == "style"
        fetched = [given[name] for name in FETCHED if name in given]
        if tag == "link" and FETCHING_LINKS & set(given.get("rel", "").split()):
            fetched.append(given.get("href", ""))
        elif tag == "a" and "href" in given:
            self.linked.append(given["href"])
        self.fetched += [*fetched, *(match["url"] for match in CSS_URL.finditer(given.get("style", "")))]

    def handle_data(self, data: str) -> None:
        """Look for addresses in a style sheet of the page."""
        if self._style:
            self.fetched += [match["url"] for match in CSS_URL.finditer(data)]


def problems(site: Path) -> Iterator[str]:
    """Yield a sentence for each link that leads nowhere and each request to another host.

    Args:
        site: the folder with the built site.
    """
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    if not pages:
        yield f"there is no page in {site}"
    for sheet in sorted(site.rglob("*.css")):
        for match in CSS_URL.finditer(sheet.read_text(encoding="utf-8")):
            yield f"{sheet.relative_to(site)}: a browser would request {match['url']}"
    for path, page in pages.items():
        name = path.relative_to(site)
        for url in page.fetched:
            if _foreign(url):
                yield f"{name}: a browser would request {url}"
        if name.name == "404.html":  # its links are of the root of a server
            continue
        for url in (*page.fetched, *page.linked):
            if not _foreign(url) and (reason := _dead(url, path, pages)):
                yield f"{name}: {url}: {reason}"


def _foreign(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def _dead(url: str, path: Path, pages: dict[Path, Page]) -> str:
    parts = urlsplit(url)
    if parts.scheme == "data":
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "there is no such file"
    known = {page.resolve(): found for page, found in pages.items()}
    if parts.fragment and target in known and unquote(parts.fragment) not in known[target].anchors:
        return "there is no such anchor"
    return ""


def main() -> int:
    """Print the problems, and return the exit status."""
    found = list(problems(Path(sys.argv[1])))
    for problem in found:
        print(problem, file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
