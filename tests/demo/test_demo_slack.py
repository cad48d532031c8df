import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from unranked.demo.company import Company
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member

TOKEN = "made-up-token"
ADA, KENJI, LEFT, BOT, INVITED, GUEST = "U0ADA", "U0KENJI", "U0LEFT", "U0BOT", "U0NEW", "U0GUEST"
STRANGER = "W0STRANGER"
MEMBERS = [
    Member(ADA, "Ada Example", "ada@example.com", "America/New_York", "en-US"),
    Member(KENJI, "健太 Example", "kenji@example.com", "Asia/Tokyo", "ja-JP"),
    Member(LEFT, "Left", "left@example.com", deleted=True),
    Member(BOT, "Bot", is_bot=True),
    Member("USLACKBOT", "Slackbot"),
    Member(INVITED, "New", "new@example.com", is_invited_user=True),
    Member(STRANGER, "Other", is_stranger=True),
    Member(GUEST, "Guest", "guest@partner.example.net", is_restricted=True),
]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
TOO_LONG = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
PIE = {
    "type": "data_visualization",
    "title": "Work",
    "chart": {"type": "pie", "segments": [{"label": "Code", "value": 1}]},
}


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slack(clock):
    with FakeSlack(MEMBERS, clock, TOKEN) as fake:
        yield fake


@pytest.fixture
def client(slack):
    return WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])


def key(value):
    return {"event_type": "unranked_message", "event_payload": {"key": value}}


def refusal(call, *args, **kwargs):
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response.data


def code(call, *args, **kwargs):
    return refusal(call, *args, **kwargs)["error"]


def test_the_token_tells_who_it_is_and_what_it_may_do(client):
    answer = client.auth_test()

    assert {"team_id", "user_id", "bot_id"} <= set(answer.data)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_a_token_may_come_in_the_header_or_in_the_form_and_must_be_right(slack):
    def error(**how):
        return httpx.post(slack.url + "auth.test", **how).json().get("error")

    assert error(headers={"Authorization": f"Bearer {TOKEN}"}) is None
    assert error(data={"token": TOKEN}) is None
    assert error(headers={"Authorization": "Bearer other"}) == "invalid_auth"
    assert error() == "not_authed"


# People


def test_members_come_page_by_page_in_the_documented_shape(client, slack):
    pages = [page["members"] for page in client.users_list(limit=3)]
    members = [member for page in pages for member in page]
    ada, kenji, left = members[:3]

    assert [len(page) for page in pages] == [3, 3, 2]
    assert client.users_list()["response_metadata"]["next_cursor"] == ""
    assert [member["id"] for member in members] == [member.id for member in MEMBERS]
    assert ada["profile"]["email"] == "ada@example.com"
    assert (ada["tz"], ada["tz_offset"]) == ("America/New_York", -18_000)
    assert kenji["real_name"] == "健太 Example"
    assert left["deleted"]
    assert "tz" not in left
    slackbot = next(member for member in members if member["id"] == "USLACKBOT")
    assert slackbot["is_bot"] is False
    assert "locale" not in ada
    assert slack.calls["users.list"] == 4


def test_somebody_may_join_or_change_while_it_runs(client, slack):
    slack.join(Member("U0LATE", "Late", "late@example.com"))
    slack.join(Member(KENJI, "Kenji", deleted=True))
    members = {member["id"]: member for member in client.users_list()["members"]}

    assert len(members) == len(MEMBERS) + 1
    assert members["U0LATE"]["profile"]["email"] == "late@example.com"
    assert members[KENJI]["deleted"]
    assert code(client.conversations_open, users=KENJI) == "user_disabled"


def test_the_zone_offset_follows_the_clock(client, clock):
    clock.now = datetime(2026, 7, 1, tzinfo=UTC)

    assert client.users_info(user=ADA)["user"]["tz_offset"] == -14_400


def test_the_locale_is_shown_only_when_asked_for(client):
    assert client.users_info(user=KENJI, include_locale=True)["user"]["locale"] == "ja-JP"
    assert "locale" not in client.users_info(user=KENJI)["user"]
    assert code(client.users_info, user="U0NOBODY") == "user_not_found"


def test_without_its_scope_the_address_is_simply_absent(client, slack):
    slack.faults.missing_scopes.add("users:read.email")

    assert all("email" not in member["profile"] for member in client.users_list()["members"])


def test_a_wrong_cursor_and_a_missing_limit_are_refused(client, clock):
    assert code(client.users_list, cursor="bm9uc2Vuc2U=") == "invalid_cursor"
    assert code(client.users_list, cursor="%") == "invalid_cursor"
    company = Company.made(3, today=date(2026, 11, 23), people=1000)
    with FakeSlack(company.members, clock, TOKEN) as big:
        client = WebClient(token=TOKEN, base_url=big.url)
        assert code(client.users_list) == "limit_required"
        pages = [page["members"] for page in client.users_list(limit=200)]
    found = [member["id"] for page in pages for member in page]
    assert found == [member.id for member in company.members]
    assert all(len(page) <= 200 for page in pages)


@pytest.mark.parametrize(
    ("scope", "method", "arguments"),
    [
        ("users:read", "users.list", {}),
        ("im:history", "conversations.history", {"channel": "D0ADA"}),
        ("im:write", "conversations.open", {"users": ADA}),
        ("chat:write", "chat.postMessage", {"channel": ADA, "text": "x"}),
        ("chat:write", "chat.delete", {"channel": "D0ADA", "ts": "1.0"}),
    ],
)
def test_a_missing_scope_is_named(client, slack, scope, method, arguments):
    slack.faults.missing_scopes.add(scope)
    answer = refusal(client.api_call, method, data=arguments)

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == scope
    assert scope not in answer["provided"].split(",")


# Direct messages


def test_a_message_to_a_person_lands_in_the_dm_with_all_it_carries(client, slack):
    sent = client.chat_postMessage(
        channel=ADA, text="Hello", blocks=[SECTION], metadata=key("k1"), unfurl_links=False
    )
    (message,) = slack.messages_to(ADA)

    assert sent["channel"] == client.conversations_open(users=ADA)["channel"]["id"]
    assert sent["channel"].startswith("D")
    assert message["ts"] == sent["ts"]
    assert message["text"] == "Hello"
    assert message["blocks"] == [SECTION]
    assert slack.copies("k1") == 1
    assert slack.messages_to(KENJI) == []


def test_a_form_and_a_json_body_say_the_same(slack):
    content = {"channel": ADA, "text": "Hello", "blocks": [SECTION], "metadata": key("k")}
    form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in content.items()}
    auth = {"Authorization": f"Bearer {TOKEN}"}
    for body in ({"json": content}, {"data": form}):
        assert httpx.post(slack.url + "chat.postMessage", headers=auth, **body).json()["ok"]
    first, second = slack.messages_to(ADA)

    assert {**first, "ts": ""} == {**second, "ts": ""}
    assert first["ts"] < second["ts"]


def test_history_gives_the_newest_first_and_metadata_only_when_asked(client, clock):
    dm = client.conversations_open(users=ADA)["channel"]["id"]
    for n in range(5):
        client.chat_postMessage(channel=dm, text=f"m{n}", metadata=key(f"k{n}"))
        clock.now += timedelta(minutes=1)
    full = client.conversations_history(channel=dm, include_all_metadata=True)["messages"]
    short = client.conversations_history(channel=dm)["messages"]

    assert [message["text"] for message in full] == ["m4", "m3", "m2", "m1", "m0"]
    assert full[0]["metadata"] == key("k4")
    assert short[0]["metadata"] == {"event_type": "unranked_message"}
    assert {"app_id", "bot_id", "user", "ts"} <= set(full[0])


def test_history_obeys_oldest_limit_and_cursor(client, clock):
    dm = client.conversations_open(users=ADA)["channel"]["id"]
    for n in range(5):
        client.chat_postMessage(channel=dm, text=f"m{n}")
        clock.now += timedelta(minutes=1)
    every = client.conversations_history(channel=dm)["messages"]

    def texts(**how):
        pages = client.conversations_history(channel=dm, **how)
        return [[message["text"] for message in page["messages"]] for page in pages]

    assert texts(oldest=every[2]["ts"]) == [["m4", "m3"]]
    assert texts(oldest=every[2]["ts"], inclusive=True) == [["m4", "m3", "m2"]]
    assert texts(latest=every[2]["ts"]) == [["m1", "m0"]]
    assert texts(limit=2) == [["m4", "m3"], ["m2", "m1"], ["m0"]]
    assert code(client.conversations_history, channel=dm, oldest="noon") == "invalid_ts_oldest"


def test_history_update_and_delete_take_no_person(client):
    sent = client.chat_postMessage(channel=ADA, text="x")

    for call, more in (
        (client.conversations_history, {}),
        (client.chat_update, {"ts": sent["ts"], "text": "y"}),
        (client.chat_delete, {"ts": sent["ts"]}),
    ):
        assert code(call, channel=ADA, **more) == "channel_not_found"


def test_an_update_changes_text_and_blocks_and_keeps_metadata_unless_emptied(client, slack):
    sent = client.chat_postMessage(channel=ADA, text="x", metadata=key("k"))
    where = {"channel": sent["channel"], "ts": sent["ts"]}
    client.chat_update(**where, text="y", blocks=[SECTION])
    (message,) = slack.messages_to(ADA)

    assert (message["text"], message["blocks"]) == ("y", [SECTION])
    assert slack.copies("k") == 1
    client.api_call("chat.update", json={**where, "text": "y", "metadata": {}})
    assert slack.copies("k") == 0
    assert code(client.chat_update, **where, text="x" * 4001) == "msg_too_long"
    assert code(client.chat_update, **where, text="y", blocks=[TOO_LONG]) == "invalid_blocks"
    lost = {**where, "ts": "1.000001"}
    assert code(client.chat_update, **lost, text="y") == "message_not_found"


def test_a_deleted_message_is_gone(client, slack):
    sent = client.chat_postMessage(channel=ADA, text="x", metadata=key("k"))
    client.chat_delete(channel=sent["channel"], ts=sent["ts"])

    assert slack.messages_to(ADA) == []
    assert slack.copies("k") == 0
    assert code(client.chat_delete, channel=sent["channel"], ts=sent["ts"]) == "message_not_found"


@pytest.mark.parametrize(
    ("who", "opening"),
    [
        (LEFT, "user_disabled"),
        (BOT, "channel_not_found"),
        ("USLACKBOT", "channel_not_found"),
        (INVITED, "user_not_visible"),
        (STRANGER, "user_not_visible"),
        ("U0NOBODY", "user_not_found"),
    ],
)
def test_who_cannot_be_messaged_is_refused(client, who, opening):
    assert code(client.conversations_open, users=who) == opening
    assert code(client.chat_postMessage, channel=who, text="x") == "channel_not_found"


def test_a_guest_can_be_messaged(client, slack):
    client.chat_postMessage(channel=GUEST, text="x")

    assert len(slack.messages_to(GUEST)) == 1


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"blocks": [SECTION]}, "no_text"),
        ({"text": "x", "blocks": [TOO_LONG]}, "invalid_blocks"),
        ({"text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5},
         "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "e", "event_payload": "k"}},
         "invalid_metadata_format"),
        ({"text": "x", "username": "Boss"}, "missing_scope"),
    ],
)  # fmt: skip
def test_a_wrong_message_is_refused_and_not_kept(client, slack, content, error):
    content = {k: v if isinstance(v, str) else json.dumps(v) for k, v in content.items()}
    answer = refusal(client.api_call, "chat.postMessage", data={"channel": ADA, **content})

    assert answer["error"] == error
    assert slack.messages_to(ADA) == []
    if error == "invalid_blocks":
        assert answer["response_metadata"]["messages"][0].startswith("[ERROR]")


def test_an_overlong_text_is_cut(client, slack):
    client.chat_postMessage(channel=ADA, text="x" * 50_000)

    assert len(slack.messages_to(ADA)[0]["text"]) == 40_000


def test_an_unknown_method_or_body_is_refused(client, slack):
    assert code(client.api_call, "chat.shout") == "unknown_method"
    auth = {"Authorization": f"Bearer {TOKEN}"}
    url = slack.url + "auth.test"
    broken = {**auth, "Content-Type": "application/json"}
    assert httpx.post(url, headers=broken, content=b"{").json()["error"] == "invalid_json"
    assert httpx.post(url, headers=broken, content=b"[]").json()["error"] == "json_not_object"
    xml = {**auth, "Content-Type": "text/xml"}
    assert httpx.post(url, headers=xml, content=b"<x/>").json()["error"] == "invalid_post_type"


# Home and modals


def test_a_home_view_is_kept_for_its_person(client, slack):
    view = {"type": "home", "blocks": [SECTION]}
    first = client.views_publish(user_id=ADA, view=view)["view"]

    assert slack.home_of(ADA)["blocks"] == [SECTION]
    assert slack.home_of(KENJI) is None
    client.views_publish(user_id=ADA, view=view, hash=first["hash"])
    assert code(client.views_publish, user_id=ADA, view=view, hash=first["hash"]) == "hash_conflict"


def test_a_view_comes_back_with_all_that_slack_adds_to_it(client, slack):
    home = client.views_publish(user_id=ADA, view={"type": "home", "blocks": [SECTION]})["view"]
    modal = client.views_open(
        trigger_id=slack.trigger_id(ADA),
        view={
            "type": "modal",
            "callback_id": "c",
            "title": {"type": "plain_text", "text": "Form"},
            "blocks": [SECTION],
        },
    )["view"]

    assert home["id"] != modal["id"]
    assert (home["type"], modal["type"], modal["callback_id"]) == ("home", "modal", "c")
    for view in (home, modal):
        assert view["state"] == {"values": {}}
        assert view["root_view_id"] == view["id"]
        assert view["app_installed_team_id"] == view["team_id"]
        assert {"hash", "app_id", "bot_id", "private_metadata", "external_id"} <= set(view)
    assert slack.home_of(ADA) == home
    assert slack.modal_of(ADA) == modal


def test_without_a_home_tab_there_is_nothing_to_publish(client, slack):
    slack.faults.home_tab_disabled = True
    view = {"type": "home", "blocks": [SECTION]}

    assert code(client.views_publish, user_id=ADA, view=view) == "not_enabled"


def test_a_view_stands_on_its_own_surface_only(client, slack):
    modal = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Form"},
        "blocks": [SECTION],
    }
    home = {"type": "home", "blocks": [SECTION]}

    assert code(client.views_publish, user_id=ADA, view=modal) == "invalid_arguments"
    trigger = slack.trigger_id(ADA)
    assert code(client.views_open, trigger_id=trigger, view=home) == "invalid_arguments"


def test_a_wrong_home_view_is_refused(client, slack):
    def error(view, person=ADA):
        return code(client.views_publish, user_id=person, view=view)

    assert error({"type": "home", "blocks": [PIE]}) == "invalid_arguments"
    assert error({"type": "home", "blocks": [SECTION] * 101}) == "invalid_arguments"
    words = {"type": "mrkdwn", "text": "ü" * 3000}
    assert error({"type": "home", "blocks": [{**SECTION, "text": words}] * 50}) == "view_too_large"
    assert error({"type": "home", "blocks": []}, BOT) == "invalid_arguments"
    assert slack.home_of(ADA) is None


def test_a_modal_opens_once_with_a_fresh_trigger(client, slack, clock):
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Campaign"},
        "blocks": [SECTION],
    }
    trigger = slack.trigger_id(ADA)

    wrong = {**view, "title": {"type": "plain_text", "text": "x" * 25}}
    assert code(client.views_open, trigger_id=trigger, view=wrong) == "invalid_arguments"
    client.views_open(trigger_id=trigger, view=view)
    assert slack.modal_of(ADA)["title"] == view["title"]
    assert code(client.views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"
    assert code(client.views_open, trigger_id="1.2", view=view) == "invalid_trigger_id"
    late = slack.trigger_id(ADA)
    clock.now += timedelta(seconds=4)
    assert code(client.views_open, trigger_id=late, view=view) == "expired_trigger_id"


# Answers to commands


def test_a_response_url_keeps_five_answers_and_refuses_the_sixth(slack):
    url = slack.response_url()
    webhook = WebhookClient(url)
    statuses = [webhook.send(text=f"a{n}", blocks=[SECTION]).status_code for n in range(6)]

    assert statuses == [200] * 5 + [404]
    assert [answer["text"] for answer in slack.answers(url)] == ["a0", "a1", "a2", "a3", "a4"]
    assert slack.answers(url)[0]["blocks"] == [SECTION]
    other = slack.response_url()
    assert other != url
    assert slack.answers(other) == []


def test_a_response_url_lives_for_half_an_hour(slack, clock):
    url = slack.response_url()
    clock.now += timedelta(minutes=30)
    assert WebhookClient(url).send(text="in time").status_code == 200
    clock.now += timedelta(seconds=1)
    assert WebhookClient(url).send(text="late").body == '{"ok":false,"error":"expired_url"}'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"text": "x", "blocks": [TOO_LONG]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "alert"}]}, "invalid_blocks"),
        ({"blocks": [SECTION]}, "no_text"),
        ({"text": "x", "response_type": "shouted"}, "invalid_payload"),
        (["x"], "json_not_object"),
    ],
)
def test_a_wrong_answer_is_refused_and_not_kept(slack, answer, error):
    url = slack.response_url()
    response = httpx.post(url, json=answer)

    assert response.status_code == 400
    assert response.json()["error"] == error
    assert slack.answers(url) == []


def test_an_answer_may_delete_the_message_that_was_clicked(slack):
    url = slack.response_url()

    assert httpx.post(url, json={"delete_original": True}).status_code == 200
