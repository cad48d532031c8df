"""The pictures of the README, taken from the playground: `make pictures`.

One seed gives one story, so that the same program takes the same pictures.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from chromium import Visitor, chromium, playground

PEOPLE = 200
WIDTH, HEIGHT = 1440, 900
TALL = 4200
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
        _written(one)
        one.be("active")
        one.move("Next week")
        _of_entry(one, "checkin.png", with_button="No more check-ins")
        _of_campaign(one)
        one.be("manager-of-many")
        one.move("End of quarter")  # there are no figures of groups before
        one.move("Next week")
        one.last().wait_for()
        _of_entry(one, "manager.png", with_button="Post to the team")
        context.close()


def _written(one: Visitor) -> None:
    """Write a campaign and launch it; take its form and its set-up screen."""
    one.be("enablement", tab="home")
    one.page.get_by_role("button", name="New campaign").click()
    form = one.page.locator("dialog.modal[open]")
    form.get_by_label("Name", exact=True).fill("Spring: the first ten minutes")
    form.get_by_label("Purpose").fill("The field offices asked how to begin.")
    _of_modal(one, "campaign-form.png")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("What you can do").wait_for()
    _of_modal(one, "campaign.png")
    form.get_by_role("button", name="Launch").click()
    one.page.locator("dialog.confirm[open]").get_by_role("button", name="Launch").click()
    form.get_by_text("How it goes").wait_for()


def _of_campaign(one: Visitor) -> None:
    """Take the campaign that runs, as the team sees it."""
    one.be("enablement", tab="home")
    campaign = one.page.locator("dialog.modal[open]")
    if not campaign.count():
        one.page.get_by_role("button", name="Open", exact=True).first.click()
    campaign.get_by_text("How it goes").wait_for()
    _of_modal(one, "campaign-running.png")


def _of_modal(one: Visitor, name: str) -> None:
    """Take a modal at its whole length, without its scroll bar."""
    one.page.set_viewport_size({"width": WIDTH, "height": TALL})
    modal = one.page.locator("dialog.modal[open]")
    modal.evaluate("one => { one.style.maxHeight = 'none' }")
    modal.screenshot(path=FOLDER / name)
    modal.evaluate("one => { one.style.maxHeight = '' }")
    one.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def _of_entry(one: Visitor, name: str, *, with_button: str = "") -> None:
    """Take the newest entry, or the newest with a button of that label."""
    one.page.set_viewport_size({"width": WIDTH, "height": TALL})
    button = one.page.get_by_role("button", name=with_button, exact=True)
    entry = one.entries().filter(has=button).last if with_button else one.last()
    entry.screenshot(path=FOLDER / name)
    one.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


if __name__ == "__main__":
    take()
