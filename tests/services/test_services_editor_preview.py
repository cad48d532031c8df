"""A campaign's messages as they are previewed, and one that somebody sends to themselves."""

from dataclasses import replace
from datetime import date

import pytest

from bot.views import modal
from unranked import text
from unranked.demo.blocks_limits import view_problems
from unranked.domain.campaigns import Step
from unranked.domain.segments import Segment
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import LONGEST, Part, State, Words
from unranked.services import campaigns, editor_forms, editor_preview, tips
from unranked.services.choices import Asker
from unranked.store import tips as stored
from unranked.store.tips import StoredTip

ENGLISH = Words("Two lines of yours", "Take a note.", "Say what it says.", "Ask the team.")
GERMAN = Words("Zwei Zeilen von dir", "Nimm eine Notiz.", "Sag, was es sagt.", "Frag im Team.")
OWN = StoredTip(
    tip_key="t-own",
    revision=0,
    state=State.IN_USE,
    segment="never_used",
    owner="AI enablement team",
    review=date(2026, 9, 1),
    risk=Risk.LOW,
    risk_reason="Read first.",
    source="craft",
    written_on=date(2026, 3, 2),
    words={"en": ENGLISH},
)


@pytest.fixture
def desk(world):
    world.person("lee")
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    return world


def previewed(world, *names, code="en", own=OWN, segment="never_used"):
    """Return the value of a preview of a campaign with these tips."""
    with world.runtime.store.write() as tx:
        if stored.one(tx, own.tip_key) is None:
            stored.add(tx, own)
    design = replace(editor_forms.new_design(world.now.date()), steps=(Step(names),))
    return f"{campaigns.create(world.runtime, design).campaign_key}|0|{segment}|{code}|0"


def look(world, value, *, asks_in="en"):
    with text.spoken(asks_in):
        screen = editor_preview.preview(world.runtime, Asker(world.key("ULEE")), value)
    assert view_problems(modal.screen(screen), "modal") == []
    return screen


def send(world, name, value, *, asks_in="en"):
    """Press the button that sends a tip to oneself; return what is said of it."""
    with text.spoken(asks_in):
        screen = editor_preview.test(world.runtime, Asker(world.key("ULEE")), f"{name}|{value}")
    return "\n".join(row.text for section in screen.sections for row in section.rows)


@pytest.mark.parametrize("asks_in", text.LANGUAGES)
@pytest.mark.parametrize(
    ("code", "title", "first"),
    [
        ("en", "Two lines of yours", "A small tip from Unranked"),
        ("de", "Zwei Zeilen von dir", "Ein kleiner Tipp von Unranked"),
    ],
)
def test_a_tips_name_stands_above_it_and_all_of_it_is_in_the_language_of_the_preview(
    desk, asks_in, code, title, first
):
    both = replace(OWN, words={"en": ENGLISH, "de": GERMAN})
    screen = look(desk, previewed(desk, "t-own", code=code, own=both), asks_in=asks_in)

    shown = screen.sections[-1]
    assert shown.title == title
    assert shown.parts[0].text.startswith(f"{first}\n\n")
    with text.spoken(asks_in):
        assert [row.text for row in shown.rows] == [text.label("preview_test")]


def test_a_preview_of_the_longest_tips_fits_into_a_screen(desk):
    many = "\n\n".join(["a"] * 40)
    longest = {
        name: f"{many} {'Wort ' * 400}"[: LONGEST[part]].strip()
        for name, part in (("task", Part.TASK), ("understand", Part.UNDERSTAND), ("ask", Part.ASK))
    }
    words = Words(title="W" * LONGEST[Part.TITLE], **longest)
    with desk.runtime.store.write() as tx:
        for number in range(6):
            own = replace(OWN, tip_key=f"t-{number}", words={"en": words})
            stored.add(tx, replace(own, review=date(2099, 1, 1)))
    value = previewed(desk)
    desk.at("2028-06-01T10:00+00:00")  # nobody has read those of the files again

    with desk.runtime.store.read() as tx:
        library = tips.Library.of(tx, today=desk.now.date()).fitting(Segment.NEVER_USED)
    assert len(library) == 6
    shown = look(desk, value).sections[-editor_preview.LIBRARY_MOST :]
    assert {section.title for section in shown} == {words.title}


def test_of_a_test_it_is_said_where_when_and_in_which_language_it_comes(desk):
    value = previewed(desk, "t-own", code="de")
    of_the_library = previewed(desk, "plan_backwards", code="de")

    english = send(desk, "t-own", value)
    assert "direct message from this bot, within a minute" in english
    assert "under “Messages”" in english
    assert "It comes in English" in english
    assert "Er kommt auf Englisch" in send(desk, "t-own", value, asks_in="de")
    assert "Er kommt auf Deutsch" in send(desk, "plan_backwards", of_the_library, asks_in="de")


def test_a_test_of_a_tip_that_is_gone_is_not_said_to_be_on_its_way(desk):
    value = previewed(desk)

    assert "within a minute" not in send(desk, "t-gone", value)
    desk.deliver()
    assert desk.slack.messages_to("ULEE") == []
