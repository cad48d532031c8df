"""Parity: a manager posts the weekly message to the team, the very same words, and once."""

import json
from time import sleep

import pytest
from home_pages import said
from leading_people import listed
from reading import Reader
from signed import click, opened, wait_for
from sqlalchemy import update

from bot import posting
from unranked.demo.blocks_limits import problems, view_problems
from unranked.demo.http import Server
from unranked.demo.slack_members import Member
from unranked.demo.slack_requests import submission
from unranked.services import managers, roster
from unranked.services.messages import digest_content, practice_in
from unranked.store import outbox
from unranked.store.tables import Outbox, table

TEAM = "C0TEAM"
FIGURES = ["- Your direct reports with a seat: 10 to 24 people.", "- Of them: under a third."]
_outbox = table(Outbox)


@pytest.fixture
def company(world_on, tmp_path):
    """Boss and other have their message of the week, with figures in it."""
    listed(world_on, tmp_path, {"ada": "boss", "bo": "other"})
    world_on.at("2026-03-02T07:30+00:00")
    world_on.learn(days=1)
    managers.plan(world_on.runtime)
    with world_on.runtime.store.write() as tx:
        for key, content in tx.execute(_outbox.select().with_only_columns(*_KEYED)).all():
            new = digest_content(practice_in(content), FIGURES)
            tx.execute(update(_outbox).where(_outbox.c.key == key).values(content=new))
    world_on.at("2026-03-02T08:30+00:00")
    world_on.deliver()
    return world_on


_KEYED = (_outbox.c.key, _outbox.c.content)


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.fixture
def boss(front):
    return Reader(front, "UBOSS")


def words_of(message):
    """Return what a message says, block by block; no buttons."""
    kept = [block for block in message["blocks"] if block["type"] != "actions"]
    return said({"blocks": kept}).split("\n")


def presses(boss, *, label="Post to the team", number=-1):
    """Press the button of a label below a message that boss has."""
    message = boss.front.world.slack.messages_to(boss.who)[number]
    (actions,) = (block for block in message["blocks"] if block["type"] == "actions")
    (button,) = (one for one in actions["elements"] if one["text"]["text"] == label)
    element = (actions["block_id"], button["action_id"])
    boss.client.act("message", message["ts"], element, "", {})
    boss.front.settled()


def posts(boss, where=TEAM):
    presses(boss)
    boss.fill(post_where=where)
    boss.send()


def test_the_team_reads_word_for_word_what_the_manager_got_and_nothing_else(company, boss):
    got = words_of(company.slack.messages_to("UBOSS")[-1])
    posts(boss)
    (posted,) = company.slack.messages_in(TEAM)
    read = words_of(posted)

    title, note, *rest = read
    assert note.startswith("A manager shows you the weekly message that they got")
    assert [title, *rest] == got
    assert [line for line in got if line in FIGURES] == FIGURES
    assert problems(posted["blocks"], "message") == []
    assert not any(block["type"] == "actions" for block in posted["blocks"])
    assert "It is posted" in boss.modal


def test_nothing_in_the_post_says_who_posted_it_or_to_whom_it_came(company, boss):
    posts(boss)
    (posted,) = company.slack.messages_in(TEAM)
    whole = json.dumps([posted["text"], posted["blocks"]]).lower()

    for name in ("uboss", "boss@corp", company.key("UBOSS"), "title", "ada"):
        assert name.lower() not in whole.replace("your title", ""), name
    with company.runtime.store.read() as tx:
        keys = tx.execute(_outbox.select().with_only_columns(_outbox.c.key)).scalars().all()
    assert not any(key in whole for key in keys)


def test_pressed_again_it_is_not_posted_again_wherever_to(company, boss):
    posts(boss)
    boss.close()
    presses(boss)

    assert "It was posted before" in boss.modal
    assert boss.fields() == []
    assert len(company.slack.messages_in(TEAM)) == 1


def test_two_forms_that_are_open_at_once_post_once(company, front, boss):
    presses(boss)
    form = company.slack.modal_of("UBOSS")
    first, second = (company.slack.response_url("UBOSS") for _ in range(2))
    for url in (first, second):
        sends(front, "UBOSS", form, url)

    assert len(company.slack.answers(first)) == 1
    assert company.slack.answers(second) == []


def sends(front, who, form, url):
    """Send the form off, with an address of its own; return what takes its place."""
    chosen = {"type": "conversations_select", "selected_conversation": TEAM}
    address = {"block_id": "post_where", "action_id": "post_where", "channel_id": TEAM}
    body = submission(
        who,
        form,
        {"post_where": {"post_where": chosen}},
        response_urls=[address | {"response_url": url}],
    )
    answer = front.post(body).json()
    front.settled()
    assert answer["response_action"] == "update"
    assert view_problems(answer["view"], "modal") == []
    return said(answer["view"])


def test_of_two_who_note_a_post_at_the_same_moment_one_posts_it(company):
    with company.runtime.store.write() as tx:
        key = tx.execute(_outbox.select().with_only_columns(_outbox.c.key)).scalars().first()
        on = company.now.date()
        assert [outbox.post(tx, key, on=on) for _ in range(3)] == [True, False, False]
        outbox.not_posted(tx, key)
        assert outbox.post(tx, key, on=on)
        assert not outbox.post(tx, "m-made-up", on=on)


def test_somebody_elses_message_cannot_be_posted(company, front, boss):
    presses(boss)
    form = company.slack.modal_of("UBOSS")
    url = company.slack.response_url("UOTHER")
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    made_up = {**form, "private_metadata": "m-made-up"}
    told = [sends(front, "UOTHER", form, url), sends(front, "UADA", made_up, url)]
    told.append(sends(front, "UNEW", form, url))

    assert all("There is nothing to post" in one for one in told)
    assert len(set(told)) == 1
    assert company.slack.answers(url) == []
    assert "It is posted" in sends(front, "UBOSS", form, url)


def test_what_the_chat_did_not_take_can_be_posted_later(company, front, boss):
    presses(boss)
    form = company.slack.modal_of("UBOSS")
    old = company.slack.response_url("UBOSS")
    company.at("2026-03-02T09:30+00:00")  # Slack forgets an address after half an hour
    assert "It was not posted" in sends(front, "UBOSS", form, old)
    assert company.slack.messages_in(TEAM) == []
    boss.close()

    posts(boss)
    assert len(company.slack.messages_in(TEAM)) == 1


def test_what_nobody_knows_of_is_not_posted_a_second_time(company, front, boss):
    presses(boss)
    form = company.slack.modal_of("UBOSS")
    said_of_it = sends(front, "UBOSS", form, "http://127.0.0.1:9/nobody-listens")
    assert "Nobody knows whether it is posted" in said_of_it
    boss.close()
    presses(boss)

    assert "It was posted before" in boss.modal


def test_a_post_whose_answer_is_lost_was_sent_once_and_is_not_sent_again(company, front, boss):
    taken = []
    with Server(taken.append) as lost:  # takes a request, and closes the connection without a word
        presses(boss)
        told = sends(front, "UBOSS", company.slack.modal_of("UBOSS"), f"{lost.url}/post")

    assert "Nobody knows whether it is posted" in told
    assert len(taken) == 1


def test_an_older_message_is_posted_with_its_own_words(company, boss):
    old = words_of(company.slack.messages_to("UBOSS")[-1])
    company.at("2026-03-09T08:30+00:00")
    managers.plan(company.runtime)
    company.deliver()
    assert words_of(company.slack.messages_to("UBOSS")[-1]) != old
    presses(boss, number=0)
    boss.fill(post_where=TEAM)
    boss.send()

    (posted,) = company.slack.messages_in(TEAM)
    title, _, *rest = words_of(posted)
    assert [title, *rest] == old


def test_a_message_that_is_not_kept_any_more_is_not_posted(company, front, boss):
    presses(boss)
    with company.runtime.store.write() as tx:
        tx.execute(_outbox.delete())
    boss.fill(post_where=TEAM)
    boss.send()

    assert company.slack.messages_in(TEAM) == []
    assert "There is nothing to post" in boss.modal
    boss.close()
    presses(boss)
    assert "There is nothing to post" in boss.modal


def test_the_form_offers_no_conversation_that_others_outside_the_company_share(company, boss):
    presses(boss)
    view = company.slack.modal_of("UBOSS")
    (field,) = (block["element"] for block in view["blocks"] if block["type"] == "input")

    assert view_problems(_sent(view), "modal") == []
    assert field["response_url_enabled"]
    assert field["filter"]["exclude_external_shared_channels"]
    assert "im" not in field["filter"]["include"]


def _sent(view):
    names = ("type", "callback_id", "title", "submit", "close", "blocks", "private_metadata")
    return {name: view[name] for name in names if name in view}


def test_a_stranger_who_presses_is_told_so(company, front):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    url = company.slack.response_url("UNEW")
    front.post(click("UNEW", "post_digest", url, value="m1"))
    wait_for(lambda: bool(company.slack.answers(url)))

    assert "not in the list of people" in company.slack.answers(url)[0]["text"]


def test_in_german_the_team_reads_german(company, front):
    company.slack.join(Member("UBOSS", "Boss", "boss@corp.example", locale="de-DE"))
    roster.refresh(company.runtime)
    company.at("2026-03-09T08:30+00:00")
    managers.plan(company.runtime)
    company.deliver()
    boss = Reader(front, "UBOSS")
    presses(boss, label="Dem Team zeigen")
    boss.fill(post_where=TEAM)
    boss.send()
    (posted,) = company.slack.messages_in(TEAM)

    assert "Eine Führungskraft zeigt euch die Wochennachricht" in posted["text"]
    assert "Deine Woche mit Unranked" in posted["text"]


def test_a_tip_is_no_message_to_post(company, front):
    with company.runtime.store.write() as tx:
        tx.execute(update(_outbox).values(content='{"tip": "a_kind_no", "tools": []}'))
        key = tx.execute(_outbox.select().with_only_columns(_outbox.c.key)).scalars().first()
        who = outbox.owner(tx, key)
    member = next(one for one in ("UBOSS", "UOTHER") if company.key(one) == who)
    form = {"type": "modal", "callback_id": "post_digest", "private_metadata": key}
    url = company.slack.response_url(member)
    sends(front, member, form, url)

    assert company.slack.answers(url) == []


def test_a_post_that_takes_long_is_told_of_when_it_is_there(company, boss, monkeypatch):
    slow = company.slack._responses.take

    def take(request):
        sleep(posting.SOON_SECONDS + 0.3)
        return slow(request)

    monkeypatch.setattr(company.slack._responses, "take", take)
    posts(boss)
    wait_for(lambda: "It is posted" in boss.modal)
