"""The tips that the messages of a campaign are chosen from, as many as a form can hold."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from unranked import text
from unranked.channels.pages import Option
from unranked.domain.campaigns import Design
from unranked.domain.constants import STEPS_MOST
from unranked.services import tips
from unranked.services.editor_words import segment, segments
from unranked.store import Tx

ROOM = 200_000
"""Bytes of all lists of tips in a form: Slack takes 250 kB in all, and each message has a list."""

OPTION_BYTES = 130
"""Bytes of an option beside the words that it says."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The tips that may be chosen. all_of_them: else there are more than the form can hold."""

    options: tuple[Option, ...]
    all_of_them: bool


def offered(tx: Tx, design: Design, *, today: date) -> Offered:
    """Return the tips that may be sent today, under the segments that they are for.

    Where they are too many, those for segments that the campaign is not for are left out, and then
    those that come last in each; but what the design names is always there. Those of it that are
    not sent any more stand at the end: they are refused when they are sent off, and not left out
    unseen.
    """
    chosen = {name for step in design.steps for name in step.tips}
    library = tips.Library.of(tx, today=today)
    every = {one.value: list(library.fitting(one)) for one in segments()}
    known = set(chain.from_iterable(every.values()))
    titles = tips.titles(tx, known | chosen)
    listed = every if _fit(every, titles) else _cut(every, design, titles, chosen)
    options = (
        *(Option(name, titles[name], segment(one)) for one in listed for name in listed[one]),
        *(Option(name, titles[name], text.label("tips_gone")) for name in sorted(chosen - known)),
    )
    return Offered(options, listed == every)


def _cut(
    every: Mapping[str, Sequence[str]],
    design: Design,
    titles: Mapping[str, str],
    chosen: Collection[str],
) -> Mapping[str, Sequence[str]]:
    """Return as many of the tips as the form can hold: the team's own before those of the files."""
    wanted = {
        one: sorted(names, key=tips.is_of_the_files) if one in design.segments else []
        for one, names in every.items()
    }
    most = max(map(len, wanted.values()))
    while most and not _fit({one: names[:most] for one, names in wanted.items()}, titles):
        most = most * 9 // 10
    return {
        one: [name for name in names if name in wanted[one][:most] or name in chosen]
        for one, names in every.items()
    }


def _fit(listed: Mapping[str, Sequence[str]], titles: Mapping[str, str]) -> bool:
    names = list(chain.from_iterable(listed.values()))
    # As JSON writes them: a letter that is not of ASCII may cost six bytes.
    size = sum(len(json.dumps(titles[name])) + OPTION_BYTES for name in names)
    return size * STEPS_MOST <= ROOM
