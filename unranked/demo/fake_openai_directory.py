"""Members, projects and keys of the made-up OpenAI organisation, as its lists show them."""

from collections.abc import Sequence
from datetime import date, datetime

from unranked.demo.company import Company
from unranked.demo.company_noise import ARCHIVED_PROJECT, PROJECTS, Key, Service
from unranked.demo.company_people import OPENAI, Account
from unranked.demo.company_usage import midnight

Item = dict[str, object]


class Directory:
    """The organisation's lists. Times are Unix seconds."""

    def __init__(self, company: Company) -> None:
        self._accounts = {account.id: account for account in company.accounts[OPENAI]}
        self._services = {service.id: service for service in company.noise.services[OPENAI]}
        self._keys = company.noise.keys[OPENAI]

    def members(self, now: datetime) -> Sequence[Item]:
        """Return everybody with access at `now`, a service account among them."""
        services = [_service_member(service) for service in self._services.values()]
        accounts = self._accounts.values()
        return services + [_member(one) for one in accounts if one.is_listed(now.date())]

    def projects(self, *, archived: bool) -> Sequence[Item]:
        """Return the projects, with the archived one if asked for."""
        shown = [_project(*project, archived=False) for project in PROJECTS]
        return [*shown, _project(*ARCHIVED_PROJECT, archived=True)] if archived else shown

    def has(self, project: str) -> bool:
        """Say whether there is such a project."""
        return project in dict((*PROJECTS, ARCHIVED_PROJECT))

    def keys(self, project: str, access: str, now: datetime) -> Sequence[Item]:
        """Return the keys of a project. access: `active`, `inactive` (owner left) or `any`."""
        own = (key for key in self._keys if key.project == project and key.since <= now.date())
        wanted = {"active": (False,), "inactive": (True,)}.get(access, (False, True))
        return [self._key(key) for key in own if key.left in wanted]

    def service_accounts(self, project: str) -> Sequence[Item]:
        """Return the service accounts of a project."""
        return [
            {
                "object": "organization.project.service_account",
                "id": service.id,
                "name": service.name,
                "role": "member",
                "created_at": _at(service.since),
            }
            for service in self._services.values()
            if service.project == project
        ]

    def _key(self, key: Key) -> Item:
        return {
            "object": "organization.project.api_key",
            "id": key.id,
            "name": key.name,
            "redacted_value": "sk-mad...eup",
            "created_at": _at(key.since),
            "last_used_at": None,
            "expires_at": None,
            "owner_project_access": "inactive" if key.left else "active",
            "owner": self._owner(key),
        }

    def _owner(self, key: Key) -> Item:
        if key.by_service:
            service = self._services[key.owner]
            return {
                "type": "service_account",
                "service_account": {
                    "id": service.id,
                    "name": service.name,
                    "role": "member",
                    "created_at": _at(service.since),
                },
            }
        account = self._accounts[key.owner]
        return {
            "type": "user",
            "user": {
                "id": account.id,
                "name": account.name,
                "email": account.email,
                "role": "member",
                "created_at": _at(account.since),
            },
        }


def _member(account: Account) -> Item:
    return {
        "object": "organization.user",
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "role": account.role,
        "added_at": _at(account.since),
    }


def _service_member(service: Service) -> Item:
    return {
        "object": "organization.user",
        "id": service.id,
        "name": service.name,
        "email": None,
        "role": "reader",
        "added_at": _at(service.since),
        "is_service_account": True,
    }


def _project(project_id: str, name: str, *, archived: bool) -> Item:
    return {
        "object": "organization.project",
        "id": project_id,
        "name": name,
        "created_at": 1_700_000_000,
        "archived_at": 1_780_000_000 if archived else None,
        "status": "archived" if archived else "active",
    }


def _at(day: date) -> int:
    return int(midnight(day).timestamp()) + 32_400
