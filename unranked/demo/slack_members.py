"""A member of the made-up Slack workspace, in the shape that `users.list` documents."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

TEAM_ID = "T0MADEUP01"
SLACKBOT_ID = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the workspace's list: a person, a guest, a bot or somebody who left.

    tz: IANA name. A guest is `is_restricted`; one for a single channel also `is_ultra_restricted`.
    """

    id: str
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    tz: str = "Europe/Berlin"
    locale: str = "en-US"
    deleted: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_app_user: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_invited_user: bool = False
    is_stranger: bool = False

    @property
    def takes_messages(self) -> bool:
        """Whether an app can open a conversation with this member."""
        other = self.is_bot or self.is_workflow_bot or self.id == SLACKBOT_ID
        return not (other or self.deleted or self.is_invited_user or self.is_stranger)

    def shape(self, now: datetime, *, with_email: bool, with_locale: bool) -> dict[str, object]:
        """Return the member as Slack shows it at `now` (slack.md 15, roster.md 1)."""
        shown: dict[str, object] = {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.id.lower(),
            "deleted": self.deleted,
            "real_name": self.name,
            "updated": int(now.timestamp()) // 86_400 * 86_400,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": self.is_app_user,
            "is_email_confirmed": not self.is_invited_user,
            "profile": self._profile(with_email=with_email),
        }
        for flag in ("is_workflow_bot", "is_invited_user", "is_stranger"):
            if getattr(self, flag):
                shown[flag] = True
        if self.tz and not self.deleted:
            offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
            shown["tz"] = self.tz
            shown["tz_label"] = self.tz.rpartition("/")[2].replace("_", " ")
            shown["tz_offset"] = int(offset.total_seconds()) if offset else 0
        if with_locale:
            shown["locale"] = self.locale
        return shown

    def _profile(self, *, with_email: bool) -> dict[str, object]:
        profile: dict[str, object] = {
            "real_name": self.name,
            "display_name": self.name.split(" ")[0],
            "title": "",
            "team": TEAM_ID,
        }
        if with_email and self.email:
            profile["email"] = self.email
        return profile
