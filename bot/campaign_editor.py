"""The enablement team's modals: opened from the Home tab, acted in, and sent off.

Whether somebody is of the team is asked at every press: what a view brings back proves nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import home
from bot.identity import asking
from bot.views import modal
from bot.views.home import View
from unranked.channels.pages import Form, Screen
from unranked.services import editor, editor_screens, enablement
from unranked.services.choices import Asker
from unranked.services.editor import Later, Shown
from unranked.services.runtime import Runtime

OWN = re.compile("^team_")
"""The names of the team's buttons and forms."""


def register(app: App, runtime: Runtime) -> None:
    """Make `app` open the team's screens and carry out what is done there."""

    @app.action(OWN)
    def pressed(
        ack: Ack, body: Mapping[str, Any], action: Mapping[str, Any], client: WebClient
    ) -> None:
        ack()
        with asking(runtime, body["user"]["id"]) as who:
            shown: Shown = editor_screens.refused()
            if who is not None and enablement.is_of_the_team(runtime, who):
                name, value = str(action["action_id"]), modal.clean(action.get("value"))
                shown = editor.press(runtime, who, name, value)
            _show(client, body, shown)
        home.publish(client, runtime, body["user"]["id"])

    @app.view(OWN)
    def sent(ack: Ack, body: Mapping[str, Any], view: Mapping[str, Any], client: WebClient) -> None:
        with asking(runtime, body["user"]["id"]) as who:
            if who is None or not enablement.is_of_the_team(runtime, who):
                ack(response_action="update", view=modal.screen(editor_screens.refused()))
                return
            _answer(ack, client, view, _stored(runtime, who, view))
        home.publish(client, runtime, body["user"]["id"])


def _stored(runtime: Runtime, who: Asker, view: Mapping[str, Any]) -> editor.Answer:
    """Store what was filled in; nothing where a part of it cannot be read."""
    if unread := modal.unreadable(view):
        return editor.unread(unread)
    name, context = str(view["callback_id"]), modal.clean(view.get("private_metadata"))
    return editor.answer(runtime, who, name, context, modal.typed(view))


def _answer(ack: Ack, client: WebClient, view: Mapping[str, Any], answer: editor.Answer) -> None:
    """Say what came of a form: in its place, or on the screen that it was opened from."""
    if isinstance(answer, Mapping):
        if answer:
            ack(response_action="errors", errors=dict(answer))
        else:
            ack()
        return
    if isinstance(answer, Later):
        ack(response_action="update", view=modal.screen(answer.meanwhile))
        update(client, str(view["id"]), modal.screen(answer.make()))
        return
    below = view.get("previous_view_id")
    if isinstance(answer, Screen) and below:
        ack()
        update(client, str(below), modal.screen(answer))
    else:
        ack(response_action="update", view=_drawn(answer))


def _show(client: WebClient, body: Mapping[str, Any], shown: Shown) -> None:
    """Open what a button shows: over the page, over the screen before, or in its place."""
    if shown is None:
        return
    now, view = (
        body.get("view") or {},
        _drawn(shown.meanwhile if isinstance(shown, Later) else shown),
    )
    opened = str(now.get("id") or "")
    if now.get("type") != "modal":
        answer = client.views_open(trigger_id=body["trigger_id"], view=view)
        opened = str(answer["view"]["id"])
    elif now.get("callback_id") == view["callback_id"]:
        update(client, opened, view)
    else:
        answer = client.views_push(trigger_id=body["trigger_id"], view=view)
        opened = str(answer["view"]["id"])
    if isinstance(shown, Later):
        update(client, opened, modal.screen(shown.make()))


def update(client: WebClient, view_id: str, view: View) -> None:
    """Put a view in place of one that is open; one that was closed meanwhile is left alone."""
    try:
        client.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        if error.response.get("error") != "not_found":
            raise


def _drawn(shown: Form | Screen) -> View:
    return modal.form(shown) if isinstance(shown, Form) else modal.screen(shown)
