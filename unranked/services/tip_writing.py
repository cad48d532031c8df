"""Tips that the team writes: a new one, a change, another language, in use and out of it.

Nothing that holds a mistake is stored, and nothing over a change that its writer has not seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from unranked import text
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import Draft, Part, Problem, State, Words, problems, word_problems
from unranked.services.runtime import Runtime
from unranked.store import Tx, tips
from unranked.store.tips import StoredTip


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a change: the tip as it is now, None where there is none; or what is wrong.

    wrong: by part; nothing was stored then. overtaken: somebody else changed it meanwhile, and
    nothing was stored.
    """

    tip: StoredTip | None = None
    wrong: Mapping[Part, Problem] = field(default_factory=dict)
    overtaken: bool = False


def mistakes(runtime: Runtime, draft: Draft) -> Mapping[Part, Problem]:
    """Return what is wrong with a tip today, by part."""
    return problems(draft, runtime.clock().date(), languages=text.LANGUAGES)


def create(runtime: Runtime, draft: Draft, *, key: str = "") -> Saved:
    """Store a new tip. Nobody gets it before it is put into use.

    key: one of its own, of the form that it comes from. Where a tip is stored under it already, it
    stays as it is, and is overtaken where it differs from the draft: whoever sent a form twice may
    have changed something in between.
    """
    if wrong := mistakes(runtime, draft):
        return Saved(wrong=wrong)
    blank = StoredTip(
        tip_key=key or runtime.ids.key("t"),
        revision=0,
        state=State.DRAFT,
        segment=draft.segment,
        owner="",
        review=runtime.clock().date(),
        risk=Risk.LOW,
        risk_reason="",
        source="",
        written_on=runtime.clock().date(),
        words={},
    )
    tip = _with(runtime, blank, draft)
    with runtime.store.write(alone=True) as tx:  # of two at the same time, the second one waits
        known = tips.one(tx, tip.tip_key)
        if known is None:
            tips.add(tx, tip)
            return Saved(tip)
    said = known.draft(draft.language) if draft.language in known.words else None
    return Saved(known, overtaken=said != draft)


def write(runtime: Runtime, tip_key: str, draft: Draft, *, revision: int) -> Saved:
    """Store what was changed, and the words of one language; its other languages stay as they are.

    revision: of the tip that its writer was shown.
    """
    with runtime.store.write() as tx:
        known = tips.one(tx, tip_key)
        if known is None:
            return Saved()
        if wrong := mistakes(runtime, draft):
            return Saved(known, wrong=wrong)
        return _saved(tx, replace(_with(runtime, known, draft), revision=revision))


def say_in(runtime: Runtime, tip_key: str, code: str, words: Words, *, revision: int) -> Saved:
    """Store the words of a tip in one more language, and change nothing else."""
    with runtime.store.write() as tx:
        known = tips.one(tx, tip_key)
        if known is None or code not in text.LANGUAGES:
            return Saved()
        if wrong := word_problems(words):
            return Saved(known, wrong=wrong)
        said = {**known.words, code: words}
        return _saved(tx, replace(known, words=said, revision=revision))


def use(runtime: Runtime, tip_key: str, *, revision: int) -> Saved:
    """Let a tip be sent from now on. Refused with a mistake in any language, such as an old day."""
    with runtime.store.write() as tx:
        known = tips.one(tx, tip_key)
        if known is None:
            return Saved()
        for code in known.languages:
            if wrong := mistakes(runtime, known.draft(code)):
                return Saved(known, wrong=wrong)
        return _saved(tx, replace(known, state=State.IN_USE, revision=revision))


def retire(runtime: Runtime, tip_key: str) -> Saved:
    """Let nobody get a tip any more, whatever it says by now."""
    with runtime.store.write() as tx:
        known = tips.one(tx, tip_key)
        return Saved() if known is None else _saved(tx, replace(known, state=State.RETIRED))


def _with(runtime: Runtime, tip: StoredTip, draft: Draft) -> StoredTip:
    """Return the tip as the draft has it, which holds no mistake."""
    return replace(
        tip,
        segment=draft.segment,
        owner=draft.owner,
        review=draft.review or tip.review,
        risk=Risk(draft.risk),
        risk_reason=draft.risk_reason,
        source=draft.source,
        written_on=runtime.clock().date(),
        words={**tip.words, draft.language: draft.words},
    )


def _saved(tx: Tx, wanted: StoredTip) -> Saved:
    if not tips.save(tx, wanted):
        return Saved(tips.one(tx, wanted.tip_key), overtaken=True)
    return Saved(replace(wanted, revision=wanted.revision + 1))
