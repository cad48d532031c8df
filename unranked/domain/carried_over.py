"""What holds on for an address whose chat account is new, and may be another person's."""

from datetime import date

from unranked.domain.consent import Choice, Consent


def carried_over(consent: Consent, today: date) -> tuple[Choice, ...]:
    """Return what the former holder wants less of, as few plain choices.

    Never what allows something. And never why: leave, or an answer to a tip, would tell another
    person of somebody's life, or that AI had not started for them. Those hold on as a stop, for
    silence does no harm.
    """
    away = any(absence.covers(today) for absence in consent.absences)
    pausing = consent.digest_pause is not None and consent.digest_pause.covers(today)
    holds = {
        Choice.OBJECT: consent.objected,
        Choice.STOP: consent.stopped or consent.declines_starting or away,
        Choice.FEWER: consent.fewer,
        Choice.NO_DIGEST: consent.no_digest or pausing,
        Choice.NO_CHECK_IN: consent.no_check_in,
        Choice.NO_HINTS: consent.no_hints,
    }
    return tuple(choice for choice, is_so in holds.items() if is_so)
