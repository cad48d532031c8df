"""What campaigns came to, as the enablement team is told it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert
from stored_campaigns import UNREAD, store_campaign

from unranked import text
from unranked.channels import blocks
from unranked.channels.base import Chart, lines_of
from unranked.demo.blocks_limits import problems
from unranked.domain.maturity import Outcome
from unranked.domain.programme_uplift import programme_uplift
from unranked.services import campaign_results, campaign_words
from unranked.services.choices import Asker
from unranked.store import campaigns, looks
from unranked.store.campaigns import StoredChoice
from unranked.store.tables import Outbox, table

MARCH = date(2026, 3, 2)
FEW = (20, 4, 20, 5)
WORKS = [(60, 20, 60, 6), (150, 60, 150, 20)]
SAME = [(60, 10, 60, 10), (150, 25, 150, 25)]
HARMS = [(60, 3, 60, 12), (150, 10, 150, 50)]
SMALL = [(3_000, 300, 3_000, 300), (30_000, 3_000, 30_000, 3_000)]
OVER = [(60 + 10 * n, 10, 60 + 10 * n, 10) for n in range(8)]
PEOPLE = re.compile(r"(\d[\d.,]*) (?:people|Leute)")


def asked(world, code="en"):
    with text.spoken(code):
        return campaign_results.message(world.runtime, Asker("p-anybody"))


def said(world, campaign, code="en"):
    with world.runtime.store.read() as tx, text.spoken(code):
        parts = campaign_results.parts(tx, campaign)
    return "\n".join(line for part in parts for line in lines_of(part))


def stored(world, *args, **more):
    with world.runtime.store.write() as tx:
        return store_campaign(tx, *args, **more)


@pytest.mark.parametrize(
    ("looked", "more", "words", "interval"),
    [
        (WORKS, {}, ("Works.", "Wirkt."), True),
        (WORKS, {"lasts": (150, 60, 150, 20)}, ("Works.", "Wirkt."), True),
        (WORKS, {"lasts": (150, 22, 150, 20)}, ("Brought forward, ", "Nur vorgezogen, "), True),
        (WORKS, {"lasts": FEW}, ("Brought forward, ", "Nur vorgezogen, "), True),
        (HARMS, {}, ("Harmful.", "Schadet."), True),
        (SMALL, {"people": 60_000}, ("Not worth it.", "Lohnt sich nicht."), True),
        (OVER, {}, ("Cannot tell.", "Lässt sich nicht sagen."), True),
        ([FEW] * 8, {}, ("Cannot tell.", "Lässt sich nicht sagen."), False),
        (SAME, {}, ("Too early to say.", "Noch zu früh."), True),
        ([], {}, ("Too early to say.", "Noch zu früh."), False),
    ],
)
def test_each_word_has_its_meaning_and_what_to_do(world, looked, more, words, interval):
    campaign = stored(world, "Spring", MARCH, looked, **more)
    english, in_german = said(world, campaign), said(world, campaign, "de")

    assert english.startswith(f"What may be said: {words[0]}")
    assert in_german.startswith(f"Was sich sagen lässt: {words[1]}")
    assert "\nWhat to do: " in english
    assert ("likely between" in english.split("\nLooks")[0]) is interval
    assert {*PEOPLE.findall(english), *PEOPLE.findall(in_german)} <= {"60", "150", "130"} | {
        *("3,000", "3.000", "30,000", "30.000")
    }


def test_the_interval_is_in_whole_points_and_of_the_look_that_gave_the_word(world):
    campaign = stored(world, "Spring", MARCH, [*WORKS, (200, 60, 200, 55)])
    with world.runtime.store.read() as tx:
        decided = looks.taken(tx, campaign.campaign_key, Outcome.A14)[1]
    points = decided.interval.points()
    text_ = said(world, campaign)

    assert points.low > 0
    assert (
        f"About +{points.middle} points, likely between +{points.low} and +{points.high}." in text_
    )
    assert "Decided at look 2 of 8, taken on 30 Mar 2026; later looks do not change" in text_
    assert "The next look is due on 13 Apr 2026." in text_
    assert campaign.look_days[3] == date(2026, 4, 13)


def test_looks_that_were_skipped_or_went_by_unread_are_said_as_such(world):
    campaign = stored(world, "Spring", MARCH, [FEW, FEW, SAME[0], UNREAD, SAME[1], SAME[1]])
    text_ = said(world, campaign)

    assert "As of look 5 of 8" in text_
    assert "Skipped, because too few people were new: look no. 1, 2 and 6." in text_
    assert "not read when they were due: 4." in text_


def in_short(world, name, code="en"):
    """Return what is said of a campaign in the answer that says all of them."""
    lines = blocks.text(asked(world, code)).splitlines()
    return next(line for line in lines if line.startswith(f"{name} ("))


def test_of_an_older_campaign_the_looks_that_were_not_taken_are_said_in_short(world):
    stored(world, "Old", MARCH, [FEW, FEW, SAME[0], UNREAD, SAME[1], SAME[1]])
    stored(world, "New", MARCH + timedelta(weeks=20), [SAME[0]])

    assert "Skipped, as too few were new: look no. 1, 2 and 6. Not read when due: 4." in in_short(
        world, "Old"
    )
    assert (
        "Ausgelassen, weil zu wenige neu waren: Termin Nr. 1, 2 und 6. Nicht gelesen: 4."
        in in_short(world, "Old", "de")
    )
    assert "Skipped" not in in_short(world, "New")


def test_a_campaign_of_which_every_look_so_far_was_skipped_says_so_and_when_the_next_is(world):
    stored(world, "Slow", MARCH, [FEW, FEW])
    stored(world, "Never", MARCH, [FEW] * 8)

    slow = in_short(world, "Slow")
    assert "No look was taken yet; 8 are planned. The next look is due on 6 Apr 2026." in slow
    assert "Skipped, as too few were new: look no. 1 and 2." in slow
    assert "None of the 8 planned looks was taken." in in_short(world, "Never")
    assert "Skipped" not in in_short(world, "Never")


def test_campaigns_without_a_look_are_named_with_the_day_of_their_first_one(world):
    stored(world, "Read", MARCH, WORKS)
    assert "No look yet" not in blocks.text(asked(world))
    for week in range(7):
        stored(world, f"Later {week}", MARCH + timedelta(weeks=week), [])

    listed = blocks.text(asked(world))
    assert "No look yet: “Later 6” (the first one on 4 May 2026), “Later 5” (" in listed
    assert "“Later 2” (the first one on 6 Apr 2026) and 2 more." in listed
    assert "Later 1" not in listed
    assert "Noch nicht gelesen: „Later 6“ (zum ersten Mal am 4. Mai 2026)," in blocks.text(
        asked(world, "de")
    )


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_each_formula_is_explained_where_results_are_said(world, code):
    campaign = stored(world, "Spring", MARCH, WORKS)
    together, alone = blocks.text(asked(world, code)), said(world, campaign, code)

    for number in range(12, 18):
        assert len(re.findall(rf"^- F{number}, .{{60,}}\.$", together, re.MULTILINE)) == 1
    assert re.findall(r"^- F(\d+), ", alone, re.MULTILINE) == ["12", "13", "14", "15", "17"]
    with text.spoken(code):
        assert f"\n{text.label('how')}\n- F12" in together


@pytest.mark.parametrize(
    ("numbers", "said_as"),
    [
        ([1], "1"),
        ([1, 2], "1 and 2"),
        ([1, 2, 3, 5], "1 to 3 and 5"),
        ([2, 4, 5, 7, 8, 9], "2, 4, 5 and 7 to 9"),
    ],
)
def test_numbers_of_looks_are_said_in_runs(numbers, said_as):
    assert campaign_words.in_runs(numbers) == said_as


def test_of_the_last_look_it_is_said_that_it_waits_and_then_that_it_is_over(world):
    open_ = stored(world, "Open", MARCH, OVER[:7])
    over = stored(world, "Over", MARCH, OVER)

    assert "The last look is due on 11 May 2026; it waits up to 21 days" in said(world, open_)
    assert "Whether it lasts is read once, from 8 Jun 2026 on." in said(world, open_)
    assert "There are no more looks." in said(world, over)


def test_a_campaign_whose_groups_are_not_as_drawn_says_no_difference_anywhere(world):
    broken = stored(world, "Broken", MARCH, WORKS, held_by="sample_ratio", state="paused")
    for text_ in (said(world, broken), blocks.text(asked(world))):
        assert "Cannot be compared." in text_
        assert "Works" not in text_
        assert "points, likely" not in text_
        assert "the groups that are compared are not as large as they were drawn" in text_
    assert not [part for part in asked(world).parts if isinstance(part, Chart)]


def test_why_it_paused_itself_is_said_and_that_the_team_paused_it_is_no_result(world):
    annoyed = stored(world, "Annoyed", MARCH, [], held_by="opt_outs", state="paused")
    held = stored(world, "Held", MARCH, [], held_by="team", state="paused")

    assert "more than 2 in 100 of those who got a message opted out" in said(world, annoyed)
    assert "paused" not in said(world, held)
    listed = blocks.text(asked(world))
    assert "Annoyed (from" in listed
    assert "Held (from" not in listed


def test_a_goal_of_lasting_use_is_said_and_not_read_a_second_time(world):
    campaign = stored(world, "Lasting", MARCH, [SAME[0]], outcome=Outcome.P42, weeks=20)
    text_ = said(world, campaign)

    assert "use on at least 2 of the days from 29 to 42 after the draw" in text_
    assert "lasts" not in text_
    assert "Not yet: it is said once a campaign whose goal is to start" in blocks.text(asked(world))


def test_drafts_and_the_campaign_that_nobody_wrote_are_not_judged(world):
    draft = stored(world, "Draft", MARCH, [], people=0, look_days=(), state="draft")

    assert said(world, draft) == "It is not judged: it has no looks."
    assert "Draft" not in blocks.text(asked(world))
    assert "No campaign has been read yet." in blocks.text(asked(world))


def test_campaigns_stand_by_their_day_and_never_by_what_they_did(world):
    for week, looked in enumerate([WORKS, HARMS, SAME, WORKS]):
        stored(world, f"Number {week}", MARCH + timedelta(weeks=week), looked)

    found = re.findall(r"Number \d", blocks.text(asked(world)))
    assert found == ["Number 3", "Number 2", "Number 1", "Number 0"]


def test_the_chart_shows_each_look_of_the_newest_campaign_that_has_one(world):
    stored(world, "Old", MARCH - timedelta(weeks=4), WORKS)
    newest = stored(world, "New", MARCH, [FEW, *WORKS])
    stored(world, "Waiting", MARCH + timedelta(weeks=1), [FEW])
    with world.runtime.store.read() as tx:
        points = [
            look.interval.points() for look in looks.taken(tx, newest.campaign_key, Outcome.A14)
        ]

    (chart,) = (part for part in asked(world).parts if isinstance(part, Chart))
    assert chart.categories == ("30 Mar", "6 Apr")
    assert [series.values for series in chart.series] == [
        tuple(point.low for point in points),
        tuple(point.middle for point in points),
        tuple(point.high for point in points),
    ]
    assert len(chart.words) == 3
    assert chart.words[2].startswith(f"- 6 Apr: About +{points[1].middle} points")
    assert [b["type"] for b in blocks.blocks(asked(world))].count("data_visualization") == 1


def test_a_year_of_weekly_looks_fits_the_chart(world):
    looked = [(60 + 12 * n, 10 + n, 60 + 12 * n, 10 + n) for n in range(40)]
    stored(world, "Year", MARCH, looked, weeks=52, people=2_000)

    for code in text.LANGUAGES:
        drawn = blocks.blocks(asked(world, code))
        (chart,) = (block for block in drawn if block["type"] == "data_visualization")
        categories = chart["chart"]["axis_config"]["categories"]
        assert len(categories) == len(set(categories)) == 20
        assert problems(drawn, "message") == []


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_fifty_campaigns_fit_and_the_oldest_are_counted(world, code):
    for week in range(50):
        name = f"A campaign with the longest name that anybody may give to it in here, no {week:02}"
        stored(world, name, MARCH + timedelta(weeks=week), [FEW, *WORKS])
        stored(world, name.replace("no ", "to wait "), MARCH + timedelta(weeks=week), [])
    message = asked(world, code)
    drawn = blocks.blocks(message)
    listed = re.findall(r"no (\d\d) ", blocks.text(message))
    cut = re.search(r"(?:And|Und) (\d+) (?:older ones|ältere)", blocks.text(message))

    assert problems(drawn, "message") == []
    assert len(drawn) <= 50
    assert [*map(int, listed)] == list(range(49, 49 - len(listed), -1))
    assert len(listed) >= 15
    assert len(listed) + int(cut[1]) == 50


# All campaigns together (F16).


def test_all_campaigns_together_are_pooled_by_one_plus_one_and_with_people_fixed_before(world):
    for week, looked in enumerate([WORKS, SAME, HARMS]):
        stored(world, f"Number {week}", MARCH + timedelta(weeks=week), looked, people=400)
    stored(world, "Lasting", MARCH, WORKS, outcome=Outcome.P42, weeks=20, people=100)
    stored(world, "Broken", MARCH, WORKS, held_by="sample_ratio", people=100)
    later = MARCH + timedelta(weeks=12)
    stored(world, "Later", later, WORKS, people=9_000)
    with world.runtime.store.read() as tx:
        a14 = [
            looks.taken(tx, one.campaign_key, Outcome.A14)[-1]
            for one in campaigns.every(tx)
            if one.outcome is Outcome.A14 and not one.held_by
        ]
    found = programme_uplift(a14, expected=3 * 400 + 2 * 100)

    with text.spoken("en"):
        wanted = campaign_words.difference(found)
    assert f"All campaigns together: What tips do could still be chance. {wanted}" in blocks.text(
        asked(world)
    )
    assert "with 1,200 people who were counted" in blocks.text(asked(world))


@pytest.mark.parametrize(
    ("looked", "means"), [(WORKS, "Tips help, by more"), (HARMS, "Tips do harm, by more")]
)
def test_what_all_together_did_is_said_in_a_word(world, looked, means):
    stored(world, "Only", MARCH, looked)

    assert f"All campaigns together: {means}" in blocks.text(asked(world))


# Who opted out.


def got_a_message(world, name, people):
    """Let so many people get a message of the campaign of that name, before it is looked at."""
    outbox, day = table(Outbox), datetime(2026, 3, 3, 9, tzinfo=UTC)
    rows = [
        {
            "key": f"m-{number}",
            "purpose": f"u-{number}",
            "person_key": f"p-{number}",
            "channel": "slack",
            "campaign_key": f"c-{name}",
            "content": "{}",
            "state": "sent",
            "created_at": day,
            "not_before": day,
            "finished_at": day,
        }
        for number in range(people)
    ]
    with world.runtime.store.write() as tx:
        tx.execute(insert(outbox), rows)


def opts_out(world, numbers, choice="stop"):
    with world.runtime.store.write() as tx:
        for number in numbers:
            made = datetime(2026, 3, 4, 9, tzinfo=UTC)
            campaigns.choose(tx, StoredChoice(f"p-{number}", choice, made))


@pytest.mark.parametrize(
    ("people", "gone", "words"),
    [
        (39, 0, "Too few people to say."),
        (39, 7, "Too few people to say."),
        (68, 0, "Fewer than 34 in 100 of 60 people with a message opted out or muted tips"),
        (68, 19, "Fewer than 34 in 100 of 60 people with a message opted out or muted tips"),
        (68, 25, "About 37 in 100 of 60 people with a message opted out or muted tips"),
    ],
)
def test_of_opt_outs_a_share_is_said_and_the_same_one_until_the_next_look(
    world, people, gone, words
):
    got_a_message(world, "spring", people)
    opts_out(world, range(gone))
    campaign = stored(world, "Spring", MARCH, WORKS)
    before = said(world, campaign)
    opts_out(world, range(gone, gone + 3))
    opts_out(world, [0, gone + 4], choice="object")

    assert f"Opt-outs: {words}" in before
    assert said(world, campaign) == before
    assert ("Opt-outs: " in blocks.text(asked(world))) is ("Too few" not in words)


def test_before_the_first_look_nothing_is_said_of_opt_outs(world):
    got_a_message(world, "spring", 68)
    campaign = stored(world, "Spring", MARCH, [FEW])

    assert "Opt-outs" not in said(world, campaign)
