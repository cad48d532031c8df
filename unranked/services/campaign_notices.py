"""What the enablement team is told of a campaign without asking: each thing once, and no figure."""

from unranked.domain.guardrails import Breach
from unranked.domain.verdicts import Verdict
from unranked.services import enablement, messages
from unranked.services.runtime import Runtime
from unranked.store import Tx, planned
from unranked.store.campaigns import StoredCampaign
from unranked.store.outbox import Kind
from unranked.store.planned import Planned

_PAUSED = {
    Breach.OPT_OUTS: "campaign_paused_itself",
    Breach.SAMPLE_RATIO: "campaign_paused_its_draw",
}
READY = "ready"
LASTS = "lasts"


def paused_itself(tx: Tx, runtime: Runtime, campaign: StoredCampaign, why: Breach) -> None:
    """Say that a campaign stopped sending, why, and what to do."""
    _tell(tx, runtime, campaign, why.value, _PAUSED[why])


def is_ready(
    tx: Tx, runtime: Runtime, campaign: StoredCampaign, before: Verdict, after: Verdict
) -> None:
    """Say that a campaign has a result: when its word is known, and when it is known to last.

    One that ended without a look that could be taken has none, and that is said.

    before, after: what could be said before this run, and can be said now.
    """
    if after.persistence is not None and before.persistence is None:
        known = after.persistence.interval is not None
        news = known or (after.word is not before.word and after.look is not None)
        if news:
            _tell(tx, runtime, campaign, LASTS, "campaign_result_ready")
    elif after.word is not before.word:
        ready = "campaign_result_ready" if after.look else "campaign_no_result"
        _tell(tx, runtime, campaign, READY, ready)


def _tell(tx: Tx, runtime: Runtime, campaign: StoredCampaign, what: str, words: str) -> None:
    """Queue one message for each of the team. It is of no campaign: a paused one sends nothing."""
    name = campaign.slug if campaign.design is None else " ".join(campaign.design.name.split())
    now = runtime.clock()
    planned.plan(
        tx,
        [
            Planned(
                key=runtime.ids.key("m"),
                purpose=f"notice|{campaign.campaign_key}|{what}|{person_key}",
                person_key=person_key,
                channel=runtime.channel.name,
                content=messages.notice_content(words, {"campaign": name}),
                created_at=now,
                not_before=now,
                kind=Kind.NOTICE,
            )
            for person_key in enablement.people(tx, runtime)
        ],
    )
