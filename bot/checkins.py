"""Buttons of the weekly question: a word of thanks takes its place, and never holds the answer."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.identity import asking
from bot.reply import instead, privately
from unranked.services import checkins, strangers
from unranked.services.runtime import Runtime

OWN = re.compile("^(pulse|spent)_")


def register(app: App, runtime: Runtime) -> None:
    """Make `app` take answers to the weekly question."""

    @app.action(OWN)
    def pressed(
        ack: Ack, body: Mapping[str, Any], action: Mapping[str, Any], respond: Respond
    ) -> None:
        ack()
        member_id, token = body["user"]["id"], str(action.get("value") or "")
        with asking(runtime, member_id) as who:
            if who is None:
                privately(respond, strangers.answer(runtime, member_id))
                return
            done = checkins.press(runtime, who, str(action["action_id"]), token=token)
            (instead if done.instead else privately)(respond, done.message)
