"""The playground in a real browser: being each kind of person, and doing what they would do."""

import json

import pytest
from chromium import Visitor, chromium, playground

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("playground")]


@pytest.fixture(scope="module")
def address():
    with playground(people=120) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def visitor(browser, address):
    context = browser.new_context(viewport={"width": 1600, "height": 1000}, accept_downloads=True)
    one = Visitor(context.new_page(), address)
    yield one
    context.close()
    assert one.wrong == []


def test_the_first_page_is_of_somebody_who_never_used_ai_and_has_one_tip(visitor, address):
    visitor.page.goto(f"{address}/")

    assert visitor.page.url == f"{address}/as/never-used"
    assert visitor.entries().count() == 1
    assert visitor.last().get_by_role("button").count() >= 6
    assert "never used" in visitor.behind()
    assert "Broken" not in visitor.behind()


def test_no_name_and_no_id_stands_in_an_address(visitor, address):
    visitor.be("never-used")
    links = visitor.page.locator("a").evaluate_all("all => all.map(one => one.href)")
    about = visitor.page.locator(".about").inner_text()
    name = about.removeprefix("You are ").split(",")[0]

    assert len(links) > 10
    assert not [link for link in links if any(word in link for word in name.split())]
    assert not [link for link in links if "U0" in link or "D0" in link]


@pytest.mark.parametrize(
    "label", ["Help me", "I use something else", "Not for me", "Away", "Fewer"]
)
def test_each_button_of_a_tip_is_answered_to_the_person_alone(visitor, label):
    visitor.be("never-used")
    visitor.entries().first.wait_for()
    entries = visitor.entries().count()
    visitor.press(label)

    assert visitor.entries().count() == entries + 1
    assert "Only visible to you" in visitor.last().inner_text()


def test_a_summary_asked_for_below_a_tip_is_ephemeral_and_gone_after_a_reload(visitor):
    visitor.be("tried-once")
    visitor.press("Show my summary")
    assert "Only visible to you" in visitor.last().inner_text()

    visitor.be("tried-once")
    assert "Only visible to you" not in visitor.last().inner_text()


def test_stop_holds_at_once(visitor):
    visitor.be("tried-once")
    visitor.press("Stop")

    assert "Only visible to you" in visitor.last().inner_text()
    visitor.page.wait_for_function(
        "() => document.querySelector('#behind-person').innerText.includes('stop')"
    )


def test_an_active_persons_tokens_come_with_a_chart_and_words_for_it(visitor):
    visitor.be("active")
    visitor.say("/tokens")
    answer = visitor.last()

    assert "Only visible to you" in answer.inner_text()
    assert "cost-weighted tokens" in answer.inner_text()
    assert answer.locator("svg").count() > 0
    assert "Cost by week, from its Monday" in answer.inner_text()


def test_an_export_is_a_file_in_the_conversation(visitor):
    visitor.be("now-and-then")
    visitor.say("/tokens export")
    visitor.press("Make my export")
    link = visitor.page.locator("#conversation .file a").first
    with visitor.page.expect_download() as found:
        link.click()

    document = json.loads(found.value.path().read_bytes())
    assert {"vault", "person", "usage"} <= set(document["tables"])


def test_whoever_wants_to_be_forgotten_is_asked_once_more_and_then_gone(visitor):
    visitor.be("new")
    visitor.say("/tokens forget")
    button = visitor.last().get_by_role("button", name="Forget me")
    entries = visitor.entries().count()
    button.click()
    visitor.page.wait_for_function(
        "n => document.querySelectorAll('#conversation .entry').length != n", arg=entries
    )
    visitor.page.wait_for_function(
        "() => document.querySelector('#behind-person').innerText.includes('erased')"
    )
    visitor.say("/tokens")

    assert "$" not in visitor.last().inner_text()


def test_a_form_of_the_home_tab_keeps_what_was_typed_when_it_is_wrong(visitor):
    visitor.be("active", tab="home")
    home = visitor.page.locator("#home")
    home.get_by_role("button", name="Change hours").click()
    form = visitor.page.get_by_role("dialog")
    form.get_by_label("Not before").select_option("12:00")
    form.get_by_label("Not after").select_option("10:00")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("Choose a time that is later than the first one.").wait_for()

    assert form.get_by_label("Not before").input_value() == "12:00"
    form.get_by_label("Not after").select_option("16:00")
    form.get_by_role("button", name="Save").click()
    form.wait_for(state="detached")
    home.get_by_text("between 12:00 and 16:00").wait_for()


def test_an_answer_that_comes_too_late_takes_nothing_away_that_was_typed(visitor):
    visitor.be("active", tab="home")
    visitor.page.locator("#home").get_by_role("button", name="Change hours").click()
    form = visitor.page.get_by_role("dialog")
    form.get_by_label("Not before").select_option("12:00")
    form.get_by_label("Not after").select_option("10:00")
    held = []
    visitor.page.route("**/modal", lambda route: held.append((route, route.fetch())), times=1)
    visitor.page.evaluate("htmx.trigger(document.body, 'changed')")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("Choose a time that is later than the first one.").wait_for()
    form.get_by_label("Not after").select_option("16:00")
    (route, answer), *_ = held
    with visitor.page.expect_response("**/modal"):
        route.fulfill(response=answer)
    visitor.page.evaluate("() => new Promise(requestAnimationFrame)")

    assert form.get_by_label("Not after").input_value() == "16:00"
    form.get_by_role("button", name="Save").click()
    form.wait_for(state="detached")


def test_a_form_is_left_with_escape_and_nothing_is_kept(visitor):
    visitor.be("active", tab="home")
    visitor.page.locator("#home").get_by_role("button", name="Change days").click()
    form = visitor.page.get_by_role("dialog")
    form.wait_for()
    visitor.page.keyboard.press("Escape")

    form.wait_for(state="detached")


def test_everything_is_reached_with_the_keyboard_alone(visitor):
    visitor.be("never-used")
    visitor.entries().first.wait_for()
    reached = set()
    for _ in range(80):
        visitor.page.keyboard.press("Tab")
        reached.add(
            visitor.page.evaluate(
                "() => (document.activeElement.innerText || document.activeElement.id).trim()"
            )
        )

    assert {"Skip to the conversation", "Next morning", "Stop", "Send", "/tokens"} <= reached


def test_a_manager_has_a_practice_and_no_figure_of_a_small_group(visitor):
    visitor.be("manager-of-few")

    assert "To try with your team this week" in visitor.last().inner_text()
    assert "Not shown: group too small or data incomplete." in visitor.last().inner_text()


def test_the_enablement_lead_can_use_the_bot_like_anybody(visitor):
    visitor.be("enablement")
    visitor.say("/tokens help")

    assert "What Unranked does" in visitor.last().inner_text()


def test_to_somebody_whose_slack_is_german_the_bot_speaks_german_and_the_page_says_so(visitor):
    visitor.be("german")
    assert "Your Slack is in German." in visitor.page.locator(".about").inner_text()
    visitor.say("/tokens help")
    assert "Was Unranked für dich tut" in visitor.last().inner_text()
    visitor.be("german", tab="home")
    visitor.page.locator("#home").get_by_text("Was du gewählt hast").wait_for()

    visitor.be("active")
    assert "German" not in visitor.page.locator(".about").inner_text()


def test_a_colleague_cannot_be_asked_about(visitor):
    visitor.be("manager-of-many")
    visitor.say("/tokens @somebody")
    first = visitor.last().inner_text()
    visitor.say("/tokens @somebody.else")

    assert "only you" in first.lower() or "own" in first.lower()
    assert first.split("\n")[3:] == visitor.last().inner_text().split("\n")[3:]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
def test_the_page_has_no_sideways_scrolling(browser, address, width, theme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    one = Visitor(context.new_page(), address)
    for who in ("active", "manager-of-many"):
        one.be(who)
        one.say("/tokens")
        too_wide = "() => document.documentElement.scrollWidth > window.innerWidth"
        assert not one.page.evaluate(too_wide)
    context.close()
    assert one.wrong == []
