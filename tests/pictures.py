"""The pictures of the README, taken from the playground: `make pictures`.

One seed gives one story, so that the same program takes the same pictures.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from chromium import Visitor, chromium, playground

PEOPLE = 200
WIDTH, HEIGHT = 1440, 900
TALL = 3200
"""So high that the longest page stands in it without a scroll bar."""

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"


def take() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with playground(people=PEOPLE) as address, chromium() as browser:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=1,
            color_scheme="light",
        )
        one = Visitor(context.new_page(), address)
        one.be("never-used")
        one.last().wait_for()
        one.page.screenshot(path=FOLDER / "playground.png")
        _of_entry(one, "nudge.png", with_button="Not for me")
        one.be("active")
        one.say("/tokens")
        _of_entry(one, "tokens.png")
        one.be("active", tab="home")
        one.page.locator("#home h3, #home h2").first.wait_for()
        one.page.set_viewport_size({"width": WIDTH, "height": TALL})
        one.page.locator("#home-view").screenshot(path=FOLDER / "home.png")
        one.be("manager-of-few")
        one.move("Next week")
        one.last().wait_for()
        _of_entry(one, "manager.png")
        one.be("active")
        _of_entry(one, "checkin.png", with_button="No more check-ins")
        context.close()


def _of_entry(one: Visitor, name: str, *, with_button: str = "") -> None:
    """Take the newest entry, or the newest with a button of that label."""
    one.page.set_viewport_size({"width": WIDTH, "height": TALL})
    button = one.page.get_by_role("button", name=with_button, exact=True)
    entry = one.entries().filter(has=button).last if with_button else one.last()
    entry.screenshot(path=FOLDER / name)
    one.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


if __name__ == "__main__":
    take()
