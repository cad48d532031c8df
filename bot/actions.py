"""Buttons inside messages. They never expire, and pressing one twice changes nothing more."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.identity import asking
from bot.reply import privately
from unranked.services import choices, strangers
from unranked.services.runtime import Runtime

ANY = re.compile("^(?!home_|pulse_|spent_|team_|post_)")
"""Every button but those of the Home tab, of check-ins, of the team and of a post, which answer
where they stand."""


def register(app: App, runtime: Runtime) -> None:
    """Make `app` carry out buttons, and answer one that it does not know."""

    @app.action(ANY)
    def pressed(
        ack: Ack, body: Mapping[str, Any], action: Mapping[str, Any], respond: Respond
    ) -> None:
        ack()
        member_id = body["user"]["id"]
        with asking(runtime, member_id) as who:
            if who is None:
                privately(respond, strangers.answer(runtime, member_id))
                return
            token = str(action.get("value") or "")
            privately(respond, choices.press(runtime, who, str(action["action_id"]), token=token))
