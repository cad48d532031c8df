"""A campaign from its first draft to its looks, written by an enablement lead in a real browser."""

import pytest
from chromium import Visitor, chromium, playground

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("campaigns")]


@pytest.fixture(scope="module")
def lead():
    with playground(people=120) as address, chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        one = Visitor(context.new_page(), address)
        yield one
        context.close()
        assert one.wrong == []


def dialog(one):
    return one.page.locator("dialog.modal[open]")


def press(one, label, *, agree=False):
    """Press a button of the modal on top, else of the Home tab, and agree where one is asked."""
    place = dialog(one) if dialog(one).count() else one.page.locator("#home")
    place.get_by_role("button", name=label, exact=True).first.click()
    if agree:
        asked = one.page.locator("dialog.confirm[open]")
        asked.get_by_role("button", name=label, exact=True).click()


def says(one, words):
    dialog(one).get_by_text(words).first.wait_for()


def shut(one):
    """Close every modal: each has the one below it come back."""
    while (top := dialog(one)).count():
        name = top.first.get_attribute("id")
        top.get_by_role("button", name="Close", exact=True).last.click()
        one.page.locator(f"#{name}").wait_for(state="detached")


def home(one, who="enablement"):
    one.be(who, tab="home")
    one.page.locator("#home").get_by_text("Campaigns", exact=True).wait_for()


def test_a_draft_is_written_with_every_mistake_and_mended(lead):
    home(lead)
    press(lead, "New campaign")
    form = dialog(lead)
    form.get_by_label("Name", exact=True).fill("Spring")
    form.get_by_label("Purpose").fill("Two lines,\nand a reason.")
    form.get_by_label("First day").fill("2020-01-01")
    form.get_by_label("Last day").fill("2020-01-02")
    form.get_by_label("Not before").select_option("15:00")
    form.get_by_label("Not after").select_option("10:00")
    press(lead, "Save")
    says(lead, "Choose a time that is later than the first one.")

    form.get_by_label("Not before").select_option("9:30")
    form.get_by_label("Not after").select_option("16:30")
    press(lead, "Save")
    says(lead, "Choose today or a later day.")
    says(lead, "Choose a later last day")
    assert form.get_by_label("Purpose").input_value() == "Two lines,\nand a reason."

    form.get_by_label("First day").fill("2026-11-24")
    form.get_by_label("Last day").fill("2027-02-02")
    press(lead, "Save")
    says(lead, "With about")
    says(lead, "to the result of the whole programme")


def test_its_messages_are_chosen_looked_at_and_tried(lead):
    press(lead, "Messages")
    form = dialog(lead)
    form.get_by_label("When message 2 comes").select_option("14 days after the one before")
    form.get_by_label("When message 4 comes").select_option("14 days after the one before")
    press(lead, "Save")
    says(lead, "The message before this one has no day.")
    form.get_by_label("When message 4 comes").select_option("No such message")
    press(lead, "Save")
    says(lead, "after 14 days: a tip of the library")

    press(lead, "Preview")
    says(lead, "A ten-minute task with")
    press(lead, "German")
    says(lead, "Eine Aufgabe für zehn Minuten")
    press(lead, "Send it to me")
    says(lead, "within a minute")
    # It is there though the clock stands, and the pane behind says when it was due.
    got = lead.page.locator("#conversation").get_by_text("only you got it")
    got.wait_for(state="attached")
    row = (
        lead.page.locator("#behind-messages tr").filter(has_text="at once").filter(has_text="sent")
    )
    row.wait_for(state="attached")
    assert "2000" not in row.inner_text()
    press(lead, "Close")
    press(lead, "Who would get it")
    says(lead, "Chance would draw now for:")
    press(lead, "Close")
    says(lead, "Nothing is sent yet.")


def test_a_colleague_who_edits_at_the_same_time_is_told_and_loses_nothing(lead):
    press(lead, "Edit")
    says(lead, "Nothing is sent before you launch it.")
    other = Visitor(lead.page.context.new_page(), lead.page.url.partition("/as/")[0])
    home(other, "enablement-too")
    press(other, "Open")
    says(other, "What you can do")
    press(other, "Edit")
    says(other, "Nothing is sent before you launch it.")
    dialog(other).get_by_label("Name", exact=True).fill("Spring, for all")
    press(other, "Save")
    says(other, "Spring, for all")

    dialog(lead).get_by_label("Name", exact=True).fill("Spring, for us")
    press(lead, "Save")
    says(lead, "Somebody else changed this campaign")
    assert dialog(lead).get_by_label("Name", exact=True).input_value() == "Spring, for us"
    press(lead, "Save")
    says(lead, "Spring, for us")
    assert other.wrong == []
    other.page.close()


def test_it_is_launched_runs_pauses_goes_on_and_is_looked_at(lead):
    press(lead, "Launch", agree=True)
    says(lead, "Its plan is fixed")
    press(lead, "Pause")
    says(lead, "until you let it go on")
    press(lead, "Let it go on")
    says(lead, "Too early to say")
    shut(lead)

    lead.move("Next week")
    home(lead)
    press(lead, "Open")
    says(lead, "What you can do")
    says(lead, "Reconciled: yes.")
    assert "Broken" not in lead.behind()
    press(lead, "End", agree=True)
    says(lead, "Nothing more of it is sent.")
    shut(lead)
    lead.page.locator("#home").get_by_text("Spring, for us (Ended)").wait_for()
    lead.be("enablement")
    lead.say("/tokens campaigns")
    assert "No campaign has been read yet." in lead.last().inner_text()
