"""The enablement team's screens: campaigns and their tips, from the first draft to the result.

Every press and every form comes here; the door has asked whether the person is of the team.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from unranked import text
from unranked.channels.base import Paragraph, Part
from unranked.channels.pages import Form, Screen
from unranked.domain.campaigns import Design, State
from unranked.services import (
    campaigns,
    editor_days,
    editor_drafts,
    editor_forms,
    editor_preview,
    editor_reading,
    editor_screens,
    tip_drafts,
    tip_forms,
)
from unranked.services.choices import Asker
from unranked.services.editor_forms import CAMPAIGN, STEPS
from unranked.services.editor_reading import DIGITS_MOST, Wrong
from unranked.services.forms import Typed
from unranked.services.runtime import Runtime
from unranked.store import campaigns as stored
from unranked.store.campaigns import StoredCampaign


@dataclass(frozen=True, slots=True)
class Later:
    """What takes longer than a chat waits: what is shown meanwhile, and what makes the rest."""

    meanwhile: Screen
    make: Callable[[], Screen]


Answer = Mapping[str, str] | Form | Screen | Later
"""What comes of a form: what is wrong, by field, or what stands in its place. Nothing closes it."""

Shown = Form | Screen | Later | None


def press(runtime: Runtime, asker: Asker, action: str, value: str) -> Shown:
    """Carry out a button; return what it shows, None where the page itself shows it."""
    if (own := tip_forms.SCREENS.get(action)) is not None:
        return own(runtime, asker, value)
    act = _PRESSES.get(action.rstrip("0123456789").removesuffix("_"))
    return None if act is None else act(runtime, asker, value)


def answer(runtime: Runtime, asker: Asker, name: str, context: str, typed: Typed) -> Answer:
    """Store what was filled in; return what is wrong with it, and store nothing then."""
    if (own := tip_forms.FORMS.get(name)) is not None:
        return _of_tips(runtime, asker, own(runtime, asker, context, typed), typed)
    if name not in {CAMPAIGN, STEPS}:
        return {}
    said, _, revision = context.partition("|")
    key = editor_drafts.key_of(runtime, said, editor_drafts.LETTER)
    known = _known(runtime, key)
    before = _design(runtime, known)
    read = editor_reading.campaign_read if name == CAMPAIGN else editor_reading.messages_read
    found = read(runtime, before, typed)
    if isinstance(found, Wrong):
        return found.fields
    if known is None or not revision:
        return _created(runtime, key, found, name)
    return _written(runtime, key, found, name, revision=_revision(revision))


def unread(names: Collection[str]) -> Mapping[str, str]:
    """Return what is said of fields with a value that makes no sense; nothing is stored then."""
    return dict.fromkeys(names, text.words("wrong_unread").body)


def _revision(said: str) -> int:
    """Return the revision that a form carries; -1, which none has, for what nobody was given."""
    return int(said) if said.isdecimal() and len(said) <= DIGITS_MOST else -1


def _of_tips(
    runtime: Runtime, asker: Asker, found: Mapping[str, str] | Form | Screen, typed: Typed
) -> Answer:
    """Return what came of a form of tips; a language model is asked once the chat has an answer."""
    if not isinstance(found, Screen) or found.name != tip_drafts.WAITING:
        return found
    brief = "\n".join(typed[tip_drafts.BRIEF])
    return Later(found, lambda: tip_drafts.drafts(runtime, asker, brief))


def _created(runtime: Runtime, key: str, design: Design, name: str) -> Answer:
    """Return the draft that was stored, or the form again where an earlier sending stored another.

    Which of the two is the later one, nobody knows: so neither is stored over the other unseen.
    """
    now = campaigns.create(runtime, design, key=key)
    if now.design == design:
        return _screen(runtime, now)
    if now.state != State.DRAFT:
        return _again(runtime, None, design, name, "form_launched")
    note = "form_overtaken" if now.revision else "form_sent_before"
    return _again(runtime, now, design, name, note)


def _written(runtime: Runtime, key: str, design: Design, name: str, *, revision: int) -> Answer:
    """Return the changed draft, or the form again where somebody else changed it meanwhile."""
    changed = campaigns.write(runtime, key, design, revision=revision)
    now = changed.campaign
    if now is None:
        return editor_screens.gone()
    if now.design == design:
        return _screen(runtime, now)
    if changed.overtaken:
        return _again(runtime, now, design, name, "form_overtaken")
    return _again(runtime, None, design, name, "form_launched")


def _again(
    runtime: Runtime, now: StoredCampaign | None, design: Design, name: str, note: str
) -> Form:
    """Return the form once more, as it was filled in, with what it would now do.

    now: what is stored, where saving would change it; None where saving makes a new draft.
    """
    notes: list[Part] = [Paragraph(text.words(note).body)]
    context, today = _fresh(runtime) if now is None else _context(now), runtime.clock().date()
    with runtime.store.read() as tx:
        if now is not None:
            notes.extend(editor_drafts.differences(tx, now, design))
        if name == CAMPAIGN:
            return editor_forms.campaign(tx, design, context=context, notes=notes)
        return editor_forms.messages(tx, design, today=today, context=context, notes=notes)


def _fresh(runtime: Runtime) -> str:
    """Return what a form for a new draft brings back: a key of its own, and no revision."""
    return f"{runtime.ids.key(editor_drafts.LETTER)}|"


def _screen(runtime: Runtime, campaign: StoredCampaign, *, note: str = "") -> Screen:
    return editor_screens.campaign(runtime, campaign, note=note)


def _known(runtime: Runtime, key: str) -> StoredCampaign | None:
    with runtime.store.read() as tx:
        return stored.one(tx, key) if key else None


def _design(runtime: Runtime, known: StoredCampaign | None) -> Design:
    if known is not None and known.design is not None:
        return known.design
    return editor_forms.new_design(runtime.clock().date())


_Press = Callable[[Runtime, Asker, str], Shown]


def _new(runtime: Runtime, _asker: Asker, _value: str) -> Form:
    design = editor_forms.new_design(runtime.clock().date())
    with runtime.store.read() as tx:
        return editor_forms.campaign(tx, design, context=_fresh(runtime))


def _of(
    draw: Callable[[Runtime, StoredCampaign], Shown],
) -> _Press:
    """Return a press that is about one campaign, by the key that its button brings."""

    def press(runtime: Runtime, _asker: Asker, value: str) -> Shown:
        found = _known(runtime, value.partition("|")[0])
        return editor_screens.gone() if found is None else draw(runtime, found)

    return press


def _edit(runtime: Runtime, known: StoredCampaign) -> Shown:
    if known.state != State.DRAFT or known.design is None:
        return _screen(runtime, known, note="campaign_not_a_draft")
    with runtime.store.read() as tx:
        return editor_forms.campaign(tx, known.design, context=_context(known))


def _messages(runtime: Runtime, known: StoredCampaign) -> Shown:
    if known.state != State.DRAFT or known.design is None:
        return _screen(runtime, known, note="campaign_not_a_draft")
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        return editor_forms.messages(tx, known.design, today=today, context=_context(known))


def _context(known: StoredCampaign) -> str:
    return f"{known.campaign_key}|{known.revision}"


def _copy(runtime: Runtime, known: StoredCampaign) -> Shown:
    made = campaigns.duplicate(runtime, known.campaign_key)
    if made is None:
        return _screen(runtime, known, note="campaign_not_a_draft")
    return _screen(runtime, made, note="campaign_copied")


def _launch(runtime: Runtime, _asker: Asker, value: str) -> Shown:
    """Launch the draft as it was shown: not one that somebody changed meanwhile."""
    key, _, revision = value.partition("|")
    known = _known(runtime, key)
    if known is not None and known.state == State.DRAFT and _is_late(known):
        return _screen(runtime, known, note="campaign_not_launched")
    changed = campaigns.launch(runtime, key, revision=_revision(revision))
    now = changed.campaign
    if now is None:
        return editor_screens.gone()
    if changed.overtaken:
        return _screen(runtime, now, note="campaign_overtaken")
    if changed.refused:
        return _screen(runtime, now, note="campaign_not_a_draft")
    if changed.wrong or changed.too_few:
        return _screen(runtime, now, note="campaign_not_launched")
    return _screen(runtime, now, note="campaign_launched")


def _is_late(known: StoredCampaign) -> bool:
    return known.design is not None and bool(editor_days.after_the_end(known.design))


def _changes(change: Callable[[Runtime, str], campaigns.Changed], note: str) -> _Press:
    def press(runtime: Runtime, _asker: Asker, value: str) -> Shown:
        changed = change(runtime, value.partition("|")[0])
        now = changed.campaign
        if now is None:
            return editor_screens.gone()
        said = "campaign_overtaken" if changed.refused or changed.overtaken else note
        return _screen(runtime, now, note=said)

    return press


def _who(runtime: Runtime, known: StoredCampaign) -> Shown:
    return Later(editor_screens.counting(), lambda: editor_screens.who_would_get_it(runtime, known))


_PRESSES: Mapping[str, _Press] = {
    "team_campaigns": lambda runtime, _asker, _value: editor_screens.every(runtime),
    "team_campaign_new": _new,
    "team_campaign": _of(_screen),
    "team_campaign_edit": _of(_edit),
    "team_campaign_messages": _of(_messages),
    "team_campaign_preview": editor_preview.preview,
    "team_campaign_test": editor_preview.test,
    "team_campaign_who": _of(_who),
    "team_campaign_copy": _of(_copy),
    "team_campaign_launch": _launch,
    "team_campaign_pause": _changes(campaigns.hold, "campaign_held"),
    "team_campaign_resume": _changes(campaigns.resume, "campaign_resumed"),
    "team_campaign_end": _changes(campaigns.end, "campaign_over"),
}

LABELS = tuple(_PRESSES)
"""Every button of the editor has a label of its name."""
