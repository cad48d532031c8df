"""A new draft, stored once however often its form arrives; and what two versions of one differ in.

A form for something new is given a key when it is opened. Sent a second time, as when Slack waited
in vain for the first answer, it finds the draft of that key and makes no other.
"""

import re
from collections.abc import Iterator

from unranked import text
from unranked.channels.base import Fact, Facts, Paragraph, Part
from unranked.domain.campaigns import Design
from unranked.services import editor_words
from unranked.services.runtime import Runtime
from unranked.store import Tx
from unranked.store.campaigns import StoredCampaign

LETTER = "c"
"""The keys of campaigns begin with it."""

SAID_LONGEST = 150
"""Characters of what somebody else wrote that are shown beside one's own."""

_KEY = re.compile(r"[a-z]-[0-9a-f]{16}")


def key_of(runtime: Runtime, said: str, letter: str) -> str:
    """Return the key that a form brought back; a new one where it brought none."""
    known = _KEY.fullmatch(said) and said.startswith(letter)
    return said if known else runtime.ids.key(letter)


def differences(tx: Tx, theirs: StoredCampaign, own: Design) -> Iterator[Part]:
    """Yield what is stored of a campaign where it differs from what somebody has typed."""
    if theirs.design is None:
        return
    before, after = (_in_words(tx, theirs, design) for design in (theirs.design, own))
    other = [name for name in (before | after) if before.get(name) != after.get(name)]
    if other:
        yield Paragraph(text.words("form_differs").body)
        yield Facts(tuple(Fact(name, _short(before.get(name, ""))) for name in other))


def _in_words(tx: Tx, campaign: StoredCampaign, design: Design) -> dict[str, str]:
    """Return everything that is written in a design, by what it is called."""
    facts = editor_words.facts(tx, campaign, design).items
    return {text.label("campaign_name"): design.name} | {one.name: one.words for one in facts}


def _short(said: str) -> str:
    if not said:
        return text.label("differs_none")
    return said if len(said) <= SAID_LONGEST else text.label("differs_long")
