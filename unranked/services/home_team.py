"""What the Home tab has for the enablement team: their campaigns, and the tips."""

from unranked import text
from unranked.channels.base import Paragraph
from unranked.channels.pages import Row, Section
from unranked.domain.access import What
from unranked.domain.campaigns import State
from unranked.services import access, campaign_progress, editor_screens
from unranked.services.home_rows import button
from unranked.services.runtime import Runtime
from unranked.store import Tx
from unranked.store import campaigns as stored
from unranked.store.campaigns import StoredCampaign

SHOWN_MOST = 8
"""So many campaigns stand on the page itself, the newest ones; a screen has them all."""

_WITH_NUMBERS = {State.RUNNING, State.PAUSED}


def campaigns(runtime: Runtime) -> Section:
    """Return the newest campaigns, how those that send are getting on, and what can be begun."""
    with runtime.store.write() as tx:
        found = stored.every(tx)
        said = (one.campaign_key for one in found[:SHOWN_MOST] if one.state in _WITH_NUMBERS)
        access.note_groups(tx, runtime, said, What.PROGRESS)
        lines = tuple(_line(tx, runtime, one) for one in found[:SHOWN_MOST])
    words = text.words("home_campaigns" if found else "home_no_campaigns")
    names = ["team_campaign_new", "team_tips"]
    if len(found) > SHOWN_MOST:
        names.insert(1, "team_campaigns")
    more = Row(
        text.label("campaigns_begin"),
        text.label("campaigns_next"),
        tuple(button(name) for name in names),
    )
    return Section(words.title, (Paragraph(words.body),), (*lines, more))


def _line(tx: Tx, runtime: Runtime, one: StoredCampaign) -> Row:
    line = editor_screens.line(one)
    if one.state not in _WITH_NUMBERS:
        return line
    progress = campaign_progress.progress(tx, runtime, one)
    return Row("\n".join((line.text, *progress[:1])), buttons=line.buttons)
