"""What `unranked doctor` says of the enablement team: whether its people can be read.

Nobody's id is said, and of their number only that there is somebody.
"""

from collections.abc import Callable, Collection, Iterator

from unranked.services.doctor import State
from unranked.services.enablement import is_group

Line = tuple[State, str, str]


def lines(team: Collection[str], size: Callable[[str], int] | None) -> Iterator[Line]:
    """Yield the line of the team.

    team: ids of people and of groups. size: of a group, raises ChannelError; None where the chat
    cannot be asked.
    """
    if not team:
        said = "UNRANKED_ENABLEMENT is not set: nobody can write campaigns."
        yield State.OFF, said, "Set it to the Slack ids of people or of a user group."
        return
    groups = sorted(filter(is_group, team))
    if groups and size is None:
        yield State.OFF, "Its user groups were not looked at.", "Mend the bot token first."
        return
    if size is not None and any(size(one) == 0 for one in groups):
        said = "A user group of UNRANKED_ENABLEMENT has nobody in it."
        yield State.WRONG, said, "Add people to it in Slack."
        return
    yield State.OK, "Its people can be read.", ""
