"""The playground's clock and faults in a real browser: a quarter, and each thing gone wrong."""

import re

import pytest
from chromium import Visitor, chromium, playground

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("playground_time")]

FAULTS = {
    "provider-down": "A provider is down",
    "provider-late": "Providers are late by three days",
    "slack-limited": "Slack answers 429",
    "slack-cuts": "Slack accepts a message, then cuts the line",
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address():
    with playground(people=40) as found:
        yield found


@pytest.fixture
def visitor(browser, address):
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    one = Visitor(context.new_page(), address)
    one.be("manager-of-many")
    yield one
    context.close()
    assert one.wrong == []


def switch(visitor, fault, *, on):
    visitor.page.locator("#switches-summary").click()
    visitor.page.get_by_label(FAULTS[fault]).set_checked(on)
    visitor.page.wait_for_function(
        "on => document.querySelector('#switches-summary').dataset.on === on", arg=str(int(on))
    )
    visitor.page.keyboard.press("Escape")


@pytest.mark.long
def test_a_quarter_goes_by_and_every_promise_holds(visitor):
    before = visitor.entries().count()
    visitor.move("End of quarter")

    # It comes first: less than two weeks before its end the next quarter is meant.
    assert re.search(r" 1 (January|April) 2027", visitor.page.locator("#clock").inner_text())
    visitor.page.wait_for_function(
        "n => document.querySelectorAll('#conversation .entry').length > n", arg=before
    )
    assert "Broken" not in visitor.behind()


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, marks=() if one == "slack-cuts" else pytest.mark.long) for one in FAULTS],
)
def test_with_each_fault_nobody_gets_two_copies_and_nobody_is_a_zero_wrongly(visitor, fault):
    switch(visitor, fault, on=True)
    visitor.move("Next week" if fault == "slack-cuts" else "Next morning")
    assert "Broken" not in visitor.behind()
    switch(visitor, fault, on=False)
    visitor.move("Next morning")

    assert "Broken" not in visitor.behind()
