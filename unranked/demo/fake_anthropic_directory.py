"""Who is in the made-up Console organisation, as its lists and reports name them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from unranked.demo.company import Company
from unranked.demo.company_noise import Key
from unranked.demo.company_people import ANTHROPIC, Account
from unranked.demo.company_prices import costs
from unranked.demo.company_usage import Row

ORGANIZATION_ID = "5f2d0c1e-0000-4000-8000-00000000made"
_TERMINALS = ("vscode", "cursor", "iTerm.app", "tmux", "JetBrains")
_UNITS_PER_CENT = 10**8


class Directory:
    """Members, API keys and actors of the organisation."""

    def __init__(self, company: Company) -> None:
        accounts = company.accounts[ANTHROPIC]
        self._members = sorted(accounts, key=lambda account: account.since, reverse=True)
        self._keys = company.noise.keys[ANTHROPIC]
        self._accounts = {account.id: account for account in accounts}
        self.organization = {
            "id": ORGANIZATION_ID,
            "type": "organization",
            "name": "Made-up Works",
        }

    def items(self, kind: str, now: datetime) -> Sequence[dict[str, object]]:
        """Return a whole list: members newest first, keys, or the invitations, which are none."""
        if kind == "users":
            return [_member(account) for account in self._members if account.is_listed(now.date())]
        return [_key(key) for key in self._keys] if kind == "api_keys" else []

    def actor(self, account_id: str) -> dict[str, object]:
        """Return an account as `group.actor` shows it."""
        if account_id.startswith("svac_"):
            return {"type": "service_account_actor", "service_account_id": account_id}
        if account_id.startswith("apikey_"):
            return {"type": "api_actor", "api_key_id": account_id}
        account = self._accounts.get(account_id)
        return {
            "type": "user_actor",
            "user_id": account_id,
            "email_address": account.email if account else None,
            "name": account.name if account else "Deleted User",
            "deleted": account is None,
        }

    def sessions(self, day: date, rows: Iterable[Row]) -> Iterator[str]:
        """Yield the Claude Code report of a day as JSON: one row per account and terminal."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            if row.product == "claude_code" and row.account in self._accounts:
                found.setdefault((row.account, _terminal(row)), []).append(row)
        for (account_id, terminal), own in found.items():
            yield _session(day, self._accounts[account_id], terminal, own)


def _member(account: Account) -> dict[str, object]:
    return {
        "type": "user",
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "added_at": f"{account.since}T09:00:00Z",
    }


def _key(key: Key) -> dict[str, object]:
    return {
        "type": "api_key",
        "id": key.id,
        "name": key.name,
        "partial_key_hint": "sk-ant-...made",
        "status": "active",
        "created_at": f"{key.since}T09:00:00Z",
        "expires_at": None,
        "created_by": {"id": key.owner, "type": "user"},
        "principal": None,
        "scope": {"type": "organization"},
    }


def _terminal(row: Row) -> str:
    """Return where an account works. Every other one has its small model in a second terminal."""
    number = sum(map(ord, row.account))
    second = number % 2 and "haiku" in row.model
    return _TERMINALS[(number + 1 if second else number) % len(_TERMINALS)]


def _session(day: date, account: Account, terminal: str, rows: Sequence[Row]) -> str:
    """Return one row of the report. It is written out: a month has tens of thousands."""
    requests = sum([row.requests for row in rows])
    return (
        f'{{"date":"{day}T00:00:00Z","actor":{{"type":"user_actor","email_address":'
        f'"{account.email}"}},"organization_id":"{ORGANIZATION_ID}","customer_type":"api",'
        f'"subscription_type":null,"terminal_type":"{terminal}","is_remote":false,'
        f'"core_metrics":{{"num_sessions":{1 + requests // 40},"lines_of_code":'
        f'{{"added":{requests * 3},"removed":{requests}}},'
        f'"commits_by_claude_code":{requests // 30},'
        f'"pull_requests_by_claude_code":{requests // 90}}},"tool_actions":{{"edit_tool":'
        f'{{"accepted":{requests // 2},"rejected":{requests // 9}}}}},"model_breakdown":'
        f"[{','.join(map(_model, rows))}]}}"
    )


def _model(row: Row) -> str:
    """Return a row's tokens and estimated cost, in whole cents."""
    cents = (sum(costs(row)) + _UNITS_PER_CENT // 2) // _UNITS_PER_CENT
    return (
        f'{{"model":"{row.model}","tokens":{{"input":{row.n_in},"output":{row.n_out},'
        f'"cache_read":{row.n_cr},"cache_creation":{row.n_cw5 + row.n_cw1h}}},'
        f'"estimated_cost":{{"amount":{cents},"currency":"USD"}}}}'
    )
