"""The Home tab through Slack's own door: what it shows to whom, and that what is chosen holds."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from signed import home_click, opened, wait_for
from small_world import FIRST_DAY, small_world

from bot import identity
from bot.views import home as views
from bot.views import modal
from unranked import text
from unranked.channels import blocks
from unranked.demo.blocks_limits import view_problems
from unranked.demo.slack_members import Member
from unranked.demo.slack_requests import home_opened, submission
from unranked.domain.nudges import Reason
from unranked.domain.usage import AccountKind
from unranked.services import choices, corrections, forms, home, home_wrong, messages, segments
from unranked.services.choices import Asker
from unranked.services.segments import consent_from
from unranked.store import campaigns, coverage, groups, outbox, people, turns
from unranked.store import corrections as stored
from unranked.store.outbox import Kind
from unranked.store.people import StoredAccount
from unranked.store.planned import Planned, plan

NOW = "2026-03-02T10:00+00:00"  # a Monday: 11:00 in Berlin
LAST = date(2026, 2, 27)
WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
QUIET = [f"quiet{n}" for n in range(8)]


@pytest.fixture
def company(world):
    """Ada has seats in two tools and uses one; others have a seat and do nothing; some work."""
    world.person("ada", seats="acme beta")
    for name in ("bo", "cy", "di"):
        world.person(name, seats="acme beta")
        for tool in world.tools.values():
            tool.use(f"{name}@corp.example", *WEEKDAYS)
    for name in QUIET:
        world.person(name)
    world.tools["acme"].use("ada@corp.example", date(2026, 2, 16), cost="10.85")
    world.remembers(days=80)
    world.at(NOW)
    world.begin(days=3)
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def said(view):
    """Return every word on a page or in a form, in order."""
    return "\n".join(words_of(view["blocks"]))


def words_of(value):
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for held in value.values():
            yield from words_of(held)
    elif isinstance(value, list):
        for held in value:
            yield from words_of(held)


def buttons(view):
    """Return the buttons of a page as (action, value)."""
    found = []
    for block in view["blocks"]:
        elements = block.get("elements", []) if block["type"] == "actions" else []
        found += [*elements, block.get("accessory", {})]
    return [(b["action_id"], b.get("value", "")) for b in found if b.get("type") == "button"]


def values_of(view, action):
    return [value for name, value in buttons(view) if name == action]


def option(value):
    return {"selected_option": {"value": value}}


def hours(start, end):
    return {"from_hour": {"from_hour": option(start)}, "until_hour": {"until_hour": option(end)}}


def days(*chosen):
    return {"weekdays": {"weekdays": {"selected_options": [{"value": one} for one in chosen]}}}


def day(name, value):
    return {name: {name: {"type": "datepicker", "selected_date": value}}}


def period(first, last):
    return day("first_day", first) | day("last_day", last)


def asker(world, who):
    return Asker(world.key(who))


def consent(world, who):
    key = world.key(who)
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx, key).get(key, []))


def placed(world, who):
    segments.refresh(world.runtime)
    with world.runtime.store.read() as tx:
        return campaigns.placements(tx)[world.key(who)].segment


def tipped(world):
    """Plan, and return the Slack id of somebody for whom a tip is queued."""
    world.plan()
    with world.runtime.store.read() as tx:
        waiting = set(outbox.history(tx))
    return next(f"U{name.upper()}" for name in QUIET if world.key(f"U{name.upper()}") in waiting)


# What it shows.


def test_opening_home_shows_ones_own_page_within_slacks_limits_and_sends_nothing(company, front):
    view = front.home("UADA")

    assert view_problems({"type": view["type"], "blocks": view["blocks"]}, "home") == []
    headers = [b["text"]["text"] for b in view["blocks"] if b["type"] == "header"]
    assert headers == [
        "Your last 8 weeks",
        "Your choices",
        "What Unranked keeps about you",
        "Who looked at what is yours",
        "This is wrong",
        "Somebody to ask",
    ]
    assert company.slack.calls["chat.postMessage"] == 0
    assert company.slack.calls["chat.postEphemeral"] == 0
    assert company.slack.home_of("UBO") is None


FIGURES = [
    "You reported",
    "AI cost",
    "Net",
    "Value per token",
    "Compared with your previous quarter",
]


def test_the_summary_is_the_one_of_tokens_in_words(front):
    lines = said(front.home("UADA")).split("\n")

    answer = front.tokens("UADA")["text"].split("\n")
    (cost,) = (line for line in answer if line.startswith("AI cost: "))
    assert cost.startswith("AI cost: $1.36 a week, or 0.27 million cost-weighted tokens;")
    drawn = slice(
        answer.index("Cost by week, from its Monday:"), answer.index("What is not known:")
    )
    del answer[drawn]  # weeks one by one belong to a chart, and this page has none
    in_pieces = [
        piece
        for line in answer
        for piece in (line.split(": ", 1) if line.split(": ")[0] in FIGURES else [line])
    ]
    assert len(in_pieces) == len(answer) + len(FIGURES)
    assert [line for line in lines if line][: len(in_pieces)] == in_pieces


def test_the_page_says_whom_to_ask(front):
    assert "write to #ai-help" in said(front.home("UADA"))


def test_the_messages_tab_is_left_alone(company):
    with opened(company) as front:
        front.post(home_opened("UADA", event_id="Ev-m", tab="messages"))
        front.home("UBO")

    assert company.slack.home_of("UADA") is None


def test_somebody_outside_the_roster_gets_a_kind_page_and_can_change_nothing(company, front):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    before = rows(company)

    page = front.home("UNEW")
    assert said(page).startswith("You are not in the list of people yet")
    assert buttons(page) == []
    for action in (*home._ACTS, *forms.NAMES):
        assert front.press("UNEW", action)["blocks"] == page["blocks"]
    for name in forms.NAMES:
        assert front.send("UNEW", {"callback_id": name, "type": "modal"}, {}) == {}
    assert rows(company) == before


def test_nothing_on_the_page_names_anybody(company, front):
    front.home("UADA")
    front.press("UADA", "home_not_mine", value=values_of(front.home("UADA"), "home_not_mine")[0])

    shown = json.dumps(company.slack.home_of("UADA")["blocks"])
    with company.runtime.store.read() as tx:
        keys = set(people.everybody(tx))
    for word in ("@", "corp.example", "UADA", "acc:", "Quiet0", "Bo", *keys):
        assert word not in shown.replace("Bot", ""), word


def rows(world):
    """Return what everybody chose and corrected, and who is tied to what."""
    with world.runtime.store.read() as tx:
        return (
            campaigns.choices(tx),
            stored.pairs(tx),
            set(tx.exec_driver_sql("SELECT account_key, person_key, since, until FROM tie")),
        )


# Nothing of anybody else (method.md 4.10, T2).


def page_of_ada(world):
    made = views.page(home.page(world.runtime, asker(world, "UADA")))
    return json.dumps(made)


OTHERS = ("bob", "cem", "dee")
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.sampled_from(OTHERS), st.sampled_from(choices.ACTIONS)),
        st.tuples(st.just("not_mine"), st.sampled_from(OTHERS), st.integers(0, 1)),
        st.tuples(st.just("hours"), st.sampled_from(OTHERS), st.just("15:00")),
        st.tuples(st.just("away"), st.sampled_from(OTHERS), st.integers(1, 20)),
        st.tuples(
            st.just("use"), st.sampled_from(OTHERS), st.dates(FIRST_DAY + timedelta(days=3), LAST)
        ),
        st.tuples(st.just("reports to"), st.sampled_from(OTHERS), st.just("ada@corp.example")),
    ),
    max_size=8,
)


def with_others(world, doings, folder):
    """Let Ada be as she is, and others do what `doings` say, over a crowd that works."""
    world.person("ada", seats="acme beta")
    every = [LAST - timedelta(days=back) for back in range(60)]
    for n in range(8):
        world.person(f"crowd{n}", seats="acme beta")
        for tool in world.tools.values():
            tool.use(f"crowd{n}@corp.example", *every)
    for name in OTHERS:
        world.person(name, seats="acme beta")
    world.tools["acme"].use("ada@corp.example", date(2026, 2, 16), cost="10.85")
    for _, name, used in (one for one in doings if one[0] == "use"):
        world.tools["beta"].use(f"{name}@corp.example", used, cost="99")
    csv = folder / "people.csv"
    lines = [f"{name}@corp.example,{m}" for kind, name, m in doings if kind == "reports to"]
    # That somebody reports to Ada at all is on her page; who, and how many more, is not.
    always = ["email,manager_email", "ada@corp.example,", "crowd0@corp.example,ada@corp.example"]
    csv.write_text("\n".join([*always, *dict.fromkeys(lines)]))
    world.runtime = replace(world.runtime, roster_csv=csv)
    world.at(NOW)
    world.begin()
    for kind, name, value in doings:
        with identity.asking(world.runtime, f"U{name.upper()}") as who:
            if who is not None:  # nobody had them forgotten
                _do(world, kind, who, value)
    return world


def _do(world, kind, who, value):
    if kind == "press":
        choices.press(world.runtime, who, value)
    elif kind == "not_mine":
        with world.runtime.store.read() as tx:
            own = stored.own_accounts(tx, who.person_key)
        corrections.not_mine(world.runtime, who, own[value % len(own)].account_key if own else "")
    elif kind == "hours":
        forms.answer(
            world.runtime, who, "home_hours", {"from_hour": (value,), "until_hour": ("16:00",)}
        )
    elif kind == "away":
        until = (world.now.date() + timedelta(days=value)).isoformat()
        forms.answer(world.runtime, who, "home_away", {"until_day": (until,)})


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        return page_of_ada(with_others(world, [], folder))


@settings(
    deadline=None,
    max_examples=8,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(doings=DOINGS)
def test_what_others_do_and_choose_changes_no_byte_of_a_persons_page(
    alone, tmp_path_factory, doings
):
    folder = tmp_path_factory.mktemp("others")
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        after = page_of_ada(with_others(world, doings, folder))
        # Keys are drawn at random for everybody; here the same seed draws them.
        assert after == alone


# Choices hold at once.


def test_stop_ends_tips_and_shows_it_and_they_can_be_turned_on_again(company, front):
    who = tipped(company)
    front.home(who)

    view = front.press(who, "home_stop")
    assert "Tips are off" in said(view)
    assert values_of(view, "home_resume")
    company.deliver()
    assert company.got(who) == []

    view = front.press(who, "home_resume")
    assert "Tips are on" in said(view)
    assert not consent(company, who).stopped


def test_an_objection_holds_at_once_and_can_be_taken_back(company, front):
    who = tipped(company)
    assert "Your right to object" in said(front.home(who))

    view = front.press(who, "home_object")
    assert "You objected" in said(view)
    for ended in ("Your right to object", "Hours for tips", "Days for tips", "A word each month"):
        assert ended not in said(view), ended
    company.deliver()
    assert company.got(who) == []
    with company.runtime.store.read() as tx:
        assert company.key(who) not in campaigns.placements(tx)
        assert groups.objected(tx) == {company.key(who)}
    company.learn()
    with company.runtime.store.read() as tx:
        assert campaigns.placements(tx)[company.key(who)].segment == "excluded"
    assert "You objected" in said(
        front.press(who, "home_resume")
    )  # a wish for tips is no such word

    assert "Tips are on" in said(front.press(who, "home_object_no_more"))
    with company.runtime.store.read() as tx:
        assert groups.objected(tx) == set()


def test_fewer_tips_and_as_before(company, front):
    front.home("UQUIET0")

    assert "You get fewer tips" in said(front.press("UQUIET0", "home_fewer"))
    assert consent(company, "UQUIET0").nudges_per_quarter == 1
    assert "Tips are on" in said(front.press("UQUIET0", "home_usual"))
    assert consent(company, "UQUIET0").nudges_per_quarter == 3


def test_whoever_declined_in_a_message_finds_it_here(company, front):
    choices.press(company.runtime, asker(company, "UQUIET0"), "not_for_me")

    view = front.home("UQUIET0")
    assert "No tips about starting" in said(view)
    assert "Tips are on" in said(front.press("UQUIET0", "home_resume"))


def test_a_tip_that_waits_already_waits_for_the_hours_that_its_reader_chooses(company, front):
    who = tipped(company)
    front.home(who)
    modal = front.open(who, "home_hours")

    assert front.send(who, modal, hours("15:00", "16:00")) == {}
    assert "between 15:00 and 16:00" in said(company.slack.home_of(who))
    company.deliver()
    company.at("2026-03-02T13:59+00:00")  # 14:59 in Berlin
    company.deliver()
    assert company.got(who) == []
    company.at("2026-03-02T14:00+00:00")
    company.deliver()
    assert len(company.got(who)) == 1


def test_a_tip_is_planned_for_the_hours_that_its_reader_chose_before(company, front):
    for name in QUIET:
        who = f"U{name.upper()}"
        front.home(who)
        front.send(who, front.open(who, "home_hours"), hours("09:30", "10:30"))

    who = tipped(company)
    with company.runtime.store.read() as tx:
        due = turns.next_due(tx, "slack")
    assert due.isoformat() == "2026-03-03T08:30:00+00:00"
    assert company.got(who) == []


def test_own_days_hold_a_tip_back_and_count_as_known_working_days(company, front):
    who = tipped(company)
    front.home(who)
    modal = front.open(who, "home_days")
    assert front.send(who, modal, days("1", "3")) == {}

    assert "Tuesday and Thursday. These count as your working days" in said(
        company.slack.home_of(who)
    )
    company.deliver()
    assert company.got(who) == []
    company.at("2026-03-03T10:00+00:00")
    company.deliver()
    assert len(company.got(who)) == 1
    pattern = calendar(company, who).pattern
    assert (pattern.weekdays, pattern.known) == (frozenset({1, 3}), True)


def calendar(world, who):
    key = world.key(who)
    with world.runtime.store.read() as tx:
        person = people.one(tx, key)
        leave = people.absences(tx, key).get(key, [])
    return segments.calendar_of(person, leave, consent(world, who), today=world.now.date())


def test_own_days_change_the_segment_where_nobody_said_them_before(company, front):
    """Eight weeks of Mondays alone are eight working days: too few to be more than new."""
    assert placed(company, "UQUIET0") == "never_used"
    front.home("UQUIET0")

    front.send("UQUIET0", front.open("UQUIET0", "home_days"), days("0"))

    assert placed(company, "UQUIET0") == "new"


def test_the_companys_list_goes_before_own_days_which_still_hold_for_tips(company, front, tmp_path):
    csv = tmp_path / "people.csv"
    names = [*QUIET]
    lines = [f"{name}@corp.example,mon tue wed" for name in names]
    csv.write_text("\n".join(["email,working_days", *lines]))
    company.runtime = replace(company.runtime, roster_csv=csv)
    company.learn(days=1)
    with opened(company) as again:
        assert "Monday to Wednesday, as your company's list says" in said(again.home("UQUIET0"))
        again.send("UQUIET0", again.open("UQUIET0", "home_days"), days("1", "2"))
        shown = said(company.slack.home_of("UQUIET0"))

    assert "You chose Tuesday and Wednesday. Your company's list says Monday to Wednesday" in shown
    own = calendar(company, "UQUIET0")
    assert own.pattern.weekdays == frozenset({0, 1, 2})
    assert consent(company, "UQUIET0").open_hours.weekdays == frozenset({1, 2})


def test_away_until_a_day_and_back(company, front):
    front.home("UQUIET0")
    modal = front.open("UQUIET0", "home_away")

    assert front.send("UQUIET0", modal, day("until_day", "2026-03-16")) == {}
    assert "Back on Mon 16 Mar 2026" in said(company.slack.home_of("UQUIET0"))
    assert company.plan().withheld[Reason.AWAY] == 1

    assert "No leave is set, here or in your company's list" in said(
        front.press("UQUIET0", "home_back")
    )
    assert not calendar(company, "UQUIET0").is_away(company.now.date())


def test_leave_said_afterwards_counts_and_can_be_taken_back(company, front):
    front.home("UQUIET0")
    modal = front.open("UQUIET0", "home_was_away")
    assert front.send("UQUIET0", modal, period("2026-02-09", "2026-03-01")) == {}

    view = company.slack.home_of("UQUIET0")
    assert "Away from Mon 9 Feb 2026 to Sun 1 Mar 2026, as you said." in said(view)
    own = calendar(company, "UQUIET0")
    assert own.is_away(date(2026, 2, 9))
    assert own.is_away(date(2026, 3, 1))
    assert not own.is_away(date(2026, 3, 2))
    assert placed(company, "UQUIET0") == "away"

    (value,) = values_of(view, "home_was_there")
    view = front.press("UQUIET0", "home_was_there", value=value)
    assert values_of(view, "home_was_there") == []
    assert placed(company, "UQUIET0") == "never_used"


def test_no_more_weekly_messages_ends_what_waits_of_them_and_no_tip(company, front):
    who = tipped(company)
    with company.runtime.store.write() as tx:
        plan(tx, [digest_for(company, who)])

    answer = front.click(who, "no_digest")
    assert answer["text"].startswith("No more weekly messages")
    with company.runtime.store.read() as tx:
        counts = outbox.counts(tx)
    assert counts[outbox.State.SKIPPED, "no_digest"] == 1
    company.deliver()
    assert len(company.got(who)) == 1  # the tip

    assert consent(company, who).no_digest
    front.press(who, "home_digest_again")
    assert not consent(company, who).no_digest


def digest_for(world, who):
    return Planned(
        key=world.runtime.ids.key("m"),
        purpose="digest|1",
        person_key=world.key(who),
        channel="slack",
        content="{}",
        created_at=world.now,
        not_before=world.now,
        kind=Kind.DIGEST,
    )


def test_a_form_shows_what_holds_now(company, front):
    front.home("UADA")
    front.send("UADA", front.open("UADA", "home_hours"), hours("10:00", "12:30"))
    front.send("UADA", front.open("UADA", "home_days"), days("0", "4"))

    def chosen(action):
        for block in front.open("UADA", action)["blocks"]:
            element = block.get("element", {})
            one = element.get("initial_option")
            yield from [one] if one else element.get("initial_options", [])

    assert [one["value"] for one in chosen("home_hours")] == ["10:00", "12:30"]
    assert [one["value"] for one in chosen("home_days")] == ["0", "4"]
    assert [one["text"]["text"] for one in chosen("home_days")] == ["Monday", "Friday"]


@pytest.mark.parametrize("done", ["home_fewer", "home_was_there", "home_days", "home_away"])
def test_what_is_done_at_home_counts_as_a_reaction_to_a_tip(company, front, done):
    who = tipped(company)
    company.deliver()
    front.home(who)
    if done in forms.NAMES:
        front.send(who, {"callback_id": "home_days"}, days())  # wrong: nothing is done yet
    assert answered_on(company, who) is None

    if done in forms.NAMES:
        front.send(who, {"callback_id": done}, dict(GOOD)[done])
    else:
        front.press(who, done)

    assert answered_on(company, who) == company.now.date()


def answered_on(world, who):
    with world.runtime.store.read() as tx:
        (one,) = outbox.history(tx)[world.key(who)]
    return one.answered_on


# Forms that are filled in wrongly.

WRONG = [
    ("home_hours", hours("12:00", "12:00"), "until_hour"),
    ("home_hours", hours("13:00", "10:00"), "until_hour"),
    ("home_hours", hours("00:00", "23:59"), "until_hour"),
    ("home_hours", hours("9:30", "ten"), "until_hour"),
    ("home_hours", hours("10:07", "11:00"), "until_hour"),
    ("home_hours", {}, "until_hour"),
    ("home_days", days(), "weekdays"),
    ("home_days", days("8"), "weekdays"),
    ("home_away", day("until_day", "2026-03-02"), "until_day"),
    ("home_away", day("until_day", "2020-01-01"), "until_day"),
    ("home_away", day("until_day", "2027-03-04"), "until_day"),
    ("home_away", day("until_day", None), "until_day"),
    ("home_away", day("until_day", "9999-12-31"), "until_day"),
    ("home_was_away", period("2026-02-06", "2026-02-02"), "last_day"),
    ("home_was_away", period("2025-10-01", "2026-02-02"), "first_day"),
    ("home_was_away", period("2026-02-02", "2026-03-03"), "last_day"),
    ("home_was_away", period(None, "2026-03-01"), "first_day"),
    ("home_was_away", period("0001-01-01", "9999-12-31"), "first_day"),
]


def test_a_wrong_answer_is_said_at_its_field_and_the_form_stays_open_as_it_is(company, front):
    front.home("UADA")
    before = rows(company)
    for name, typed, field in WRONG:
        modal = front.open("UADA", name)
        published = company.slack.calls["views.publish"]

        errors = front.send("UADA", modal, typed)

        assert list(errors) == [field], (name, typed)
        assert field in [block.get("block_id") for block in modal["blocks"]]
        assert 0 < len(errors[field]) <= 100
        # An error, and no new view: Slack leaves what was typed where it is.
        assert set(front.acks[-1].json()) == {"response_action", "errors"}
        assert company.slack.modal_of("UADA") is modal
        assert company.slack.calls["views.publish"] == published
    assert rows(company) == before


def test_today_is_the_persons_own_day_in_a_form(company, front):
    """At 10:00 UTC it is tomorrow already in Kiritimati, and nobody is away until today."""
    company.person("kiri", zone="Pacific/Kiritimati")
    company.at("2026-03-02T11:00+00:00")
    company.learn(days=1)
    front.home("UKIRI")

    modal = front.open("UKIRI", "home_away")
    assert list(front.send("UKIRI", modal, day("until_day", "2026-03-03"))) == ["until_day"]
    modal = front.open("UKIRI", "home_was_away")
    assert front.send("UKIRI", modal, period("2026-03-03", "2026-03-03")) == {}


def test_more_leave_than_a_page_holds_is_refused_and_said(company, front):
    front.home("UADA")
    for n in range(corrections.PERIODS_MOST):
        one = date(2026, 2, 1) + timedelta(days=2 * n)
        assert front.send("UADA", {"callback_id": "home_was_away"}, twice(one)) == {}

    errors = front.send("UADA", {"callback_id": "home_was_away"}, twice(date(2026, 1, 5)))
    assert list(errors) == ["last_day"]
    assert front.send("UADA", {"callback_id": "home_was_away"}, twice(date(2026, 2, 1))) == {}
    assert len(consent(company, "UADA").was_away) == corrections.PERIODS_MOST


def twice(one):
    return period(one.isoformat(), one.isoformat())


# Accounts that are not one's own.


def test_an_account_that_is_not_mine_counts_as_mine_no_more_until_i_take_it_back(company, front):
    view = front.home("UADA")
    acme, beta = values_of(view, "home_not_mine")
    assert "Acme, with access since Thu 1 Jan 2026: counts as yours." in said(view)

    view = front.press("UADA", "home_not_mine", value=acme)

    assert (
        "Acme, with access since Thu 1 Jan 2026: not yours, as you said on Mon 2 Mar 2026."
        in said(view)
    )
    assert "$10.85" not in said(view)
    assert "$10.85" not in front.tokens("UADA")["text"]
    assert (values_of(view, "home_not_mine"), values_of(view, "home_mine")) == ([beta], [acme])
    company.now += timedelta(days=1)
    company.learn(days=1)  # roster and sync tie anew, and this pair stays apart
    assert "$10.85" not in said(front.home("UADA"))

    view = front.press("UADA", "home_mine", value=acme)

    assert "$10.85" in said(view)
    assert values_of(view, "home_not_mine") == [acme, beta]
    assert values_of(view, "home_mine") == []


def test_a_key_is_called_one(company, front):
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("UPDATE account SET kind = 'key', seat_dated = 0")

    view = front.home("UQUIET0")
    assert "Acme, a key known since Sat 28 Feb 2026: counts as yours." in said(view)
    view = front.press("UQUIET0", "home_not_mine", value=values_of(view, "home_not_mine")[0])
    assert "Acme, a key known since Sat 28 Feb 2026: not yours" in said(view)


def test_without_an_account_of_ones_own_there_is_no_segment_for_tips_and_no_tip(company, front):
    who = tipped(company)
    (account,) = values_of(front.home(who), "home_not_mine")

    front.press(who, "home_not_mine", value=account)

    company.deliver()
    assert company.got(who) == []
    assert placed(company, who) == "no_seat"
    front.press(who, "home_mine", value=account)
    assert placed(company, who) == "never_used"


def test_a_button_asks_before_it_gives_an_account_away(front):
    view = front.home("UADA")

    asked = [b["accessory"] for b in view["blocks"] if "accessory" in b]
    assert [one["action_id"] for one in asked] == ["home_not_mine"] * 2
    assert all(one["confirm"]["title"]["text"] == "Not your account?" for one in asked)


def test_one_persons_word_does_not_hold_up_everybodys_figures(company, front):
    """More than 2 % of a day's rows without a person would (method.md 2.2 e)."""
    view = front.home("UBO")
    for value in values_of(view, "home_not_mine"):
        front.press("UBO", "home_not_mine", value=value)
    with company.runtime.store.read() as tx:
        before = coverage.completeness(tx)["acme"].complete_through

    company.now += timedelta(days=1)
    company.learn(days=1)

    with company.runtime.store.read() as tx:
        assert coverage.completeness(tx)["acme"].complete_through > before


def test_what_was_said_holds_for_a_new_chat_account_with_the_same_address(company, front):
    (account,) = values_of(front.home("UQUIET0"), "home_not_mine")
    front.press("UQUIET0", "home_not_mine", value=account)
    front.send("UQUIET0", front.open("UQUIET0", "home_hours"), hours("10:00", "11:00"))

    company.slack.join(Member("UQUIET0", "Quiet0", "quiet0@corp.example", deleted=True))
    company.slack.join(Member("UAGAIN", "Quiet0", "quiet0@corp.example"))
    company.now += timedelta(days=1)
    company.learn(days=1)

    view = front.home("UAGAIN")
    assert values_of(view, "home_not_mine") == []
    assert values_of(view, "home_mine") == [account]
    # The new account may be another person's: hours, working days and leave tell of a life.
    assert "between 9:30 and 16:30" in said(view)


# Pressing twice, and what was made up.


def test_everything_pressed_twice_is_as_pressed_once(company, front):
    view = front.home("UADA")
    account = values_of(view, "home_not_mine")[0]
    front.send("UADA", {"callback_id": "home_was_away"}, period("2026-02-02", "2026-02-06"))
    (leave,) = values_of(company.slack.home_of("UADA"), "home_was_there")
    values = {"home_not_mine": account, "home_mine": account, "home_was_there": leave}

    for action in home._ACTS:
        once = front.press("UADA", action, value=values.get(action, ""))
        held, apart = consent(company, "UADA"), rows(company)[1:]
        twice = front.press("UADA", action, value=values.get(action, ""))
        assert twice["blocks"] == once["blocks"], action
        assert (consent(company, "UADA"), rows(company)[1:]) == (held, apart), action

    for name, typed in GOOD:
        for _ in range(2):
            assert front.send("UADA", {"callback_id": name}, typed) == {}
            held = consent(company, "UADA")
        assert consent(company, "UADA") == held


GOOD = [
    ("home_hours", hours("10:00", "12:00")),
    ("home_days", days("0", "1")),
    ("home_away", day("until_day", "2026-03-10")),
    ("home_was_away", period("2026-02-02", "2026-02-06")),
]


def test_an_account_or_leave_of_somebody_else_cannot_be_reached(company, front):
    mine = values_of(front.home("UADA"), "home_not_mine")
    front.send("UADA", {"callback_id": "home_was_away"}, period("2026-02-02", "2026-02-06"))
    (leave,) = values_of(company.slack.home_of("UADA"), "home_was_there")
    front.press("UADA", "home_not_mine", value=mine[0])
    view = front.home("UBO")
    before = rows(company)

    made_up = (*mine, leave, company.key("UADA"), "", "x" * 2000, "' OR 1=1 --")
    for value in made_up:
        for action in ("home_not_mine", "home_mine", "home_was_there", "home_unheard_of"):
            assert front.press("UBO", action, value=value)["blocks"] == view["blocks"]
    assert rows(company) == before


def test_what_a_view_brings_back_never_says_who_is_meant(company, front):
    front.home("UADA")
    front.home("UBO")
    before = consent(company, "UADA")
    forged = {
        "callback_id": "home_hours",
        "private_metadata": company.key("UADA"),
        "external_id": "UADA",
        "id": company.slack.home_of("UADA")["id"],
        "user_id": "UADA",
    }

    assert front.send("UBO", forged, hours("10:00", "11:00")) == {}
    assert front.press("UBO", "home_stop", value=company.key("UADA"))

    assert consent(company, "UADA") == before
    assert consent(company, "UBO").stopped
    assert consent(company, "UBO").hours != before.hours


def test_a_form_that_does_not_exist_changes_nothing(company, front):
    front.home("UADA")
    before = rows(company)

    for name in ("home_", "home_unheard_of", "home_stop"):
        assert front.send("UADA", {"callback_id": name}, hours("10:00", "11:00")) == {}
    assert rows(company) == before


@pytest.mark.parametrize(
    "state",
    [
        {"from_hour": {}},
        {"from_hour": {"from_hour": {"selected_option": None}}},
        {"from_hour": {"other": option("10:00")}, "until_hour": {"until_hour": option("11:00")}},
        {"weekdays": {"weekdays": {"selected_options": None}}},
    ],
)
def test_a_state_without_what_was_asked_is_a_wrong_answer(front, state):
    front.home("UADA")

    assert front.send("UADA", {"callback_id": "home_days"}, state) == {
        "weekdays": text.words("wrong_days").body
    }


def test_a_page_that_changed_meanwhile_is_made_anew(company, front):
    old = front.home("UADA")
    front.press("UADA", "home_fewer")
    before = company.slack.home_of("UADA")

    trigger = company.slack.trigger_id("UADA")
    front.post(home_click("UADA", "home_days", trigger, view=old))
    front.post(home_click("UADA", "home_stop", company.slack.trigger_id("UADA"), view=old))
    wait_for(lambda: company.slack.home_of("UADA") is not before)

    assert "Tips are off" in said(company.slack.home_of("UADA"))


def test_buttons_in_messages_and_at_home_answer_where_they_stand(company, front):
    front.home("UADA")
    published = company.slack.calls["views.publish"]

    assert front.click("UADA", "stop")["text"].startswith("Tips are off")
    assert company.slack.calls["views.publish"] == published
    answer = front.click("UADA", "homely")
    assert answer["text"] == blocks.text(messages.plain("unknown_action"))


def test_a_submission_that_slack_did_not_sign_is_refused(company, front):
    front.home("UADA")
    before = rows(company)
    body = submission("UADA", {"callback_id": "home_hours"}, hours("10:00", "11:00"))

    assert front.post(body, {}).status_code == 401
    assert rows(company) == before


# The fullest page.


def test_the_fullest_page_still_fits(company, front):
    key = company.key("UADA")
    accounts = [StoredAccount(f"a-{n:03}", AccountKind.MEMBER, FIRST_DAY) for n in range(60)]
    with company.runtime.store.write() as tx:
        people.add_accounts(tx, "acme", accounts)
        for one in accounts:
            tx.exec_driver_sql(
                "INSERT INTO tie (account_key, since, person_key) VALUES (?, ?, ?)",
                (one.account_key, "2026-01-01", key),
            )
    company.runtime = replace(company.runtime, help_contact="whoever can help " * 200)
    who = Asker(key)
    for action in ("fewer", "not_for_me", "no_digest", "away"):
        choices.press(company.runtime, who, action)
    for n in range(corrections.PERIODS_MOST):
        one = date(2026, 2, 1) + timedelta(days=2 * n)
        corrections.was_away(company.runtime, who, one, one, today=company.now.date())

    view = views.page(home.page(company.runtime, who))

    assert view_problems(view, "home") == []
    assert len(view["blocks"]) <= 90
    assert len(values_of(view, "home_not_mine")) == home_wrong.ACCOUNTS_MOST
    assert "There are more than this page can show" in said(view)


def led(world, who):
    """Let somebody lead two people, one of whom leads a third: they have two groups."""
    boss, below, last = (world.key(one) for one in (who, "UBO", "UCY"))
    with world.runtime.store.write() as tx:
        for person, manager in ((below, boss), (last, below)):
            tx.exec_driver_sql(
                "UPDATE person SET manager_key = ? WHERE person_key = ?", (manager, person)
            )


def test_every_form_and_label_is_within_slacks_limits(company):
    led(company, "UADA")
    for name in forms.NAMES:
        view = modal.form(forms.form(company.runtime, asker(company, "UADA"), name))
        assert view_problems(view, "modal") == []
        assert view["callback_id"] == name
        assert "private_metadata" not in view
    for name in home.LABELS:
        assert 0 < len(text.label(name)) <= 30


def test_every_button_on_the_page_is_one_that_the_page_knows(company, front):
    led(company, "UADA")
    who = asker(company, "UADA")
    seen = set()
    quiet = ("no_digest", "no_check_in", "no_hints", "monthly")
    objected = ("object", "object_no_more")
    for action in ("away", "fewer", *quiet, "stop", "resume", "not_for_me", *objected):
        choices.press(company.runtime, who, action)
        seen |= {name for name, _ in buttons(front.home("UADA"))}
    front.send("UADA", {"callback_id": "home_was_away"}, period("2026-02-02", "2026-02-06"))
    account = values_of(company.slack.home_of("UADA"), "home_not_mine")[0]
    seen |= {name for name, _ in buttons(front.press("UADA", "home_not_mine", value=account))}

    assert seen == {*home._ACTS, *forms.NAMES, "home_access"}
