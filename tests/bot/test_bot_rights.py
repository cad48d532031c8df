"""/tokens export and /tokens forget, through signed requests."""

import io
import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from filled import dump
from signed import opened, words

from unranked import bootstrap
from unranked.channels import blocks
from unranked.demo.blocks_limits import problems
from unranked.services import messages
from unranked.store import vault
from unranked.store.planned import Planned, plan

PUBLIC = "https://unranked.corp.example"
DAY = date(2026, 2, 16)


@pytest.fixture
def company(world):
    for name in ("ada", "bob"):
        world.person(name)
    world.tools["acme"].use("ada@corp.example", DAY, cost="10.85")
    world.tools["acme"].use("bob@corp.example", DAY, cost="77.77")
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.fixture
def front_with_links(company):
    company.runtime = replace(company.runtime, public_url=PUBLIC)
    with opened(company) as made:
        yield made


def buttons(answer):
    return [
        b for block in answer["blocks"] if block["type"] == "actions" for b in block["elements"]
    ]


def everywhere(world):
    return repr(dump(world.runtime.store))


def test_before_an_export_is_made_it_is_said_that_the_chat_keeps_the_file(company, front):
    answer = front.tokens("UADA", "export")

    assert answer["response_type"] == "ephemeral"
    assert "kept like every file there" in words(answer)
    assert [button["action_id"] for button in buttons(answer)] == ["export_now"]
    assert problems(answer["blocks"], "message") == []
    assert company.slack.messages_to("UADA") == []
    assert company.slack.calls["files.getUploadURLExternal"] == 0


def test_the_export_is_a_file_in_the_own_conversation_and_holds_the_own_figures_alone(
    company, front
):
    front.tokens("UADA", "export")
    answer = front.click("UADA", "export_now")

    assert words(answer).startswith("Your file is in our direct messages")
    (message,) = company.slack.messages_to("UADA")
    (file,) = message["files"]
    assert file["name"] == "unranked-export.json"
    assert message["text"].startswith("Your export\n")
    content = company.slack.file(file["id"]).decode()
    rows = json.loads(content)["tables"]["usage"]["rows"]
    assert {row["cost"] for row in rows} == {None, "10.85"}
    assert "77.77" not in content
    assert "bob" not in content.lower()
    assert company.key("UBOB") not in content
    assert company.slack.messages_to("UBOB") == []
    assert company.slack.calls["files.upload"] == 0


def test_no_answer_and_no_title_about_an_export_holds_a_figure(company, front):
    said = [front.tokens("UADA", "export"), front.click("UADA", "export_now")]
    (message,) = company.slack.messages_to("UADA")

    for shown in [*map(words, said), message["text"], repr(message["files"])]:
        assert "10.85" not in shown
        assert "acme" not in shown.lower()


@pytest.mark.parametrize(
    ("faults", "begins"),
    [
        ({"uploads_disabled": True}, "The file could not be sent"),
        ({"missing_scopes": {"files:write"}}, "The file could not be sent"),
        ({"server_error": 1}, "The chat did not answer"),
        ({"cut": 1}, "The chat did not answer"),
        ({"rate_limited": 1}, "The chat did not answer"),
    ],
)
def test_a_chat_that_does_not_take_the_file_is_said_and_nothing_is_there(
    company, front, faults, begins
):
    front.tokens("UADA", "help")  # the first request asks Slack who the bot is
    conversation = company.runtime.channel.conversation("UADA").conversation
    with company.runtime.store.write() as tx:
        entry = vault.Entry(company.key("UADA"), "slack", vault.CONVERSATION, conversation)
        vault.put(tx, [entry])
    for name, value in faults.items():
        setattr(company.slack.faults, name, value)

    assert words(front.click("UADA", "export_now")).startswith(begins)
    assert company.slack.messages_to("UADA") == []


def test_with_a_public_address_the_export_is_a_link_and_no_file(company, front_with_links):
    front = front_with_links
    asked = front.tokens("UADA", "export")
    assert "Nothing is put into the chat" in words(asked)
    assert [button["action_id"] for button in buttons(asked)] == ["export_now"]

    answer = front.click("UADA", "export_now")
    (button,) = buttons(answer)
    assert answer["response_type"] == "ephemeral"
    assert button["url"].startswith(f"{PUBLIC}/export/")
    assert len(button["url"].rpartition("/")[2]) == 43  # 256 bits
    assert button["url"] not in answer["text"]
    assert problems(answer["blocks"], "message") == []
    assert company.slack.messages_to("UADA") == []
    assert company.slack.calls["files.getUploadURLExternal"] == 0
    assert words(front.click("UADA", "export_open")).startswith("The page is in your browser")


def link(front, who="UADA"):
    """Return the path of a new link."""
    (button,) = buttons(front.click(who, "export_now"))
    return button["url"].removeprefix(PUBLIC)


def test_a_link_hands_the_own_export_over_once(company, front_with_links):
    front = front_with_links
    path = link(front)
    first, second = front.http.post(path), front.http.post(path)

    assert first.status_code == 200
    assert first.headers["content-disposition"] == 'attachment; filename="unranked-export.json"'
    shown = first.json()["tables"]
    assert {row["cost"] for row in shown["usage"]["rows"]} == {None, "10.85"}
    assert "bob" not in first.text.lower()
    assert second.status_code == 404
    assert "does not work any more" in second.text
    assert company.key("UADA") not in second.text


def test_of_many_who_open_a_link_at_once_one_gets_the_export(company, front_with_links):
    front = front_with_links
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            found = pool.map(front.http.post, [link(front)] * 8)
        assert sorted(one.status_code for one in found) == [200, *([404] * 7)]


def test_a_look_at_the_page_uses_nothing_up_and_shows_nothing(company, front_with_links):
    front = front_with_links
    path = link(front)
    looks = [front.http.get(path), front.http.get(path), front.http.get("/export/not-a-token")]

    assert {look.status_code for look in looks} == {200}
    assert len({look.text for look in looks}) == 1
    assert (
        '<form method="post"><button type="submit">Save my export</button></form>' in looks[0].text
    )
    assert front.http.head(path).status_code == 200
    assert front.http.post(path).status_code == 200


def test_pages_and_export_are_not_kept_referred_to_framed_or_run(front_with_links):
    front = front_with_links
    path = link(front)
    for answer in (front.http.get(path), front.http.post(path), front.http.post(path)):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text


def test_a_link_ends_after_ten_minutes(company, front_with_links):
    front = front_with_links
    early = link(front)
    company.now += timedelta(minutes=9, seconds=59)
    assert front.http.post(early).status_code == 200
    late = link(front)
    company.now += timedelta(minutes=10)
    assert front.http.post(late).status_code == 404


def test_a_new_link_ends_the_old_one_and_other_peoples_stay(company, front_with_links):
    front = front_with_links
    old, other, new = link(front), link(front, "UBOB"), link(front)

    assert front.http.post(old).status_code == 404
    assert front.http.post(new).status_code == 200
    assert '"77.77"' in front.http.post(other).text


@pytest.fixture
def whole_log(monkeypatch):
    """Give everything that the program writes, at its lowest level, once logging is set up."""
    said, root = io.StringIO(), logging.getLogger()
    loud = {name: logging.getLogger(name).level for name in bootstrap._LOUD}
    before, handler = root.level, logging.StreamHandler(said)
    monkeypatch.setattr(sys, "stderr", said)
    bootstrap.configure_logging("plain")
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    for name, level in {"": before, **loud}.items():
        logging.getLogger(name).setLevel(level)


def test_the_token_stands_nowhere_but_in_the_link(company, whole_log, front_with_links):
    front = front_with_links
    path = link(front)
    front.http.get(path)
    front.http.post(path)
    front.http.post(path)

    logging.getLogger("unranked").debug("the log is read")
    assert "the log is read" in whole_log.getvalue()
    token = path.rpartition("/")[2]
    assert token not in whole_log.getvalue()
    assert token not in everywhere(company)
    assert token not in front.http.get("/metrics").text


def test_forget_first_says_what_goes_and_what_stays_and_changes_nothing(company, front):
    before = dump(company.runtime.store)
    answer = front.tokens("UADA", "forget")

    assert answer["response_type"] == "ephemeral"
    said = words(answer)
    assert "What goes:" in said
    assert "What stays:" in said
    assert "cannot be undone" in said
    assert "#ai-help" in said
    first, second = buttons(answer)
    assert (first["action_id"], first["style"]) == ("forget_now", "danger")
    assert (second["action_id"], second.get("style")) == ("keep", None)
    assert problems(answer["blocks"], "message") == []
    assert dump(company.runtime.store) == before


def test_keep_changes_nothing(company, front):
    before = dump(company.runtime.store)

    assert words(front.click("UADA", "keep")).startswith("Nothing was changed")
    assert dump(company.runtime.store) == before


def test_forget_erases_whoever_pressed_and_answers_once_more(company, front):
    key = company.key("UADA")
    answer = front.click("UADA", "forget_now")

    assert answer["response_type"] == "ephemeral"
    assert words(answer).startswith("You are forgotten")
    assert buttons(answer) == []
    left = everywhere(company)
    assert not [word for word in (key, "ada@corp.example", "UADA", "Ada") if word in left]
    assert company.key("UBOB")
    for text in ("", "export", "forget"):
        assert words(front.tokens("UADA", text)).startswith("Nothing is kept about you")
    assert words(front.click("UADA", "forget_now")).startswith("Nothing is kept about you")
    assert key not in everywhere(company)


def test_where_the_chat_keeps_the_bots_messages_that_is_said(company, front):
    front.click("UADA", "export_now")
    company.slack.faults.deleting_refused = True
    answer = front.click("UADA", "forget_now")

    assert "did not let the bot delete all of its messages" in words(answer)
    assert "ada@corp.example" not in everywhere(company)


def test_a_link_of_somebody_who_is_forgotten_opens_nothing(company, front_with_links):
    front = front_with_links
    path = link(front)
    front.click("UADA", "forget_now")

    assert front.http.post(path).status_code == 404


def test_somebody_elses_message_forgets_and_exports_nobody(company, front):
    with company.runtime.store.write() as tx:
        planned = Planned("k1", "p1", company.key("UBOB"), "slack", "{}", company.now, company.now)
        plan(tx, [planned])
    before = dump(company.runtime.store)
    for action in ("forget_now", "export_now", "keep"):
        answer = front.click("UADA", action, value="k1")
        assert answer["text"] == blocks.text(messages.plain("not_yours"))
    assert dump(company.runtime.store) == before


@pytest.mark.parametrize(
    "typed",
    ["export bob", "export <@UBOB>", "forget bob", "forget now", "exports", "erase", "forget_now"],
)
def test_anything_else_after_the_words_keeps_the_one_constant_answer(company, front, typed):
    before = dump(company.runtime.store)

    assert front.tokens("UADA", typed)["text"] == blocks.text(messages.plain("only_you"))
    assert dump(company.runtime.store) == before
