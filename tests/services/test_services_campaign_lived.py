"""A campaign as the enablement team follows it: what is said from day to day, and how it goes."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import small_world
from sqlalchemy import delete, insert, select

from unranked import text
from unranked.channels import blocks
from unranked.channels.base import lines_of
from unranked.domain.campaigns import Design
from unranked.domain.counts import rounded
from unranked.domain.guardrails import Breach
from unranked.domain.maturity import Outcome
from unranked.services import (
    campaign_notices,
    campaign_progress,
    campaign_results,
    campaigns,
    choices,
    results,
)
from unranked.services.choices import Asker
from unranked.store import campaigns as stored
from unranked.store import looks
from unranked.store.outbox import Kind
from unranked.store.tables import Outbox, table

WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
QUIET = 60
TEAM = ("ada", "bo")
_outbox = table(Outbox)


def peopled(world, quiet=QUIET):
    world.person("ada")
    world.person("bo", locale="de-DE")
    world.person("cy")
    for name in ("ada", "bo", "cy"):
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)
    for n in range(quiet):
        world.person(f"quiet{n}")
    world.runtime = replace(world.runtime, enablement=frozenset({"UADA", "UBO"}))
    world.begin(days=3)
    return world


def launched(world):
    today = world.now.date()
    made = campaigns.create(world.runtime, Design("Spring", today, today + timedelta(weeks=10)))
    found = campaigns.launch(world.runtime, made.campaign_key, revision=0).campaign
    world.plan()
    world.deliver()
    return found


def a_day(world):
    world.now += timedelta(days=1)
    if world.now.weekday() < 5:
        for name in ("ada", "bo", "cy"):
            world.tools["acme"].use(f"{name}@corp.example", world.now.date())
    world.begin(days=1)
    world.plan()
    world.deliver()
    results.run(world.runtime)
    world.now += timedelta(minutes=5)
    world.deliver()
    world.now = world.now.replace(hour=10, minute=0, second=0)


def said(world, campaign, code="en"):
    with world.runtime.store.read() as tx, text.spoken(code):
        now = stored.one(tx, campaign.campaign_key)
        parts = campaign_results.parts(tx, now)
        message = campaign_results.message(world.runtime, Asker("p-any"))
    return "\n".join([*(line for part in parts for line in lines_of(part)), blocks.text(message)])


def looks_so_far(world, campaign):
    with world.runtime.store.read() as tx:
        return {kind: dict(looks.read(tx, campaign.campaign_key, kind)) for kind in Outcome}


def sent_to(world):
    with world.runtime.store.read() as tx:
        rows = tx.execute(
            select(_outbox.c.person_key)
            .where(_outbox.c.state == "sent", _outbox.c.kind == Kind.NUDGE)
            .order_by(_outbox.c.person_key)
        )
        return list(rows.scalars())


def notices(world):
    """Return the notices that each person of the company has, by their first lines."""
    starts = ("A campaign", "A result", "Eine Kampagne", "Ein Ergebnis")
    found = {}
    for who in ("ADA", "BO", "CY", "QUIET0"):
        texts = [one["text"] for one in world.slack.messages_to(f"U{who}")]
        found[who] = [one for one in texts if one.startswith(starts)]
    return found


pytestmark = pytest.mark.xdist_group("campaign-lived")  # lived once and read often


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Give a campaign lived to its end, and what was said on each day; most of one arm start."""
    folder = tmp_path_factory.mktemp("lived")
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        peopled(world)
        campaign = launched(world)
        mails = {world.key(f"UQUIET{n}"): f"quiet{n}@corp.example" for n in range(QUIET)}
        had = sent_to(world)
        for key in had[:18]:
            days = [world.now.date() + timedelta(days=n) for n in (5, 30, 33)]
            world.tools["acme"].use(mails[key], *days)
        diary = []
        for number in range(77 + 40):
            a_day(world)
            if number in {30, 31, 33, 60}:  # between two looks, one person each
                who = had[-1 - number % 5]
                choices.stop(world.runtime, Asker(who))
                world.tools["acme"].use(mails[who], world.now.date())
            diary.append((looks_so_far(world, campaign), said(world, campaign)))
        yield world, campaign, diary


def test_words_change_on_the_days_of_looks_alone(lived):
    _, _, diary = lived
    changed = [n for n in range(1, len(diary)) if diary[n][1] != diary[n - 1][1]]
    looked = [n for n in range(1, len(diary)) if diary[n][0] != diary[n - 1][0]]

    assert set(changed) <= set(looked)
    assert len(changed) >= 3


def test_it_ends_with_a_word_that_lasts_and_the_rest_of_what_is_to_be_said(lived):
    world, campaign, diary = lived
    with world.runtime.store.read() as tx:
        verdict = results.said(tx, campaign)
    points = verdict.look.interval.points()

    text_ = diary[-1][1]
    assert "What may be said: Works." in text_
    assert f"between +{points.low} and +{points.high}." in text_
    assert "It lasts: " in text_
    assert "There are no more looks." in text_
    assert "What may be said: Too early to say." in diary[0][1]
    assert said(world, campaign, "de").startswith("Was sich sagen lässt: Wirkt.")


def test_no_number_of_people_that_is_said_is_from_one_to_nineteen(lived):
    _, _, diary = lived
    for _, words in diary:
        for number in re.findall(r"(\d[\d.,]*) people", words):
            assert int(number.replace(",", "")) % 10 == 0
            assert int(number.replace(",", "")) >= 20


def test_nobody_is_named_and_no_key_is_said(lived):
    world, _, diary = lived
    words = "".join(one for _, one in diary)

    assert "quiet" not in words.lower()
    assert not [key for key in sent_to(world) if key in words]


def test_each_of_the_team_is_told_of_the_result_and_that_it_lasts_once_in_their_language(lived):
    world, _, _ = lived
    found = notices(world)

    assert [one.split("\n")[0] for one in found["ADA"]] == ["A result is ready"] * 2
    assert [one.split("\n")[0] for one in found["BO"]] == ["Ein Ergebnis ist da"] * 2
    assert found["CY"] == found["QUIET0"] == []
    for words in (*found["ADA"], *found["BO"]):
        assert "Spring" in words
        assert not re.search(r"\d", words)


def test_a_run_on_the_same_day_changes_and_tells_nothing_more(lived):
    world, campaign, diary = lived
    before = notices(world)
    results.run(world.runtime)
    world.deliver()

    assert said(world, campaign) == diary[-1][1]
    assert notices(world) == before


def test_one_at_whose_looks_too_few_were_known_ends_and_is_said_to_have_no_result(world):
    campaign = launched(peopled(world, quiet=22))
    for _ in range(16):
        world.now += timedelta(days=7)
        world.learn(days=1)
        results.run(world.runtime)
        world.deliver()
    world.now += timedelta(hours=1)
    world.deliver()

    words, found = said(world, campaign), notices(world)
    assert [one.split("\n")[0] for one in found["ADA"]] == ["A campaign is over"]
    assert [one.split("\n")[0] for one in found["BO"]] == ["Eine Kampagne ist zu Ende"]
    assert "without a result" in found["ADA"][0]
    assert "planned looks was taken." in words
    assert "adds nothing to the result of all campaigns together" in words
    for wrong in ("yet; ", "still counts", "not shown to last"):
        assert wrong not in words


# A campaign that pauses itself.


def test_a_campaign_that_annoys_tells_each_of_the_team_why_once_and_what_to_do(world):
    campaign = launched(peopled(world))
    for key in sent_to(world)[:8]:
        world.now += timedelta(minutes=1)
        choices.stop(world.runtime, Asker(key))
    assert results.run(world.runtime).paused == {Breach.OPT_OUTS: 1}
    world.deliver()
    results.run(world.runtime)
    with world.runtime.store.write() as tx:  # were it found a second time
        campaign_notices.paused_itself(tx, world.runtime, campaign, Breach.OPT_OUTS)
    world.now += timedelta(hours=1)
    world.deliver()

    found = notices(world)
    assert [len(found[who]) for who in ("ADA", "BO", "CY")] == [1, 1, 0]
    assert "“Spring” sends nothing more." in found["ADA"][0]
    assert "What to do:" in found["ADA"][0]
    assert found["BO"][0].startswith("Eine Kampagne hat sich angehalten\n„Spring“")
    assert not re.search(r"\d", found["ADA"][0] + found["BO"][0])
    assert "Why it paused itself: It paused itself: more than 2 in 100" in said(world, campaign)
    assert progress(world, campaign)[0].startswith("It paused itself: nothing more is sent.")


def test_a_filter_between_the_draw_and_the_result_pauses_a_campaign_before_its_first_look(world):
    """Most of those who wait are gone before they count, and nobody of the others."""
    campaign = launched(peopled(world, quiet=140))
    coming = [d for n in range(19) if (d := world.now.date() + timedelta(n)).weekday() < 5]
    for name in ("ada", "bo", "cy"):
        world.tools["acme"].use(f"{name}@corp.example", *coming)
    world.now += timedelta(days=18)
    world.begin(days=3)
    with world.runtime.store.write() as tx:
        gone = tx.exec_driver_sql("SELECT person_key FROM enrolment WHERE arm = 'holdout'")
        for key in [row[0] for row in gone][3:]:
            tx.exec_driver_sql(
                "UPDATE person SET left_on = '2026-03-05' WHERE person_key = ?", (key,)
            )
    assert not looks_so_far(world, campaign)[Outcome.A14]
    run = results.run(world.runtime)
    world.now = datetime.fromisoformat("2026-03-23T10:00+00:00")
    world.deliver()

    assert run.paused == {Breach.SAMPLE_RATIO: 1}
    assert run.taken == run.skipped == 0
    assert "do not rely on what this campaign says" in notices(world)["ADA"][0]
    assert "What may be said: Cannot be compared." in said(world, campaign)


# How it is getting on.


def progress(world, campaign, code="en"):
    with world.runtime.store.read() as tx, text.spoken(code):
        now = stored.one(tx, campaign.campaign_key)
        return campaign_progress.progress(tx, world.runtime, now)


def test_progress_says_where_it_is_and_how_much_of_it_was_sent_rounded_down(world):
    campaign = launched(peopled(world))
    drawn = sum(_arms(world, campaign).values())
    lines = progress(world, campaign)

    assert lines[0] == f"Drawn so far: {rounded(drawn)}. People join until 20 Apr 2026."
    assert lines[1] == f"Messages planned: {rounded(len(sent_to(world)))}. Of these"
    assert f"- sent: {rounded(len(sent_to(world)))}" in lines
    assert "- waiting: fewer than 20" in lines
    assert lines[-1].startswith("Reconciled: yes.")
    assert progress(world, campaign, "de")[-1].startswith("Abgeglichen: ja.")


def test_progress_follows_a_campaign_through_its_life(world):
    peopled(world)
    today = world.now.date()
    made = campaigns.create(world.runtime, Design("Spring", today, today + timedelta(weeks=10)))
    assert progress(world, made) == ()
    campaign = campaigns.launch(world.runtime, made.campaign_key, revision=0).campaign
    campaigns.hold(world.runtime, campaign.campaign_key)
    assert progress(world, campaign)[0].startswith("Paused: what waits is kept.")
    campaigns.resume(world.runtime, campaign.campaign_key)
    world.now += timedelta(weeks=9)
    assert progress(world, campaign)[0].startswith("Nobody joins any more.")
    campaigns.end(world.runtime, campaign.campaign_key)
    assert progress(world, campaign)[0].startswith("It is over.")


def test_what_is_lost_between_plan_and_outbox_is_said(world):
    campaign = launched(peopled(world))
    with world.runtime.store.write() as tx:
        one = tx.execute(select(_outbox.c.key).limit(1)).scalar()
        tx.execute(delete(_outbox).where(_outbox.c.key == one))

    assert progress(world, campaign)[-1].startswith("Reconciled: no.")


REASONS = {
    "adopted": "skipped because they had started",
    "opted_out": "skipped because they wanted none",
    "left": "skipped because they had left",
    "too_late": "skipped because it was too late",
    "no_zone": "skipped for other reasons",
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        peopled(world)
        today = world.now.date()
        made = campaigns.create(world.runtime, Design("Spring", today, today + timedelta(weeks=10)))
        yield world, campaigns.launch(world.runtime, made.campaign_key, revision=0).campaign


sizes = st.one_of(st.integers(0, 25), st.integers(0, 70))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["sent", "queued", "failed", "in_doubt"]), sizes),
    st.dictionaries(st.sampled_from(sorted(REASONS)), sizes),
)
def test_whatever_became_of_messages_every_number_is_rounded_and_small_parts_are_one(
    planned, states, reasons
):
    world, campaign = planned
    rows = [(state, "") for state, n in states.items() for _ in range(n)]
    rows += [("skipped", why) for why, n in reasons.items() for _ in range(n)]
    with world.runtime.store.write() as tx:
        tx.execute(delete(_outbox))
        if rows:
            tx.execute(insert(_outbox), [_row(world, campaign, n, *r) for n, r in enumerate(rows)])
    lines = progress(world, campaign)
    numbers = dict(line[2:].rsplit(": ", 1) for line in lines if line.startswith("- "))
    by_words = Counter({REASONS[why]: n for why, n in reasons.items()})

    if len(rows) < 20:
        assert lines[1] == "Messages planned: fewer than 20."
        assert numbers == {}
        return
    assert lines[1] == f"Messages planned: {rounded(len(rows))}. Of these"
    assert numbers["sent"] == rounded(states.get("sent", 0))
    assert numbers["waiting"] == rounded(states.get("queued", 0))
    assert numbers["skipped"] == rounded(sum(reasons.values()))
    parts = {what: said_ for what, said_ in numbers.items() if what.startswith("skipped ")}
    assert "fewer than 20" not in parts.values()
    assert len(parts) != 1
    for what, said_ in parts.items():
        if what != "skipped for other reasons":
            assert said_ == rounded(by_words[what])
            assert by_words[what] >= 20


def test_the_end_of_sending_is_reckoned_with_the_number_that_is_said(planned):
    world, campaign = planned

    def end(waiting, apart):
        world.runtime = replace(
            world.runtime, sending=replace(world.runtime.sending, apart=timedelta(seconds=apart))
        )
        with world.runtime.store.write() as tx:
            tx.execute(delete(_outbox))
            rows = [_row(world, campaign, n, "queued", "") for n in range(waiting)]
            tx.execute(insert(_outbox), rows)
        return [line for line in progress(world, campaign) if "expected to be out" in line]

    assert end(19, 1) == []
    assert "out by 2 Mar 2026," in end(20, 1)[0]
    # Seven hours a day are 25,200 seconds; this is a Monday.
    assert "out by 2 Mar 2026," in end(29, 1_260)[0]
    assert "out by 3 Mar 2026," in end(30, 1_260)[0]
    assert "out by 9 Mar 2026," in end(20, 7_000)[0]


def _row(world, campaign, number, state, reason):
    return {
        "key": f"m-{number}",
        "purpose": f"made-up|{number}",
        "person_key": f"p-{number}",
        "channel": "slack",
        "campaign_key": campaign.campaign_key,
        "content": json.dumps({"tip": "a_kind_no", "tools": []}),
        "state": state,
        "reason": reason,
        "created_at": world.now,
        "not_before": world.now,
        "claim": "",
        "attempts": 0,
        "looks": 0,
        "receipt": "",
    }


def _arms(world, campaign):
    with world.runtime.store.read() as tx:
        return stored.arms(tx, campaign.campaign_key)
