"""A real Chromium, and the playground that it looks at, both on loopback."""

import os
import queue
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from unranked.demo import show

PATIENCE_MILLISECONDS = 20_000
_START_SECONDS = 240
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser without a window. Without one installed the test is skipped, never in CI."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        missing = "There is no Chromium on this machine: apt-get install chromium."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    # The sandbox needs rights that root in a container does not have.
    alone = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=[*_QUIET, *alone])
        yield browser
        browser.close()


@contextmanager
def playground(*, people: int, seed: int = 7) -> Iterator[str]:
    """Give the address of a running playground."""
    started: queue.Queue[str | BaseException] = queue.Queue()
    ended = threading.Event()

    def wait(address: str) -> None:
        started.put(address)
        ended.wait()

    def serve() -> None:
        try:
            show.serve(people=people, seed=seed, port=0, browser=False, until=wait)
        except BaseException as error:  # noqa: BLE001 - the test must hear of it
            started.put(error)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        address = started.get(timeout=_START_SECONDS)
        if isinstance(address, BaseException):
            raise address
        yield address.rstrip("/")
    finally:
        ended.set()
        thread.join()


class Visitor:
    """Somebody at the page, with the mouse, the keyboard and what the page says."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self._address = page, address
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else 0)
        page.on("request", self._seen)

    def _seen(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self._address, "data:", "blob:")):
            self.wrong.append(f"asked for {url}")

    def be(self, who: str, *, tab: str = "messages") -> None:
        """Be somebody."""
        self.page.goto(f"{self._address}/as/{who}?tab={tab}")

    def say(self, text: str) -> None:
        """Type something below the conversation and send it."""
        entries = self.entries().count()
        field = self.page.get_by_label("Message Unranked, or type /tokens")
        field.fill(text)
        field.press("Enter")
        self.page.wait_for_function(
            "n => document.querySelectorAll('#conversation .entry').length > n", arg=entries
        )

    def entries(self):
        """Return the entries of the conversation."""
        return self.page.locator("#conversation .entry")

    def last(self):
        """Return the newest entry."""
        return self.entries().last

    def press(self, label: str, *, within=None) -> None:
        """Press the button of that label, in the newest entry unless said otherwise."""
        entries = self.entries().count()
        place = self.last() if within is None else within
        place.get_by_role("button", name=label, exact=True).click()
        if within is None:
            self.page.wait_for_function(
                "n => document.querySelectorAll('#conversation .entry').length > n", arg=entries
            )

    def move(self, label: str) -> None:
        """Move the clock and wait until it stands."""
        before = self.page.locator("#clock").inner_text()
        self.page.get_by_role("button", name=label).click()
        self.page.wait_for_function(
            "text => document.querySelector('#clock').innerText !== text && "
            "!document.querySelector('#clock progress')",
            arg=before,
            timeout=10 * PATIENCE_MILLISECONDS,
        )

    def behind(self) -> str:
        """Return what the pane on the right says."""
        return self.page.locator("#behind").inner_text()
