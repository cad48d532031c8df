"""/tokens campaigns: for the enablement team alone, and nobody learns who is of it."""

from dataclasses import replace
from datetime import date

import pytest
from languages import in_german, reply
from signed import opened
from stored_campaigns import store_campaign

from unranked.channels import blocks
from unranked.demo.blocks_limits import problems
from unranked.demo.slack_members import Member
from unranked.services import messages

WORDS = ["campaigns", "Campaigns", " campaign ", "kampagnen", "Kampagne"]
LOOKED = [(60, 20, 60, 6), (150, 60, 150, 20)]


@pytest.fixture
def company(world):
    world.person("ada")
    world.person("bob", locale="de-DE")
    world.person("eve")
    world.person("fay", locale="de-DE")
    world.begin()
    world.slack.join(Member("UNEW", "New", "new@corp.example"))
    world.runtime = replace(world.runtime, enablement=frozenset({"UADA", "UBOB"}))
    with world.runtime.store.write() as tx:
        store_campaign(tx, "Spring", date(2026, 1, 5), LOOKED)
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.mark.parametrize("typed", WORDS)
def test_the_team_is_answered_with_results_in_their_language_and_alone(front, typed):
    english, german = front.tokens("UADA", typed), front.tokens("UBOB", typed)

    assert english["text"].startswith("What campaigns did\n")
    assert "Spring (from 5 Jan 2026): Works." in english["text"]
    assert german["text"].startswith("Was Kampagnen bewirkt haben\n")
    assert "Spring (ab 5. Jan. 2026): Wirkt." in german["text"]
    assert in_german(german["text"])
    for answer in (english, german):
        assert answer["response_type"] == "ephemeral"
        assert problems(answer["blocks"], "message") == []
        assert "data_visualization" in {block["type"] for block in answer["blocks"]}


@pytest.mark.parametrize("typed", WORDS)
@pytest.mark.parametrize("who", ["UEVE", "UFAY"])
def test_anybody_else_gets_what_any_unknown_word_gets(front, who, typed):
    answer, unknown = front.tokens(who, typed), front.tokens(who, "no such word")

    assert answer == unknown
    assert answer["text"].startswith(("Only your own\n", "Nur deine eigenen\n"))


def test_somebody_who_is_not_in_the_list_gets_what_any_word_gets(front):
    assert front.tokens("UNEW", "campaigns") == front.tokens("UNEW", "no such word")


def test_whoever_leaves_the_team_is_answered_like_anybody_else(company, front):
    front.doors.close()
    company.runtime = replace(company.runtime, enablement=frozenset())
    with opened(company) as later:
        assert later.tokens("UADA", "campaigns") == later.tokens("UADA", "no such word")


@pytest.mark.parametrize("typed", ["campaigns", "tokens campaigns", "Kampagnen bitte!"])
def test_in_a_direct_message_the_team_is_told_where_and_no_figure(front, typed):
    english, german = reply(front, "UADA", typed), reply(front, "UBOB", typed)

    assert english == blocks.text(messages.plain("campaigns_in_dm"))
    assert in_german(german)
    for answer in (english, german):
        assert not any(character.isdigit() for character in answer)
        assert "Spring" not in answer


@pytest.mark.parametrize("typed", ["campaigns", "kampagnen"])
def test_in_a_direct_message_anybody_else_gets_what_any_words_get(front, typed):
    assert reply(front, "UEVE", typed) == reply(front, "UEVE", "How are you?")
    assert reply(front, "UNEW", typed) == reply(front, "UNEW", "How are you?")


def test_what_stands_behind_the_word_is_no_question_about_a_campaign(front):
    assert front.tokens("UADA", "campaigns of Bob") == front.tokens("UADA", "no such word")
