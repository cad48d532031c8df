"""What `unranked doctor` looks at, each part once, in the order in which a start needs them."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from unranked.channels import slack_checks
from unranked.channels.slack_checks import OF_GROUPS, RIGHTS, Login
from unranked.config import ENV_FILE, TOML_FILE, Settings
from unranked.connectors.base import Connector
from unranked.domain.counts import rounded
from unranked.domain.runtime import Clock
from unranked.errors import UnrankedError
from unranked.llm import LanguageModel
from unranked.services import (
    claims,
    doctor_keys,
    doctor_model,
    doctor_team,
    doctor_tips,
    enablement,
    staff_csv,
)
from unranked.services.connections import to_set_up
from unranked.services.doctor import Check, State
from unranked.services.runtime import Connected
from unranked.store import KeyPlace, Store, file_of, model_use, runs, tips, vault

SECONDS = 5.0
"""For one call of the chat; a provider has its own, in the wiring."""

CLOCK_MAY_DIFFER = timedelta(seconds=60)
ASLEEP_AFTER = timedelta(minutes=10)
"""Delivery runs every minute: after this long without any job the service does not run."""

Line = tuple[State, str, str]
Opens = Callable[[], Connected | None]
"""Returns a connector with its key, None where it has none. May raise ConfigError."""


class Checkup:
    """All checks of one installation. What one check learns, a later one may use.

    wrong: what is wrong with the settings, of which `settings` is what is right.
    model: returns the language model, None where none is set. May raise ConfigError.
    keys: returns where the keys are. May raise ConfigError.
    """

    def __init__(
        self,
        settings: Settings,
        wrong: Sequence[UnrankedError],
        connectors: Mapping[str, tuple[Connector, Opens]],
        *,
        model: Callable[[], LanguageModel | None],
        keys: Callable[[], KeyPlace],
        clock: Clock,
    ) -> None:
        self._settings, self._wrong, self._keys = settings, wrong, keys
        self._connectors, self._model, self._clock = connectors, model, clock
        self._store: Store | None = None
        self._login: Login | None = None
        self._clocks: dict[str, timedelta] = {}
        self._set_up: set[str] = set()  # with a key that is wrong, too

    def checks(self) -> list[tuple[str, Check]]:
        """Return the checks by the names that they are shown under."""
        return [
            ("settings", self._of_settings),
            ("files", self._of_files),
            ("database", self._of_database),
            ("key store", self._of_keys),
            ("jobs", self._of_jobs),
            ("slack bot token", self._of_bot_token),
            ("slack rights", self._of_rights),
            ("socket mode", self._of_socket_mode),
            ("http", self._of_http),
            ("clock", self._of_clock),
            *((slug, self._of_connector(slug)) for slug in self._connectors),
            ("providers", self._of_providers),
            ("roster file", self._of_roster_file),
            ("time zone", self._of_zone),
            ("help contact", self._of_help_contact),
            ("enablement team", self._of_team),
            ("tips", self._of_tips),
            ("language model", self._of_model),
        ]

    def close(self) -> None:
        """Close the database, if it could be opened."""
        if self._store is not None:
            self._store.close()

    def _of_settings(self) -> Iterator[Line]:
        for error in self._wrong:
            yield State.WRONG, error.message, error.hint
        if not self._wrong:
            yield State.OK, "All that are set can be read.", ""

    def _of_files(self) -> Iterator[Line]:
        """Keys and the roster are for the service alone, and so is who is in the database."""
        database = self._settings.database_url
        both = (database, doctor_keys.address(self._settings.keys_url, database))
        files = [path for path in map(file_of, both) if path is not None]
        beside = [path.with_name(path.name + end) for path in files for end in _SQLITE]
        open_to_others = [path for path in beside if _mode(path) & 0o077]
        # A group may share these on purpose; others never. A container's secrets are left alone.
        shared = [Path(ENV_FILE), Path(TOML_FILE), self._settings.roster_csv]
        open_to_others += [path for path in shared if path and _mode(path) & 0o007]
        for path in open_to_others:
            mode = f"{_mode(path):04o}"
            yield State.WRONG, f"Others can read {path.name} (mode {mode}).", f"chmod 600 {path}"
        if not open_to_others:
            said = "Nobody else can read the database, its keys, the settings or the roster."
            yield State.OK, said, ""

    def _of_database(self) -> Iterator[Line]:
        path = file_of(self._settings.database_url)
        if path is not None and not path.exists() and os.access(path.parent, os.W_OK):
            yield State.OFF, "There is none yet.", "`unranked run` makes it at its first start."
            return
        store = Store.open(self._settings.database_url, keys=self._keys())
        try:
            store.check_database()
        except BaseException:
            store.close()
            raise
        self._store = store
        if (at := store.clock()) is not None:
            self._clocks["the database"] = at - self._clock()
        kind = "PostgreSQL" if path is None else "SQLite"
        yield State.OK, f"{kind} answers, at revision {store.revision()}.", ""

    def _of_keys(self) -> Iterator[Line]:
        if self._store is None:
            yield _later("the database")
            return
        yield doctor_keys.line(self._store, self._keys())

    def _of_jobs(self) -> Iterator[Line]:
        if self._store is None:
            yield _later("the database")
            return
        with self._store.read() as tx:
            states = runs.states(tx)
        begun = [state.started_at for state in states if state.started_at is not None]
        if not begun:
            yield State.OFF, "None has run yet.", "`unranked run` runs them."
            return
        now = self._clock()
        not_well = [line for state in states for line in _of_a_job(state, now)]
        yield from not_well
        latest = max(begun)
        if now - latest > ASLEEP_AFTER:
            said = f"None has begun since {latest:%Y-%m-%d %H:%M} UTC: the service does not run."
            yield State.OFF, said, "`unranked run` starts it."
        elif not not_well:
            yield State.OK, "All ended well when they last ran.", ""

    def _of_bot_token(self) -> Iterator[Line]:
        token = self._settings.slack_bot_token.get_secret_value()
        if self._is_wrong("SLACK_BOT_TOKEN"):
            yield _corrected_first("SLACK_BOT_TOKEN")
            return
        if not token:
            said = "SLACK_BOT_TOKEN is not set: the service does not start without it."
            hint = "Copy the Bot User OAuth Token of the app's page, Install App, into it."
            yield State.WRONG, said, hint
            return
        login = slack_checks.login(
            token, api_url=self._settings.slack_api_url, timeout_seconds=SECONDS
        )
        self._login = login
        if login.at is not None:
            self._clocks["Slack"] = login.at - self._clock()
        if self._is_of_another_workspace(login):
            said = "It belongs to another workspace than the people in the database."
            hint = "Set the token of that workspace, or UNRANKED_DATABASE_URL to a new database."
            yield State.WRONG, said, hint
            return
        yield State.OK, "Slack takes it.", ""

    def _is_of_another_workspace(self, login: Login) -> bool:
        if self._store is None:
            return False
        with self._store.read() as tx:
            known = vault.value(tx, vault.WORKSPACE, vault.SLACK, vault.WORKSPACE)
        return known is not None and known != login.workspace

    def _of_rights(self) -> Iterator[Line]:
        if self._login is None:
            yield _later("the bot token")
            return
        have = self._login.rights
        if have is None:
            yield State.OFF, "Slack does not name them.", "Compare the app with manifest.yml."
            return
        groups = any(map(enablement.is_group, self._settings.enablement_team))
        needed = {name: what for name, what in RIGHTS.items() if groups or name != OF_GROUPS}
        lacking = [f"{right} ({what})" for right, what in needed.items() if right not in have]
        if lacking:
            said = f"The app lacks {', '.join(lacking)}."
            yield State.WRONG, said, "Give the app what manifest.yml has, and install it again."
            return
        more = sorted(have - RIGHTS.keys())
        said = f"All that it needs, and more: {', '.join(more)}." if more else "All that it needs."
        yield State.OK, said, "What is more can be taken away." if more else ""

    def _of_socket_mode(self) -> Iterator[Line]:
        token = self._settings.slack_app_token.get_secret_value()
        if self._is_wrong("SLACK_APP_TOKEN"):
            yield _corrected_first("SLACK_APP_TOKEN")
            return
        if not token:
            heard = self._settings.slack_signing_secret.get_secret_value()
            so = ": Slack is heard over HTTP." if heard else "."
            yield State.OFF, f"SLACK_APP_TOKEN is not set{so}", ""
            return
        slack_checks.check_socket_mode(
            token, api_url=self._settings.slack_api_url, timeout_seconds=SECONDS
        )
        yield State.OK, "Slack takes SLACK_APP_TOKEN and offers a connection.", ""

    def _of_http(self) -> Iterator[Line]:
        settings = self._settings
        for name in ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
            if self._is_wrong(name):
                yield _corrected_first(name)
                return
        if not settings.socket_mode and not settings.slack_signing_secret.get_secret_value():
            said = "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: nobody can be heard."
            yield State.WRONG, said, _TO_LISTEN
        elif not settings.serves_http:
            yield self._unserved()
        elif settings.socket_mode:
            yield State.OK, f"Health and metrics on port {settings.http_port}.", ""
        else:
            said = f"Slack is heard on port {settings.http_port}; the signing secret is set."
            hint = "Only a request of Slack's can show whether it is the right one: type /tokens."
            yield State.OK, said, hint

    def _unserved(self) -> Line:
        if not self._settings.socket_mode:
            said = "UNRANKED_HTTP is off and SLACK_APP_TOKEN is not set: nobody can be heard."
            return State.WRONG, said, "Take UNRANKED_HTTP out, or set SLACK_APP_TOKEN."
        hint = "UNRANKED_HTTP=true opens a port for /healthz, /readyz and /metrics."
        if not self._settings.public_url:
            return State.OFF, "Not served.", hint
        said = "Not served, so UNRANKED_PUBLIC_URL is not used: an export is a file in the chat."
        return State.OFF, said, "UNRANKED_HTTP=true opens a port, for the links to exports too."

    def _is_wrong(self, name: str) -> bool:
        """Return whether a setting is one of those that are wrong: its default stands here."""
        # In `unranked.toml` it is written in small letters.
        return any(name.lower() in error.message.lower() for error in self._wrong)

    def _of_clock(self) -> Iterator[Line]:
        wrong = {who: by for who, by in self._clocks.items() if abs(by) > CLOCK_MAY_DIFFER}
        for who, by in wrong.items():
            said = f"It is {_ago(by)} {who}'s."
            yield State.WRONG, said, "Set this machine's clock by the network (NTP)."
        if not self._clocks:
            yield State.OFF, "There was no other clock to compare it with.", ""
        elif not wrong:
            yield State.OK, f"It agrees with that of {' and '.join(sorted(self._clocks))}.", ""

    def _of_connector(self, slug: str) -> Check:
        connector, opens = self._connectors[slug]

        def check() -> Iterator[Line]:
            self._set_up.add(slug)
            connected = opens()
            if connected is None:
                self._set_up.discard(slug)
                hint = f"To set it up: {to_set_up(connector)}"
                yield State.OFF, f"There is no key for {connector.title}.", hint
                return
            with connected.open() as api:
                api.get(connected.connector.check_path)
            yield State.OK, f"{connector.title} takes the key.", ""

        return check

    def _of_providers(self) -> Iterator[Line]:
        if not any(self._connectors[slug][0].is_tool for slug in self._set_up):
            what = "No AI tool" if self._set_up else "None"
            said = f"{what} is set up: the service has nothing to look at."
            yield State.OFF, said, "Set the key of one that the lines above name."
        else:
            yield State.OK, f"{len(self._set_up)} of {len(self._connectors)} are set up.", ""

    def _of_roster_file(self) -> Iterator[Line]:
        if self._is_wrong("ROSTER_CSV"):
            yield _corrected_first("UNRANKED_ROSTER_CSV")
            return
        path = self._settings.roster_csv
        if path is None:
            said = "UNRANKED_ROSTER_CSV is not set: managers, leave and working days are unknown."
            yield State.OFF, said, ""
            return
        yield (
            State.OK,
            f"It can be read, and names {rounded(len(staff_csv.read(path)))} people.",
            "",
        )

    def _of_zone(self) -> Iterator[Line]:
        if self._is_wrong("DEFAULT_ZONE"):
            yield _corrected_first("UNRANKED_DEFAULT_ZONE")
            return
        if zone := self._settings.default_zone:
            yield State.OK, f"People whose own zone is unknown are taken to be in {zone}.", ""
            return
        said = "UNRANKED_DEFAULT_ZONE is not set: people whose own zone is unknown get no message."
        yield State.OFF, said, ""

    def _of_help_contact(self) -> Iterator[Line]:
        if self._is_wrong("HELP_CONTACT"):
            yield _corrected_first("UNRANKED_HELP_CONTACT")
            return
        named = self._settings.help_contact
        if named != Settings.model_fields["help_contact"].default:
            yield State.OK, "Help me names whom you set.", ""
            return
        said = f"UNRANKED_HELP_CONTACT is not set: Help me names only “{named}”."
        yield State.OFF, said, "Set it to a person or a channel that answers."

    def _of_team(self) -> Iterator[Line]:
        if self._is_wrong("UNRANKED_ENABLEMENT"):
            yield _corrected_first("UNRANKED_ENABLEMENT")
            return
        ask = partial(
            slack_checks.group_size,
            self._settings.slack_bot_token.get_secret_value(),
            api_url=self._settings.slack_api_url,
            timeout_seconds=SECONDS,
        )
        team = self._settings.enablement_team
        yield from doctor_team.lines(team, None if self._login is None else ask)

    def _of_tips(self) -> Iterator[Line]:
        in_chat = None
        if self._store is not None:
            with self._store.read() as tx:
                in_chat = tips.reviews(tx)
        yield from doctor_tips.lines(in_chat, self._clock().date())

    def _of_model(self) -> Iterator[Line]:
        if any(self._is_wrong(name) for name in _OF_THE_MODEL):
            yield _corrected_first("a setting of the language model")
            return
        model = self._model()
        if model is None:
            key = self._settings.model_key.get_secret_value() or self._settings.model_key_file
            yield doctor_model.off(key_is_set=bool(key))
            return
        today, used = self._clock().date(), None
        if self._store is not None:
            with self._store.read() as tx:
                used = model_use.since(tx, doctor_model.first_day(today))
        yield doctor_model.on(model, used, today)


_OF_THE_MODEL = ("UNRANKED_MODEL", "model in ", "model_", "OPENAI_API_KEY", "OPENAI_BASE_URL")
"""How the settings of the language model are named where they are wrong, in each place."""

_SQLITE = ("", "-wal", "-shm")
_TO_LISTEN = (
    "Set SLACK_APP_TOKEN (Basic Information, App-Level Tokens, with connections:write) for Socket "
    "Mode, which needs no port; or SLACK_SIGNING_SECRET (Basic Information) for HTTP."
)


def _mode(path: Path) -> int:
    """Return the rights on a file, none for one that is not there or cannot be looked at."""
    with suppress(OSError):
        return path.stat().st_mode & 0o777
    return 0


def _of_a_job(state: runs.JobState, now: datetime) -> Iterator[Line]:
    """Say how the job did not end well, with the error of the last run that ended."""
    again = f"{state.hint} `unranked job {state.name}` runs it again.".strip()
    began = "" if state.started_at is None else f"{state.started_at:%Y-%m-%d %H:%M} UTC"
    before = f" Before that it failed: {state.error}" if state.error else ""
    if claims.did_not_end(state, now):
        said = f"{state.name} did not end when it last ran (began at {began}).{before}"
        yield State.WRONG, said, again
    elif state.error and state.finished_at is not None:
        yield State.WRONG, f"{state.name} failed when it last ran: {state.error}", again
    elif state.error:
        # What it came to before is mended perhaps.
        yield State.OFF, f"{state.name} runs now, since {began}.{before}", ""


def _corrected_first(name: str) -> Line:
    return State.OFF, f"Not looked at, because {name} is wrong: see settings.", ""


def _later(first: str) -> Line:
    return State.OFF, f"Not looked at, because {first} comes first.", ""


def _ago(by: timedelta) -> str:
    """Return how far our clock is off, seen from the other one, which is ahead by `by`."""
    minutes = abs(by) / timedelta(minutes=1)
    return f"{minutes:,.0f} min {'behind' if by > timedelta(0) else 'ahead of'}"
