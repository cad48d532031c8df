"""Who is of the enablement team: listed people, or the members of the chat's own groups."""

from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.store import Tx, vault

_GROUP = "S"
"""With this the id of a group of Slack's begins; a person's begins with U or W."""


def is_group(one: str) -> bool:
    """Return whether an id is a group's."""
    return one.startswith(_GROUP)


def is_of_the_team(runtime: Runtime, asker: Asker) -> bool:
    """Return whether somebody may write campaigns and read their results; asked at every press."""
    with runtime.store.read() as tx:
        member_id = vault.value(tx, asker.person_key, runtime.channel.name, vault.MEMBER)
    return member_id is not None and member_id in members(runtime)


def members(runtime: Runtime) -> frozenset[str]:
    """Return the chat's ids of the team's people: those who are listed, and those of its groups."""
    groups = set(filter(is_group, runtime.enablement))
    of_groups = (
        runtime.groups.members(one, runtime.channel.group, runtime.clock()) for one in groups
    )
    return (runtime.enablement - groups).union(*of_groups)


def people(tx: Tx, runtime: Runtime) -> list[str]:
    """Return the keys of the team's people whom the roster knows."""
    found = (
        vault.subject(tx, runtime.channel.name, vault.MEMBER, one)
        for one in sorted(members(runtime))
    )
    return [key for key in found if key is not None]
