"""A question about one's own summary: for the asker alone, and never in a direct message."""

import json
from dataclasses import replace
from datetime import date

import pytest
from fake_model import KEY, NAME, FakeModel, says
from signed import opened, wait_for, words
from sqlalchemy import event
from sqlmodel import SQLModel

from unranked import text
from unranked.channels import blocks
from unranked.demo.blocks_limits import problems
from unranked.demo.slack_members import Member
from unranked.llm import LanguageModel
from unranked.services import how, messages

NOW = "2026-03-02T10:00+00:00"
GOOD = "The cost rests on what the providers bill."
QUESTIONS = [
    *("why", "Why is it so much?", " WHY?", "why's that", "why so much and not less?"),
    *("warum", "Warum so viel?", "wieso", "weshalb?"),
]
NO_QUESTIONS = [
    *("whyever", "whynot", "however", "wiese", "is it why", "?", "show", "#why", "@why"),
    *("how", "How is it computed?", "how much does Bob use", "how much does bob@corp.example use"),
    *("wie", "Wie kommt das?", "wie viel hat Bob Meier verbraucht", "is Bob why"),
]
NAMING = [
    *("why <@UBOB> and not me?", "why ada@corp.example", "why U0ADAADAADA", "warum @bob"),
    *("why U0ADAADAADA and bob (at) corp.example", "wieso p-0123456789abcdef"),
]


@pytest.fixture
def company(world):
    world.person("ada")
    world.person("kai", locale="de-DE")
    world.tools["acme"].use("ada@corp.example", date(2026, 2, 16), cost="10.85")
    world.at(NOW)
    world.begin()
    world.slack.join(Member("UNEW", "New", "new@corp.example"))
    return world


@pytest.fixture
def server(company):
    with FakeModel() as made:
        made.does = says(GOOD)
        model = LanguageModel(NAME, KEY, base_url=made.url)
        company.runtime = replace(company.runtime, model=model)
        yield made


def plain(world, who):
    """Return the answer that is there without a model's words."""
    return blocks.text(how.how(world.runtime, world.key(who)))


def test_without_a_model_a_question_gets_our_text_at_one_price_whatever_is_asked(company):
    statements = []
    event.listen(
        company.runtime.store._engine, "before_cursor_execute", lambda *_: statements.append(1)
    )
    seen = set()
    with opened(company) as front:
        front.tokens("UADA", "why")  # what a new process reads once is read
        for typed in (*QUESTIONS, *NAMING, "why is Bob"):
            front.settled()
            statements.clear()
            answer = front.tokens("UADA", typed)
            front.settled()  # what follows an answer counts as its price, and not as the next one's
            seen.add((len(statements), json.dumps(answer, sort_keys=True)))

    ((_, only),) = seen
    assert json.loads(only)["text"] == plain(company, "UADA")
    assert json.loads(only)["response_type"] == "ephemeral"


def test_with_a_model_the_answer_is_the_models_and_seen_by_nobody_else(company, server):
    with opened(company) as front:
        for count, typed in enumerate(QUESTIONS, start=1):
            answer = front.tokens("UADA", typed)
            assert GOOD in words(answer)
            assert answer["response_type"] == "ephemeral"
            assert problems(answer["blocks"], "message") == []
            assert len(server.asked) == count

    assert company.slack.messages_to("UADA") == []


@pytest.mark.parametrize("typed", NAMING)
def test_a_question_that_names_somebody_gets_our_text_and_leaves_nothing(company, server, typed):
    with opened(company) as front:
        answer = front.tokens("UADA", typed)

    assert answer["text"] == plain(company, "UADA")
    assert server.asked == []


def test_after_twenty_calls_a_day_there_are_plain_words_for_that_person_alone(company, server):
    with opened(company) as front:
        for _ in range(10):
            front.tokens("UADA", "")
            front.tokens("UADA", "why?")
        assert len(server.asked) == 20
        answer, summary = front.tokens("UADA", "why?"), front.tokens("UADA", "")

        assert answer["text"] == plain(company, "UADA")
        assert GOOD not in words(summary)
        assert len(server.asked) == 20
        assert GOOD not in words(front.tokens("UKAI", ""))  # English words in a German summary
        assert len(server.asked) == 21


def test_an_answer_that_may_not_be_shown_is_our_text(company, server):
    server.does = says("You cost 999 more than Bob.")
    with opened(company) as front:
        answer = front.tokens("UADA", "why?")

    assert answer["text"] == plain(company, "UADA")


def test_a_question_is_answered_in_the_askers_language(company, server):
    server.does = says("Die Kosten beruhen auf dem, was die Anbieter abrechnen.")
    with opened(company) as front:
        shown = words(front.tokens("UKAI", "warum?"))
        server.does = says("999")
        said = front.tokens("UKAI", "warum?")["text"]

    assert "Ein Sprachmodell hat das formuliert" in shown
    with text.spoken("de"):
        assert said == plain(company, "UKAI")


@pytest.mark.parametrize("typed", NO_QUESTIONS)
def test_what_only_looks_like_a_question_is_no_command_and_asks_nobody(company, server, typed):
    with opened(company) as front:
        answer = front.tokens("UADA", typed)

    assert answer["text"] == blocks.text(messages.plain("only_you"))
    assert server.asked == []


def test_the_other_commands_ask_nobody_but_for_the_summary(company, server):
    with opened(company) as front:
        for typed in ("help", "privacy", "mute", "unmute", "export", "forget"):
            front.tokens("UADA", typed)

    assert server.asked == []


def test_somebody_outside_the_roster_is_told_so_and_nobody_is_asked(company, server):
    with opened(company) as front:
        assert front.tokens("UNEW", "why?")["text"].startswith("You are not in the list of people")

    assert server.asked == []


@pytest.mark.parametrize("typed", ["why?", "Why is it so much?", "tokens why so much", "Warum?"])
def test_a_direct_message_sends_to_the_command_and_carries_no_figure(company, server, typed):
    with opened(company) as front:
        front.write("UADA", typed)
        wait_for(lambda: bool(company.slack.messages_to("UADA")))

    (reply,) = company.slack.messages_to("UADA")
    assert reply["text"] == blocks.text(messages.plain("why_in_dm"))
    assert "/tokens why" in reply["text"]
    assert not any(character.isdigit() for character in reply["text"])
    assert server.asked == []


def test_a_direct_message_in_german_is_answered_in_german(company):
    with opened(company) as front:
        front.write("UKAI", "Warum so viel?")
        wait_for(lambda: bool(company.slack.messages_to("UKAI")))

    (reply,) = company.slack.messages_to("UKAI")
    assert "/tokens warum" in reply["text"]


def test_a_stop_is_a_stop_with_a_model_too(company, server):
    with opened(company) as front:
        assert front.tokens("UADA", "stop")["text"].startswith("Tips are off")

    assert server.asked == []


def test_what_was_typed_is_stored_nowhere(company, server):
    with opened(company) as front:
        front.tokens("UADA", "why zebra elephant?")
        front.write("UADA", "why zebra elephant?")
        wait_for(lambda: bool(company.slack.messages_to("UADA")))

    with company.runtime.store.read() as tx:
        held = [row for one in SQLModel.metadata.sorted_tables for row in tx.execute(one.select())]
    assert len(held) > 10
    assert "zebra" not in str(held)
    assert GOOD not in str(held)
