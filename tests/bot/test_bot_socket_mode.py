import gc
import socket
import threading
from datetime import date, timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from small_world import TOKEN
from socket_mode import APP_TOKEN, SocketMode, doors, listening

from unranked.channels import blocks
from unranked.errors import ConfigError
from unranked.services import messages
from unranked.services.segments import consent_from
from unranked.store import campaigns, outbox

STOPPED = messages.plain("stopped").title
ANSWER = messages.plain("answer_dm").title
OF_ANOTHER_APP = "xapp-1-of-another-app"
PEOPLE = ("UADA", "UBOB", "UCEM", "UDEE")


@pytest.fixture
def company(world):
    """Four people with a seat and no use, so that there is somebody to have a tip."""
    for who in PEOPLE:
        world.person(who[1:].lower())
    world.person("gus")
    days = (date(2026, 1, 5) + timedelta(days=n) for n in range(55))
    world.tools["acme"].use("gus@corp.example", *days)
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    return world


def stopped(world, member_id):
    key = world.key(member_id)
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx, key).get(key, [])).stopped


def has_a_tip(world, member_id):
    """Say whether something is queued for somebody."""
    with world.runtime.store.read() as tx:
        found = outbox.history(tx).get(world.key(member_id), [])
    return any(one.state in outbox.WAITING for one in found)


def test_a_command_is_acknowledged_in_time_and_answered_privately(company):
    url = company.slack.response_url()
    with listening(company) as (slack, _):
        slack.acknowledged(slack.command("UADA", "help", url))

    (answer,) = company.slack.answers(url)
    assert answer["text"] == blocks.text(messages.plain("help"))
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    assert company.slack.messages_to("UADA") == []


def test_the_acknowledgement_does_not_wait_for_the_answer(company):
    url = company.slack.response_url()
    # `mute` has to write, and waits until nobody else does.
    with listening(company) as (slack, _), company.runtime.store.write():
        slack.acknowledged(slack.command("UADA", "mute", url))
        assert company.slack.answers(url) == []

    (answer,) = company.slack.answers(url)
    assert answer["text"].startswith("Tips are off")


def test_a_button_is_acknowledged_and_holds(company):
    url = company.slack.response_url()
    with listening(company) as (slack, _):
        slack.acknowledged(slack.click("UADA", "stop", url))

    (answer,) = company.slack.answers(url)
    assert answer["response_type"] == "ephemeral"
    assert stopped(company, "UADA")


def test_writing_stop_ends_the_tips_of_whoever_wrote_it(company):
    company.plan()
    ada, *others = (who for who in PEOPLE if has_a_tip(company, who))
    with listening(company) as (slack, _):
        slack.acknowledged(slack.event(ada, "stop", event_id="Ev1"))
    company.deliver()

    assert stopped(company, ada)
    assert company.got(ada) == [STOPPED]
    assert not any(stopped(company, who) for who in others)


def test_whichever_way_a_connection_ends_the_bot_comes_back_and_answers(company):
    urls = [company.slack.response_url() for _ in range(4)]
    with listening(company) as (slack, _):
        ways = (None, slack.cut, slack.hang_up, slack.ask_to_come_again)
        for times, (end, url) in enumerate(zip(ways, urls, strict=True), start=1):
            if end is not None:
                end()
            slack.connected(times)
            slack.acknowledged(slack.command("UADA", "help", url))

    assert [len(company.slack.answers(url)) for url in urls] == [1, 1, 1, 1]
    gc.collect()  # a connection that nobody closed warns here


def test_an_event_that_slack_brings_again_is_acknowledged_and_answered_once(company):
    with listening(company) as (slack, _):
        slack.acknowledged(slack.event("UADA", "hello", event_id="Ev1"))
        slack.acknowledged(slack.event("UADA", "hello", event_id="Ev1", attempt=1))
        slack.cut()
        slack.connected(2)
        slack.acknowledged(slack.event("UADA", "hello", event_id="Ev1", attempt=2))
        slack.acknowledged(slack.event("UADA", "hello", event_id="Ev2"))

    assert company.got("UADA") == [ANSWER, ANSWER]


def test_a_token_that_slack_refuses_is_said_with_where_to_make_one(company):
    with SocketMode(company):
        bot = doors(company, OF_ANOTHER_APP)
        with pytest.raises(ConfigError, match="refuses SLACK_APP_TOKEN") as refused:
            bot.open()
        assert bot.close()

    assert "invalid_auth" in str(refused.value)
    assert "connections:write" in refused.value.hint
    assert OF_ANOTHER_APP not in f"{refused.value}{refused.value.hint}"


def test_slack_gives_an_address_for_an_app_level_token_and_for_nothing_else(company):
    with SocketMode(company):
        slack = WebClient(token=TOKEN, base_url=company.slack.url, retry_handlers=[])
        assert slack.apps_connections_open(app_token=APP_TOKEN)["url"].startswith("ws://127.0.0.1:")
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            slack.apps_connections_open(app_token=TOKEN)
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            slack.auth_test(token=APP_TOKEN)


@pytest.mark.parametrize("fault", ["server_error", "cut"])
def test_a_slack_that_cannot_be_asked_where_to_connect_is_said_with_what_to_check(company, fault):
    setattr(company.slack.faults, fault, 1)
    with SocketMode(company):
        bot = doors(company)
        with pytest.raises(ConfigError, match="cannot be reached for Socket Mode") as refused:
            bot.open()
        assert bot.close()

    assert "SLACK_API_URL" in refused.value.hint
    assert APP_TOKEN not in f"{refused.value}{refused.value.hint}"


def test_an_address_where_nobody_listens_is_said_with_what_to_check(company):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        bot = doors(company, slack_api_url=f"http://127.0.0.1:{silent.getsockname()[1]}/api/")
        with pytest.raises(ConfigError, match="cannot be reached for Socket Mode") as refused:
            bot.open()
        assert bot.close()

    assert "SLACK_API_URL" in refused.value.hint


OF_THE_STAND_INS = ("process_request_thread", "serve_forever", "sock_handler", "recv_events")


def threads():
    """Return the bot's threads: all of the process but those of Slack's stand-ins."""
    running = threading.enumerate()
    return {one for one in running if not any(name in one.name for name in OF_THE_STAND_INS)}


def test_closing_says_good_bye_and_leaves_no_thread(company):
    before = threads()
    with listening(company) as (slack, bot):
        slack.acknowledged(slack.event("UADA", "hello", event_id="Ev1"))
        assert threads() > before  # so that there is something to end
        assert bot.close()
        assert slack.left() == 1000
        assert threads() == before


def test_an_answer_that_takes_long_does_not_hold_the_close_and_comes_all_the_same(company):
    url = company.slack.response_url()
    with listening(company) as (slack, bot):
        with company.runtime.store.write():
            slack.acknowledged(slack.command("UADA", "mute", url))
            assert not bot.close(within_seconds=0.1)
        assert bot.close()

    assert len(company.slack.answers(url)) == 1


def test_a_slack_that_gives_no_new_address_does_not_hold_the_close(company):
    with listening(company) as (slack, bot), slack.without_addresses():
        slack.cut()
        slack.keeps_the_bot_waiting()
        assert not bot.close(within_seconds=0.1)
