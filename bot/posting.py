"""The button with which a manager shows the team the weekly message, and the form behind it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.campaign_editor import update
from bot.identity import asking
from bot.reply import openly, privately
from bot.views import modal
from unranked.channels.base import Message
from unranked.channels.pages import Form
from unranked.services import posting, strangers
from unranked.services.runtime import Runtime

SOON_SECONDS = 1.5
"""Slack waits three seconds for an acknowledgement: a post that takes longer is told of later."""


def register(app: App, runtime: Runtime) -> None:
    """Make `app` ask where the message is to be posted, and post it there."""

    @app.action(posting.NAME)
    def pressed(
        ack: Ack,
        body: Mapping[str, Any],
        action: Mapping[str, Any],
        client: WebClient,
        respond: Respond,
    ) -> None:
        ack()
        member_id = body["user"]["id"]
        with asking(runtime, member_id) as who:
            if who is None:
                privately(respond, strangers.answer(runtime, member_id))
                return
            shown = posting.form(runtime, who, modal.clean(action.get("value")))
            drawn = modal.form(shown) if isinstance(shown, Form) else modal.screen(shown)
            client.views_open(trigger_id=body["trigger_id"], view=drawn)

    @app.view(posting.NAME)
    def sent(
        ack: Ack,
        body: Mapping[str, Any],
        view: Mapping[str, Any],
        client: WebClient,
        respond: Respond,
    ) -> None:
        with asking(runtime, body["user"]["id"]) as who:
            if who is None or not body.get("response_urls"):
                why = "post_gone" if who is None else "post_refused"
                ack(response_action="update", view=modal.screen(posting.said(why)))
                return
            token = modal.clean(view.get("private_metadata"))
            begun = posting.begin(runtime, who, token)
            if not isinstance(begun, Message):
                ack(response_action="update", view=modal.screen(begun))
                return
            with ThreadPoolExecutor(1) as executor:
                posted = executor.submit(openly, respond, begun)
                is_late = not wait([posted], SOON_SECONDS).done
                if is_late:
                    ack(response_action="update", view=modal.screen(posting.meanwhile()))
                came = modal.screen(posting.end(runtime, token, posted.result()))
            if is_late:
                update(client, str(view["id"]), came)
            else:
                ack(response_action="update", view=came)
