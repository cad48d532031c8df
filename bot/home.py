"""The Home tab: published for the person who opens it, and again after everything they do there.

Who acts is who Slack says; nothing that a view brings back names a person.
"""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.identity import asking
from bot.views import home as views
from bot.views import modal
from unranked.services import access, forms, home
from unranked.services.runtime import Runtime

OWN = re.compile("^home_")
"""The names of the page's buttons and forms. Buttons in messages have other names."""


def register(app: App, runtime: Runtime) -> None:
    """Make `app` show the Home tab and carry out what is done there."""

    @app.event("app_home_opened")
    def opened(event: Mapping[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            publish(client, runtime, event["user"], seen=event.get("view"))

    @app.action(OWN)
    def pressed(
        ack: Ack, body: Mapping[str, Any], action: Mapping[str, Any], client: WebClient
    ) -> None:
        ack()
        member_id, name = body["user"]["id"], str(action["action_id"])
        with asking(runtime, member_id) as who:
            form = None if who is None else forms.form(runtime, who, name)
            if form is not None:
                client.views_open(trigger_id=body["trigger_id"], view=modal.form(form))
                return
            log = None if who is None else access.screen(runtime, who.person_key, name)
            if log is not None:
                client.views_open(trigger_id=body["trigger_id"], view=modal.screen(log))
                return
            if who is not None:
                home.press(runtime, who, name, str(action.get("value") or ""))
        publish(client, runtime, member_id, seen=body.get("view"))

    @app.view(OWN)
    def sent(ack: Ack, body: Mapping[str, Any], view: Mapping[str, Any], client: WebClient) -> None:
        member_id = body["user"]["id"]
        with asking(runtime, member_id) as who:
            if who is not None:
                wrong = forms.answer(runtime, who, str(view["callback_id"]), modal.typed(view))
                if wrong:
                    ack(response_action="errors", errors=dict(wrong))
                    return
        ack()
        publish(client, runtime, member_id)


def publish(
    client: WebClient, runtime: Runtime, member_id: str, *, seen: Mapping[str, Any] | None = None
) -> None:
    """Put the member's own page before them. seen: the page that they have before them now.

    Two things done at the same moment publish twice: whoever would replace a newer page than the
    one that was acted on makes the page anew first.
    """
    known = str((seen or {}).get("hash") or "") or None
    try:
        client.views_publish(user_id=member_id, view=_view(runtime, member_id), hash=known)
    except SlackApiError as error:
        if error.response.get("error") != "hash_conflict":
            raise
        client.views_publish(user_id=member_id, view=_view(runtime, member_id))


def _view(runtime: Runtime, member_id: str) -> views.View:
    with asking(runtime, member_id) as who:
        if who is None:
            return views.page(home.unknown(runtime, member_id))
        return views.page(home.page(runtime, who))
