"""The screens of a campaign: what it is, what it can see, how it goes, and its buttons."""

from collections.abc import Iterable, Iterator, Mapping

from unranked import text
from unranked.channels.base import Paragraph, Part
from unranked.channels.pages import Button, Confirm, Row, Screen, Section
from unranked.domain.access import What
from unranked.domain.campaigns import Design, State, problems
from unranked.domain.counts import FEW
from unranked.domain.guardrails import Breach
from unranked.domain.nudges import Reason
from unranked.services import (
    access,
    campaign_progress,
    campaign_results,
    campaigns,
    editor_days,
    editor_words,
    nudges,
    tips,
)
from unranked.services.home_rows import button
from unranked.services.runtime import Runtime
from unranked.store import campaigns as stored
from unranked.store.campaigns import StoredCampaign

NAME = "team_campaign"
LISTED_MOST = 80
"""So many campaigns stand on a screen: one of Slack's holds 100 blocks."""


def campaign(runtime: Runtime, found: StoredCampaign, *, note: str = "") -> Screen:
    """Return a campaign's own screen. note: the name of a text that is said above it."""
    title = text.words("campaign_screen").title
    said = (Section(title, (Paragraph(text.words(note).body),)),) if note else ()
    about = Section(editor_words.name(found), tuple(_about(runtime, found)), rows=_acts(found))
    parts = (*said, about, *_below(runtime, found))
    return Screen(NAME, title, parts, text.label("close"), found.campaign_key)


def gone() -> Screen:
    """Return what is shown for a campaign that does not exist."""
    return _plain("campaign_gone")


def refused() -> Screen:
    """Return what somebody is shown who is not, or no longer, of the team."""
    return _plain("team_only")


def nothing_to_preview() -> Screen:
    """Return what is shown for a campaign that would send nothing to anybody."""
    return _plain("campaign_no_preview")


def counting() -> Screen:
    """Return what is shown while people are counted."""
    return _plain("campaign_counting")


def every(runtime: Runtime) -> Screen:
    """Return all campaigns, the newest first, each with a button that opens it."""
    with runtime.store.read() as tx:
        found = stored.every(tx)
    words = text.words("campaigns_all")
    rows = tuple(line(one) for one in found[:LISTED_MOST])
    section = Section(words.title, (Paragraph(words.body),), rows)
    return Screen("team_campaigns", words.title, (section,), text.label("close"))


def line(found: StoredCampaign) -> Row:
    """Return one campaign as a line of a list."""
    said = f"{editor_words.name(found)} ({editor_words.state(found)})"
    return Row(said, buttons=(button("team_campaign", found.campaign_key),))


def who_would_get_it(runtime: Runtime, found: StoredCampaign) -> Screen:
    """Return who a campaign would draw now, and who not and why, in numbers rounded down to ten."""
    access.note_everybody(runtime, What.PREVIEW)
    design = found.design
    in_units = design is not None and bool(design.units)
    words = text.words("campaign_who_units" if in_units else "campaign_who")
    parts: tuple[Part, ...] = (Paragraph(words.body),)
    promised = None if design is None else campaigns.preview(runtime, design)
    if design is not None and promised is None:
        parts = (editor_words.promise(None),)
    elif design is not None and promised is not None:
        lines = _of_units(promised.people) if design.units else _of_all(runtime, design)
        parts = (*parts, Paragraph("\n".join(lines)))
    return Screen("team_who", words.title, (Section(words.title, parts),), text.label("close"))


def _of_all(runtime: Runtime, design: Design) -> Iterator[str]:
    run = nudges.dry(runtime, design)
    yield text.label("who_eligible").format(people=campaign_progress.rounded(run.eligible))
    yield from _withheld(run.withheld)


def _of_units(people: int) -> Iterator[str]:
    """Yield the number of the promise alone, which is a sum of fixed ones: `disclosure.of_cells`.

    By the numbers of all choices of units, for each reason, those of one unit could be solved for.
    """
    yield text.label("who_in_units").format(people=campaign_progress.rounded(people))
    yield text.label("who_units")


def _withheld(people: Mapping[Reason, int]) -> Iterator[str]:
    """Yield a line for each reason of 20 people or more, and one that is always there for the rest.

    A line for fewer, that comes and goes, would tell when one person stopped.
    """
    for reason in Reason:
        if people.get(reason, 0) >= FEW:
            said = campaign_progress.rounded(people[reason])
            yield f"- {text.label(f'who_{reason}')}: {said}"
    yield f"- {text.label('who_others')}"


def _about(runtime: Runtime, found: StoredCampaign) -> Iterator[Part]:
    design = found.design
    if design is None:
        yield Paragraph(text.words("campaign_by_itself").body)
        return
    with runtime.store.read() as tx:
        yield editor_words.facts(tx, found, design)
    if found.state == State.DRAFT:
        yield from _before_launch(runtime, design)


def _before_launch(runtime: Runtime, design: Design) -> Iterator[Part]:
    """Yield what is still to be mended, what the team should know, and what it could see."""
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        names = tips.Library.of(tx, today=today).names
    if wrong := problems(design, today=today, tips=names):
        yield editor_words.mistakes(wrong)
    for message in editor_days.after_the_end(design):
        yield Paragraph(editor_days.too_late(design, message))
    for note in editor_days.notes(design):
        yield Paragraph(note)
    if design.segments:
        access.note_everybody(runtime, What.PREVIEW)
        yield editor_words.promise(campaigns.preview(runtime, design))


def _below(runtime: Runtime, found: StoredCampaign) -> Iterable[Section]:
    if found.state == State.DRAFT:
        return
    with runtime.store.write() as tx:
        for what in (What.PROGRESS, What.RESULTS):
            access.note_groups(tx, runtime, [found.campaign_key], what)
        progress = campaign_progress.progress(tx, runtime, found)
        result = campaign_results.parts(tx, found) if found.design is not None else ()
    if progress:
        yield Section(text.label("campaign_progress"), (Paragraph("\n".join(progress)),))
    if result:
        yield Section(text.label("campaign_result"), result)


_DRAFTS = (
    "team_campaign_edit",
    "team_campaign_messages",
    "team_campaign_preview",
    "team_campaign_who",
    "team_campaign_copy",
)


def _acts(found: StoredCampaign) -> tuple[Row, ...]:
    """Return the buttons that a campaign in this state has."""
    if found.design is None:
        names: tuple[str, ...] = ()
    elif found.state == State.DRAFT:
        names = _DRAFTS
    else:
        names = ("team_campaign_preview", "team_campaign_copy")
    key = f"{found.campaign_key}|{found.revision}"
    buttons = (*(button(name, key) for name in names), *_moves(found, key))
    title = text.label("campaign_what_next")
    return (Row(text.label(f"next_{found.state}"), title, buttons),) if buttons else ()


def _moves(found: StoredCampaign, key: str) -> Iterator[Button]:
    if found.state == State.DRAFT:
        yield _asked("team_campaign_launch", "campaign_launch", key)
    if found.state == State.RUNNING:
        yield button("team_campaign_pause", key)
    by_itself = found.held_by in {one.value for one in Breach}
    if found.state == State.PAUSED and not by_itself:
        yield button("team_campaign_resume", key)
    if found.state in {State.RUNNING, State.PAUSED}:
        yield _asked("team_campaign_end", "campaign_end", key)


def _asked(action: str, words_name: str, key: str) -> Button:
    words, label = text.words(words_name), text.label(action)
    confirm = Confirm(words.title, words.body, label, text.label("cancel"))
    return Button(action, label, key, confirm)


def _plain(name: str) -> Screen:
    words = text.words(name)
    parts = tuple(Paragraph(part) for part in words.paragraphs)
    return Screen("team_note", words.title, (Section(words.title, parts),), text.label("close"))
