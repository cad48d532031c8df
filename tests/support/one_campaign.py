"""A campaign that was drawn a moment ago, with one message queued for each of its people."""

from datetime import timedelta

from enrolling import Enrolled, enrol

from unranked.domain.campaigns import Design
from unranked.services import messages
from unranked.store import campaigns, planned
from unranked.store.campaigns import StoredCampaign
from unranked.store.planned import Planned

TIP = "shorten_a_message"


def drawn(world, *members, key="c-1", tip=TIP, **design):
    """Store a running campaign, these people in its nudge arm, and a message for each of them."""
    today = world.now.date()
    written = Design("Spring", today, today + timedelta(weeks=10), **design)
    content = messages.nudge_content(tip, ["acme"])
    with world.runtime.store.write() as tx:
        campaigns.add(
            tx, StoredCampaign(key, key, bytes(32), 0.5, "running", world.now, design=written)
        )
        people = [world.key(member) for member in members]
        arms = [Enrolled(key, one, "nudge", "never_used", today, world.now) for one in people]
        enrol(tx, arms)
        planned.plan(
            tx,
            [
                Planned(
                    f"m-{one}-{key}",
                    f"{key}|{one}|1",
                    one,
                    "slack",
                    content,
                    world.now,
                    world.now,
                    key,
                )
                for one in people
            ],
        )
    return key
