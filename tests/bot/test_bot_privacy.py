"""What /tokens privacy and the Home tab say is kept, held against what the policy lets be kept."""

import json

import pytest
from signed import opened

from unranked.demo.blocks_limits import problems, view_problems
from unranked.demo.slack_members import Member
from unranked.domain import policy

RANDOM = "random keys and numbers"
LISTS = "since when the lists of people have you, whether they still do, and since when they do not"
AWAY = "days away"
ACCESS = "from when to when it gives access"
TOKENS = "counts of requests and tokens of each kind"
GROUP = (
    "your place among those who are in the same groups of managers, which is fixed for a quarter"
)
GROUPS = "which groups are yours, which one you are shown in a quarter"
WEEKLY = "then it is added up by the week, without product, model, tier, key and project"
EVER = "only the first and the last day on which you used a tool are left"
SEALED = "who is behind a key is sealed with keys that are kept apart from it"
SEGMENT = "whether tips may help you to start"
THROUGH = "on figures complete through which day"
DRAWN = "what chance drew for you"
MESSAGE = "each message to you, when it was planned, tried and sent, what came of it"
CHOICE = "what you pressed or set here and when"
LINK = "of a link to your export: a mark of it, when it ends and when it was used"
ADDRESSES = (
    "your name, e-mail address, member id, time zone, language and country, the conversation with "
    "this bot"
)
FINISHED = "for each day, how much of which kind you finished"
WEEK = "for a week, how many minutes you said ai was worth"
HINTED = "which hint about cost you were shown on which day"
ITS = "since when it is known and yours"
NOT_YOURS = "which accounts are not yours"
LOOKED = "on which day somebody looked at what comes from you, in which role, at what and how often"
DAILY = "from the ai providers, for each day and tool"

SAID = {
    "vault": {
        "id": RANDOM,
        "subject_key": RANDOM,
        "realm": "from the chat",
        "kind": ADDRESSES,
        "mark": RANDOM,
        "generation": SEALED,
        "sealed": ADDRESSES,
        "since": LISTS,
        "until": LISTS,
    },
    "person": {
        "person_key": RANDOM,
        "kind": "whether you are a member or a guest",
        "present": LISTS,
        "zone": "time zone",
        "locale": "language and country",
        "department": "department",
        "region": "region",
        "manager_key": "manager",
        "start_date": "first day of work",
        "weekdays": "working days",
        "first_seen": LISTS,
        "left_on": LISTS,
    },
    "absence": {"id": RANDOM, "person_key": RANDOM, "since": AWAY, "until": AWAY},
    "choice": {
        "id": RANDOM,
        "person_key": RANDOM,
        "choice": CHOICE,
        "made_at": CHOICE,
        "until": "such as hours, days and leave",
        "value": "such as hours, days and leave",
    },
    "account": {
        "account_key": RANDOM,
        "connector": "of each account with your address",
        "kind": "whether it is a person's or a key",
        "first_seen": ITS,
        "seat_since": ACCESS,
        "seat_until": ACCESS,
        "seat_dated": ACCESS,
        "listed": ITS,
        "last_seen": "when the provider last saw it used",
    },
    "tie": {"account_key": RANDOM, "since": ITS, "person_key": RANDOM, "until": ITS},
    "disclaimer": {"account_key": RANDOM, "person_key": RANDOM, "made_on": NOT_YOURS},
    "exportlink": {"mark": LINK, "person_key": RANDOM, "expires_at": LINK, "used_at": LINK},
    "unit": {"unit_key": RANDOM, "kind": GROUPS, "manager_key": RANDOM},
    "dottedline": {"person_key": RANDOM, "manager_key": "a second manager where you have one"},
    "cohort": {"quarter": GROUP, "person_key": RANDOM, "atom": RANDOM, "frozen_on": GROUP},
    "shownunit": {
        "quarter": GROUPS,
        "manager_key": RANDOM,
        "unit_key": RANDOM,
        "above": "how far above you it begins",
        "whole": "whether all of its people count",
    },
    "access": {
        "person_key": RANDOM,
        "day": LOOKED,
        "who": LOOKED,
        "what": LOOKED,
        "times": LOOKED,
    },
    "usage": {
        "connector": DAILY,
        "feed": DAILY,
        "day": DAILY,
        "account_key": RANDOM,
        "product": "the product and the model",
        "model": "the product and the model",
        "tier": "the tier, key and project where a provider says them",
        "credential": "the tier, key and project where a provider says them",
        "project": "the tier, key and project where a provider says them",
        "variant": "a random-looking mark that keeps two rows apart",
        "active": "whether there was use",
        "requests": TOKENS,
        "n_in": TOKENS,
        "n_out": TOKENS,
        "n_cr": TOKENS,
        "n_cw5": TOKENS,
        "n_cw1h": TOKENS,
        "cost_nano": "the cost in its currency",
        "currency": "the cost in its currency",
    },
    "usageweek": {
        "account_key": RANDOM,
        "connector": DAILY,
        "feed": DAILY,
        "since": WEEKLY,
        "currency": "the cost in its currency",
        "through": "the last day that is in it",
        "days": "active days",
        "requests": TOKENS,
        "n_in": TOKENS,
        "n_out": TOKENS,
        "n_cr": TOKENS,
        "n_cw5": TOKENS,
        "n_cw1h": TOKENS,
        "cost_nano": "tokens of each kind and the cost",
    },
    "everused": {
        "account_key": RANDOM,
        "since": ITS,
        "first_day": EVER,
        "last_day": EVER,
        "days": "whether it was on one, two or more days",
    },
    "outcome": {
        "connector": FINISHED,
        "feed": FINISHED,
        "day": FINISHED,
        "account_key": RANDOM,
        "kind": FINISHED,
        "finished": FINISHED,
    },
    "checkin": {
        "person_key": RANDOM,
        "week": WEEK,
        "minutes": f"{WEEK} and where the time went, or that you skipped it",
        "spent": "where the time went",
        "answered_on": "the day of your latest answer",
    },
    "hint": {"person_key": RANDOM, "shown_on": HINTED, "kind": HINTED},
    "placement": {
        "person_key": RANDOM,
        "segment": SEGMENT,
        "reason": "or why that is not known",
        "watermark": THROUGH,
        "decided_on": SEGMENT,
        "since": "since when",
    },
    "enrolment": {
        "campaign_key": RANDOM,
        "person_key": RANDOM,
        "arm": DRAWN,
        "segment": SEGMENT,
        "watermark": THROUGH,
        "enrolled_at": DRAWN,
        "unit": RANDOM,
        "steps": "how many of those tips were planned for you",
        "stopped": "why there are no more of them",
        "a14": "whether you used ai in the two weeks after it",
        "p42": "on how many days a month later",
    },
    "outbox": {
        "key": RANDOM,
        "purpose": RANDOM,
        "person_key": RANDOM,
        "channel": MESSAGE,
        "campaign_key": RANDOM,
        "kind": MESSAGE,
        "content": MESSAGE,
        "state": MESSAGE,
        "reason": MESSAGE,
        "created_at": MESSAGE,
        "not_before": MESSAGE,
        "claim": RANDOM,
        "claimed_until": MESSAGE,
        "attempted_at": MESSAGE,
        "attempts": MESSAGE,
        "looks": MESSAGE,
        "receipt": MESSAGE,
        "text_hash": MESSAGE,
        "finished_at": MESSAGE,
        "answered_on": "the day on which you reacted",
        "posted_on": "the day on which you posted a manager's weekly message to your team",
    },
}
"""By table and column: the words of the text that say it. A new column fails until it is said."""


@pytest.fixture
def company(world):
    world.person("ada")
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    world.slack.join(Member("UNEW", "New", "new@corp.example"))
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def in_a_row(answer):
    return " ".join(answer["text"].lower().split())


def test_every_field_that_is_kept_of_people_is_said(front):
    said = in_a_row(front.tokens("UADA", "privacy"))

    assert {one.name: set(one.columns) for one in policy.of_people()} == {
        table: set(columns) for table, columns in SAID.items()
    }
    for table, columns in SAID.items():
        for column, words in columns.items():
            assert words in said, f"{table}.{column}"


def test_it_says_what_stays_and_what_goes_when(front):
    said = in_a_row(front.tokens("UADA", "privacy"))

    assert policy.table("tombstone").columns == {
        "mark": "keyed hash",
        "made_on": "day of the erasure",
    }
    assert "leaves a mark that holds no name and no address, only the day" in said
    times = ("a hundred and twenty days", "thirteen months", "nine months", "ninety", "sixty")
    for time in times:  # in words: what stands in a chat's archive holds no figure
        assert time in said
    assert "lists are replaced by newer ones" in said
    assert "no time of day at which you used a tool" in said


def test_home_says_the_same_within_slacks_limits(front):
    answer = front.tokens("UADA", "privacy")
    view = front.home("UADA")

    assert problems(answer["blocks"], "message") == []
    assert view_problems({"type": view["type"], "blocks": view["blocks"]}, "home") == []
    shown = {block["text"]["text"] for block in view["blocks"] if block["type"] == "section"}
    for block in answer["blocks"][1:]:
        assert block["text"]["text"] in shown


@pytest.mark.parametrize("typed", ["privacy", "help"])
def test_anybody_may_ask_what_is_kept_and_what_there_is(company, front, typed):
    known = front.tokens("UADA", typed)

    assert front.tokens("UNEW", typed) == known
    front.click("UADA", "forget_now")
    assert front.tokens("UADA", typed) == known


def test_the_export_limits_what_it_says_of_times_to_the_use_of_tools(company, front):
    front.click("UADA", "stop")
    front.click("UADA", "export_now")
    (message,) = company.slack.messages_to("UADA")
    shown = json.loads(company.slack.file(message["files"][0]["id"]))

    about = shown["what this is"]
    assert "no time of day at which an AI tool was used" in about
    assert "Times of day are those of this bot's own work" in about
    (choice,) = shown["tables"]["choice"]["rows"]
    assert choice["when it was made"].startswith("2026-03-02T10:00")
