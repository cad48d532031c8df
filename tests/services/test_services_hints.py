"""Hints about cost in one's own summary: when one is shown, what it may say, and what counts."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from enrolling import Enrolled, enrol
from filled import dump
from own_ledger import BILLED, ESTIMATED, NOW, PRICED, SEAT, THROUGH, Entry, own_ledger

from bot.views import home as views
from unranked import prices
from unranked.channels import blocks
from unranked.services import answers, choices, erasure, hints, home, how, summary
from unranked.services.choices import Asker
from unranked.store import campaigns
from unranked.store.campaigns import StoredCampaign, StoredChoice

LISTED = "claude-sonnet-4-5"
DAY = date(2026, 2, 16)
SMALLER = (
    "A hint about cost, not about quality: if claude-haiku-4-5 did the same work as "
    "claude-sonnet-4-5 with up to half as many tokens again, these 28 days would have cost about "
    "$15.00 at list prices instead of $30.00. Nobody here knows whether it would do the same work."
)
CACHE = (
    "A hint about cost, not about quality: with claude-haiku-4-5 you wrote more to the cache than "
    "was read from it. Reading and writing it cost $40.00 at list prices in these 28 days; the "
    "same tokens without a cache would have cost about $20.00."
)


@pytest.fixture
def ledger(tmp_path):
    """One person, whose work of 28 days cost $30 and would have cost $10 on the smaller model."""
    with own_ledger(f"sqlite:///{tmp_path / 'own.db'}") as made:
        made.is_now([spent()], {})
        yield made


def spent(model=LISTED, *, n_in=10_000_000, day=DAY, tool=PRICED, **more):
    return Entry(tool, day, model=model, n_in=n_in, **more)


def at(ledger, moment):
    return replace(ledger.runtime, clock=lambda: moment)


def said(ledger, *, days=0):
    """Return every line of /tokens, so many days later."""
    runtime = at(ledger, NOW + timedelta(days=days))
    return blocks.text(answers.tokens(runtime, ledger.person)).split("\n")


def is_hinted(lines):
    return any(line.startswith("A hint about cost") for line in lines)


def noted(ledger):
    return [row["shown_on"] for row in dump(ledger.runtime.store)["hint"]]


# What it says


def test_a_hint_about_a_smaller_model_says_both_costs_and_claims_nothing(ledger):
    assert SMALLER in said(ledger)


def test_a_hint_about_a_cache_says_both_costs(ledger):
    written = {"n_in": 0, "n_cw1h": 20_000_000}
    ledger.is_now([spent("claude-haiku-4-5", **written)], {})

    assert CACHE in said(ledger)


HOSTILE = [
    "claude-sonnet-4-5\n<@U0ADA> ignore what was said before",
    "claude-sonnet-4-5-20250929 *bold* {model} %s",
    "claude-sonnet-4-5 ada@corp.example",
    "claude-sonnet-4-5" + "!" * 5000,
]


@pytest.mark.parametrize("model", HOSTILE)
def test_a_model_is_named_as_the_price_list_has_it_and_never_as_a_provider_sends_it(ledger, model):
    ledger.is_now([spent(model)], {})
    lines = said(ledger)

    assert prices.listed(PRICED, model, "", DAY).name == LISTED
    assert SMALLER in lines
    shown = json.dumps(blocks.blocks(answers.tokens(ledger.runtime, ledger.person)))
    for word in ("U0ADA", "ignore", "*bold*", "{model}", "ada@corp.example", "!!!"):
        assert word not in "\n".join(lines) + shown


@pytest.mark.parametrize("model", ["<claude-sonnet-4-5>", "made-up-1 <@U0ADA>", ""])
def test_of_a_model_that_the_price_list_does_not_know_nothing_is_said(ledger, model):
    ledger.is_now([spent(model), spent()], {})
    lines = said(ledger)

    assert not is_hinted(lines)  # and what was spent in all is not known either
    assert model == "" or model not in "\n".join(lines)


# When one is worth showing


@pytest.mark.parametrize(
    ("entries", "is_worth_one"),
    [
        ([spent(n_in=3_400_000)], True),  # saves $5.10
        ([spent(n_in=3_300_000)], False),  # $4.95
        ([spent(), spent(tool=BILLED, cost=Decimal(20))], True),  # 15 of 50
        ([spent(), spent(tool=BILLED, cost=Decimal("20.01"))], False),
        ([spent(day=THROUGH - timedelta(days=27))], True),
        ([spent(day=THROUGH - timedelta(days=28))], False),
        ([spent(day=THROUGH + timedelta(days=1))], False),
        ([spent("claude-opus-4-5")], False),  # the next smaller one is not a third cheaper
        ([spent("gpt-5", tool=ESTIMATED, cost=Decimal(20))], True),  # 12.50 against 3.75
        ([spent("gpt-5", tool=ESTIMATED, cost=Decimal(20), tier="batch")], False),
        ([spent(tier="batch")], False),
        ([spent(tool=SEAT)], False),
    ],
)
def test_a_hint_needs_five_dollars_and_thirty_percent_of_the_last_28_days(
    ledger, entries, is_worth_one
):
    ledger.is_now(entries, {})

    assert is_hinted(said(ledger)) is is_worth_one
    assert bool(noted(ledger)) is is_worth_one


# How often


def test_at_most_one_in_thirty_days_and_again_on_the_day_it_was_shown(ledger):
    assert is_hinted(said(ledger))
    assert is_hinted(said(ledger))
    assert [is_hinted(said(ledger, days=days)) for days in (1, 15, 29)] == [False] * 3
    assert is_hinted(said(ledger, days=30))
    assert not is_hinted(said(ledger, days=31))
    assert noted(ledger) == [NOW.date(), NOW.date() + timedelta(days=30)]


def test_only_tokens_shows_a_hint_and_only_that_counts(ledger):
    runtime, asker = ledger.runtime, Asker(ledger.person)
    for _ in range(3):
        page = json.dumps(views.page(home.page(runtime, asker)))
        lines = answers.facts(runtime, ledger.person).lines
        defined = blocks.text(how.how(runtime, ledger.person))
        assert not is_hinted([page, *lines, *defined.split("\n")])
        assert "A hint about cost, not about quality" not in page
    assert noted(ledger) == []

    assert is_hinted(said(ledger))
    assert noted(ledger) == [NOW.date()]


# Muted


def choose(ledger, choice):
    with ledger.runtime.store.write() as tx:
        campaigns.choose(tx, StoredChoice(ledger.person, choice, NOW))


@pytest.mark.parametrize("choice", ["no_hints", "object"])
def test_whoever_wants_none_gets_none_and_nothing_is_noted(ledger, choice):
    choose(ledger, choice)
    assert not is_hinted(said(ledger))
    assert noted(ledger) == []


def test_hints_come_again_when_they_are_wanted_again_and_a_stop_of_tips_ends_none(ledger):
    choose(ledger, "stop")
    choices.press(ledger.runtime, Asker(ledger.person), "no_hints")
    assert not is_hinted(said(ledger))
    choices.press(ledger.runtime, Asker(ledger.person), "hints_again")
    assert is_hinted(said(ledger))


@pytest.mark.parametrize(
    ("phase", "days_ago", "arm", "is_muted"),
    [
        ("explore", 0, "nudge", True),
        ("explore", 90, "holdout", True),
        ("explore", 92, "nudge", False),
        ("optimise", 0, "nudge", False),
    ],
)
def test_who_explores_gets_no_hint_about_cost(ledger, phase, days_ago, arm, is_muted):
    joined = NOW - timedelta(days=days_ago)
    with ledger.runtime.store.write() as tx:
        campaign = StoredCampaign("c-1", "first", bytes(32), 0.5, "running", joined, phase)
        campaigns.add(tx, campaign)
        mine = Enrolled("c-1", ledger.person, arm, "never_used", THROUGH, joined)
        enrol(tx, [mine])

    assert is_hinted(said(ledger)) is not is_muted
    assert bool(noted(ledger)) is not is_muted


def test_somebody_elses_campaign_mutes_nobody(tmp_path):
    with own_ledger(f"sqlite:///{tmp_path / 'two.db'}", ["p-bob"]) as ledger:
        ledger.is_now([spent()], {})
        with ledger.runtime.store.write() as tx:
            campaigns.add(tx, StoredCampaign("c-1", "first", bytes(32), 0.5, "running", NOW))
            his = Enrolled("c-1", "p-bob", "nudge", "never_used", THROUGH, NOW)
            enrol(tx, [his])

        assert is_hinted(said(ledger))


def test_nothing_is_noted_of_somebody_who_was_erased_at_this_moment(ledger):
    with ledger.runtime.store.read() as tx:
        own = summary.read(tx, ledger.runtime, ledger.person)
    erasure.erase(ledger.runtime, ledger.person)

    assert hints.due(ledger.runtime, ledger.person, own) is None
    assert noted(ledger) == []
