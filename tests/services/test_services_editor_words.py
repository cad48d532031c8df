"""What an editor is told that a campaign can see, and what that takes for granted."""

import pytest

from unranked import text
from unranked.channels.base import Paragraph, lines_of
from unranked.domain.sample_sizes import Promise
from unranked.services import editor_words

ENGLISH = (
    "but for the 5 % whom the yearly draw leaves out. It may be fewer, above all where people can "
    "join for a few days only: whoever is in another campaign"
)
GERMAN = (
    "bis auf die 5 %, die durch die jährliche Ziehung nichts bekommen. Es können weniger sein, vor "
    "allem, wenn nur wenige Tage lang Leute dazukommen: Wer in einer anderen Kampagne ist"
)


@pytest.mark.parametrize("smallest", [4, 46, None])
@pytest.mark.parametrize(
    ("code", "sees", "assumes", "how"),
    [
        ("en", "What it can see: With about 40 people", ENGLISH, "How is this computed?: F12, "),
        ("de", "Was sie zeigen kann: Mit etwa 40 Leu", GERMAN, "Wie wird das berechnet?: F12, "),
    ],
)
def test_a_promise_says_what_it_takes_for_granted_and_how_it_is_computed(
    smallest, code, sees, assumes, how
):
    with text.spoken(code):
        promised, taken, computed = lines_of(editor_words.promise(Promise(40, 0.5, smallest)))
        button = text.label("team_campaign_who")

    assert promised.startswith(sees)
    assert assumes in taken
    assert f"{button}“" in taken.replace("”", "“")
    assert computed.startswith(how)
    assert " F15, " in computed


def test_of_too_few_people_nothing_is_promised_and_nothing_taken_for_granted():
    assert isinstance(editor_words.promise(None), Paragraph)
