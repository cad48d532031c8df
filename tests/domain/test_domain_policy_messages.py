"""Who may be told what: every {name} of every text, in every language, by who reads it."""

import string
import tomllib

import pytest

from unranked import text
from unranked.domain import elements
from unranked.domain.policy_messages import (
    MAY_HOLD,
    ROLE_OF,
    Holds,
    Reader,
    faults,
    filled,
    reader_of,
)
from unranked.domain.policy_terms import Role
from unranked.domain.released import Statistic


def names_in(words):
    return frozenset(name for _, name, _, _ in string.Formatter().parse(words) if name)


def texts():
    """Yield every text and label of every language with its {names}."""
    for code in text.LANGUAGES:
        folder = text._FOLDER / code
        for name in text.messages(code):
            yield name, names_in((folder / f"{name}.md").read_text(encoding="utf-8"))
        for name, said in tomllib.loads((folder / "labels.toml").read_text("utf-8")).items():
            yield name, names_in(said)


TEXTS = list(texts())


def test_no_text_is_filled_with_what_its_reader_may_not_be_told():
    assert [fault for name, names in TEXTS for fault in faults(name, names)] == []


def test_nothing_is_declared_that_no_text_says():
    said = {(reader_of(name), one) for name, names in TEXTS for one in names}

    assert {(reader, name) for reader, name, _ in filled()} == said


@pytest.mark.parametrize(
    ("name", "filled_with"),
    [
        ("digest_figures", "cost"),
        ("digest", "people"),
        ("pulse", "worth"),
        ("monthly", "cost"),
        ("nudge_footer", "last"),
        ("campaign_results", "worth"),
        ("campaign_result_ready", "people"),
        ("programme", "value"),
        ("summary", "colleague"),
    ],
)
def test_a_figure_in_the_wrong_message_fails(name, filled_with):
    (fault,) = faults(name, frozenset({filled_with}))

    assert name in fault
    assert f"{{{filled_with}}}" in fault


def test_what_is_declared_for_a_reader_may_be_told_to_them():
    for reader, name, what in filled():
        assert what in MAY_HOLD[reader], (reader, name)


def test_nothing_of_somebodys_own_goes_to_anybody_else_or_into_an_archive():
    for reader, may in MAY_HOLD.items():
        if reader not in {Reader.PRIVATE, Reader.MODEL}:
            assert Holds.OWN not in may
        if ROLE_OF[reader] is not Role.PERSON:
            assert Holds.FACT not in may
    assert Holds.BAND in MAY_HOLD[Reader.MANAGER]
    assert [one for one, may in MAY_HOLD.items() if Holds.COUNT in may] == [Reader.TEAM]


def test_what_is_sent_is_read_in_the_chat_and_what_is_asked_for_in_private():
    assert reader_of("summary_cost") is Reader.PRIVATE
    assert reader_of("pulse") is Reader.IN_CHAT
    assert reader_of("digest_figures") is Reader.MANAGER
    assert reader_of("campaign_counted") is Reader.TEAM
    assert reader_of("tip_row") is Reader.TEAM


def test_every_line_that_is_shown_says_to_whom():
    results = {name for name, _ in TEXTS if name.startswith("result_") and name != "result_of"}

    assert elements.SEEN_BY[Role.PERSON] == elements.SUMMARY.keys() | elements.HOW.keys()
    assert elements.SEEN_BY[Role.MANAGER] == {one.value for one in Statistic}
    assert elements.SEEN_BY[Role.ENABLEMENT] == results | {"programme"}


def test_no_line_is_shown_to_two_kinds_of_people():
    lines = [line for own in elements.SEEN_BY.values() for line in own]

    assert len(lines) == len(set(lines))
