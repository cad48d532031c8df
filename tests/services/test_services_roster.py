from dataclasses import replace
from datetime import date

import pytest

from unranked.channels.base import Chart
from unranked.demo.slack_members import Member
from unranked.demo.slack_methods import METHODS, auth_test
from unranked.domain.consent import Consent
from unranked.domain.people import PersonKind
from unranked.domain.usage import AccountRecord, Window
from unranked.errors import RosterError
from unranked.services import answers, roster, segments
from unranked.store import people, vault

BEFORE, AFTER = date(2026, 2, 9), date(2026, 3, 10)


@pytest.fixture
def company(world_on):
    world_on.person("ada")
    world_on.person("bob")
    world_on.at("2026-03-02T10:00+00:00")
    world_on.learn()
    return world_on


def member(name, email=None, **more):
    return Member(f"U{name.upper()}", name.title(), email or f"{name}@corp.example", **more)


def person(world, member_id):
    with world.runtime.store.read() as tx:
        return people.one(tx, world.key(member_id))


def everybody(world):
    with world.runtime.store.read() as tx:
        return people.everybody(tx)


def owners(world, day):
    """Return whose each of acme's accounts was on a day: the Slack id by the account's address."""
    with world.runtime.store.read() as tx:
        names = {key: id_ for id_, key in vault.current(tx, vault.SLACK, vault.MEMBER).items()}
        accounts = vault.current(tx, "acme", vault.ACCOUNT)
        rows = tx.exec_driver_sql("SELECT account_key, person_key, since, until FROM tie").all()
    owned = {}
    for account, key in accounts.items():
        for account_key, person_key, since, until in rows:
            start, end = (None if d is None else date.fromisoformat(str(d)) for d in (since, until))
            if account_key == key and start <= day and (end is None or day < end):
                owned[account.removeprefix("acc:")] = names[person_key]
    return owned


def cost_of(world, member_id):
    """Return the lines of a person's cost by week, or an empty string."""
    message = answers.tokens(world.runtime, world.key(member_id))
    charts = (part for part in message.parts if isinstance(part, Chart))
    return "\n".join(line for chart in charts for line in chart.words)


def with_csv(world, tmp_path, *lines):
    path = tmp_path / "people.csv"
    header = "email,manager_email,department,start_date,working_days,leave,region"
    path.write_text("\n".join((header, *lines)), encoding="utf-8")
    world.runtime = replace(world.runtime, roster_csv=path)


def test_a_newcomer_gets_a_key_of_their_own_and_keeps_it(company):
    company.person("cem")
    run = roster.refresh(company.runtime)
    key = company.key("UCEM")
    roster.refresh(company.runtime)

    assert run.members == 3
    assert company.key("UCEM") == key
    assert len({company.key(one) for one in ("UADA", "UBOB", "UCEM")}) == 3
    assert person(company, "UCEM").first_seen == company.now.date()
    assert "cem" not in key.lower()


def test_a_leaver_stays_known_as_somebody_who_left_on_that_day(company):
    company.slack.join(member("bob", deleted=True))
    company.at("2026-03-05T10:00+00:00")
    run = roster.refresh(company.runtime)
    company.at("2026-03-09T10:00+00:00")
    roster.refresh(company.runtime)

    assert (run.members, run.left) == (1, 1)
    assert not person(company, "UBOB").present
    assert person(company, "UBOB").left_on == date(2026, 3, 5)


def test_somebody_who_comes_back_is_the_same_person(company):
    key = company.key("UBOB")
    company.slack.join(member("bob", deleted=True))
    roster.refresh(company.runtime)
    company.slack.join(member("bob"))
    roster.refresh(company.runtime)

    assert company.key("UBOB") == key
    assert person(company, "UBOB").present
    assert person(company, "UBOB").left_on is None


def test_bots_are_no_people_and_guests_are_marked(company):
    company.slack.join(member("robot", is_bot=True))
    company.slack.join(member("guest", is_restricted=True))
    company.slack.join(Member("USLACKBOT", "Slackbot"))
    run = roster.refresh(company.runtime)

    assert (run.members, run.guests, run.bots) == (2, 1, 2)
    assert len(everybody(company)) == 3
    assert person(company, "UGUEST").kind is PersonKind.GUEST
    with pytest.raises(AssertionError):
        company.key("UROBOT")


def test_a_changed_address_counts_from_its_day_and_the_old_account_stays_hers_before(company):
    company.tools["acme"].use("ada@corp.example", BEFORE, cost="7.00")
    company.learn()
    company.at("2026-03-10T10:00+00:00")
    company.slack.join(member("ada", "ada.lovelace@corp.example"))
    company.tools["acme"].seats["ada.lovelace@corp.example"] = AFTER
    company.learn()

    assert owners(company, BEFORE)["ada@corp.example"] == "UADA"
    assert "ada@corp.example" not in owners(company, AFTER)
    assert owners(company, AFTER)["ada.lovelace@corp.example"] == "UADA"
    assert "$7.00" in cost_of(company, "UADA")


def test_an_address_that_changes_only_in_its_case_is_the_same_address(company):
    before = owners(company, AFTER)
    company.slack.join(member("ada", "ADA@Corp.Example "))
    roster.refresh(company.runtime)

    assert owners(company, AFTER) == before
    with company.runtime.store.read() as tx:
        held = vault.holders(tx)
    assert ("ada@corp.example", company.key("UADA")) in held.now


@pytest.mark.parametrize("leaver_listed", [True, False])
def test_who_gets_a_leavers_mailbox_does_not_get_the_leavers_past(company, leaver_listed):
    company.tools["acme"].use("bob@corp.example", BEFORE, cost="7.00")
    company.learn()
    company.at("2026-03-10T10:00+00:00")
    leaver = {} if leaver_listed else {"email": "gone@corp.example"}
    company.slack.join(member("bob", deleted=True, **leaver))
    company.slack.join(member("bobby", "bob@corp.example"))
    company.learn()

    assert owners(company, BEFORE)["bob@corp.example"] == "UBOB"
    assert owners(company, AFTER)["bob@corp.example"] == "UBOBBY"
    assert "$7.00" in cost_of(company, "UBOB")
    assert cost_of(company, "UBOBBY") == ""


def test_a_mailbox_that_was_handed_on_before_the_first_look_tells_nothing_of_the_past(world_on):
    world_on.slack.join(member("bob", deleted=True))
    world_on.person("bobby")
    world_on.slack.join(member("bobby", "bob@corp.example"))
    world_on.tools["acme"].seats["bob@corp.example"] = date(2026, 1, 1)
    world_on.tools["acme"].use("bob@corp.example", BEFORE, cost="7.00")
    world_on.at("2026-03-02T10:00+00:00")
    world_on.learn()

    assert "bob@corp.example" not in owners(world_on, BEFORE)
    assert owners(world_on, date(2026, 3, 2))["bob@corp.example"] == "UBOBBY"


def test_an_address_of_two_members_belongs_to_nobody(company):
    company.slack.join(member("twin", "ada@corp.example"))
    roster.refresh(company.runtime)

    assert "ada@corp.example" not in owners(company, AFTER)
    assert owners(company, AFTER)["bob@corp.example"] == "UBOB"


def test_once_the_second_holder_is_gone_the_address_is_the_first_ones_again(company):
    company.slack.join(member("twin", "ada@corp.example"))
    roster.refresh(company.runtime)
    company.at("2026-03-10T10:00+00:00")
    company.slack.join(member("twin", "twin@corp.example"))
    roster.refresh(company.runtime)

    assert owners(company, date(2026, 3, 11))["ada@corp.example"] == "UADA"


def test_the_csv_adds_what_the_chat_does_not_know(company, tmp_path):
    with_csv(
        company,
        tmp_path,
        "ADA@corp.example,bob@corp.example,Research,2026-01-05,Mon Tue Wed,"
        "2026-03-16/2026-03-20,de-be",
        "bob@corp.example,,,,,,",
        "nobody@corp.example,,,,,,",
    )
    run = roster.refresh(company.runtime)

    ada = person(company, "UADA")
    assert run.csv_unmatched == 1
    assert ada.manager_key == company.key("UBOB")
    assert (ada.department, ada.region) == ("Research", "DE-BE")
    assert ada.start_date == date(2026, 1, 5)
    assert ada.weekdays == {0, 1, 2}
    with company.runtime.store.read() as tx:
        leave = people.absences(tx, ada.person_key)[ada.person_key]
    assert leave == [Window(date(2026, 3, 16), date(2026, 3, 21))]


def test_leave_without_an_end_holds_until_the_csv_says_another(company, tmp_path):
    with_csv(company, tmp_path, "ada@corp.example,,,,,2026-02-16/,")
    roster.refresh(company.runtime)
    ada = person(company, "UADA")
    with company.runtime.store.read() as tx:
        leave = people.absences(tx, ada.person_key)[ada.person_key]
    assert leave == [Window(date(2026, 2, 16), date.max)]
    calendar = segments.calendar_of(ada, leave, Consent(), today=company.now.date())
    assert not any(calendar.works_on(date(2026, 3, day)) for day in range(1, 32))


def test_a_manager_whom_the_chat_does_not_know_is_none(company, tmp_path):
    with_csv(company, tmp_path, "ada@corp.example,boss@corp.example,,,,,")
    roster.refresh(company.runtime)

    assert person(company, "UADA").manager_key is None


def test_what_the_csv_no_longer_says_is_no_longer_so(company, tmp_path):
    with_csv(company, tmp_path, "ada@corp.example,bob@corp.example,Research,,Mon,2026-03-16,")
    roster.refresh(company.runtime)
    with_csv(company, tmp_path, "ada@corp.example,,,,,,")
    roster.refresh(company.runtime)

    ada = person(company, "UADA")
    assert (ada.manager_key, ada.department, ada.weekdays) == (None, "", None)
    with company.runtime.store.read() as tx:
        assert people.absences(tx, ada.person_key) == {}


def test_people_who_are_missing_from_a_listing_stay(company):
    before = everybody(company)
    owned = owners(company, AFTER)
    workspace = company.slack._workspace
    del workspace.members["UBOB"]
    workspace.order = list(workspace.members.values())
    roster.refresh(company.runtime)

    assert everybody(company) == before
    assert owners(company, AFTER) == owned


def test_a_listing_that_holds_nobody_changes_nothing(company):
    before = everybody(company)
    workspace = company.slack._workspace
    workspace.members.clear()
    workspace.order = []
    with pytest.raises(RosterError, match="holds nobody") as refused:
        roster.refresh(company.runtime)

    assert "right workspace" in refused.value.hint
    assert everybody(company) == before


@pytest.mark.parametrize("fault", ["missing_scope", "server_error"])
def test_a_listing_that_fails_changes_nothing(company, fault):
    before, owned = everybody(company), owners(company, AFTER)
    if fault == "missing_scope":
        company.slack.faults.missing_scopes.add("users:read")
    else:
        company.slack.faults.server_error = 10**6
    company.person("cem")
    with pytest.raises(RosterError):
        roster.refresh(company.runtime)

    assert everybody(company) == before
    assert owners(company, AFTER) == owned


def test_a_token_that_lost_the_right_to_read_addresses_is_said_and_no_address_ends(company):
    owned, said = owners(company, AFTER), ""
    company.slack.faults.missing_scopes.add("users:read.email")
    try:
        roster.refresh(company.runtime)
    except RosterError as refused:
        said = refused.hint

    assert owners(company, AFTER) == owned
    assert "users:read.email" in said


def test_a_token_of_another_workspace_is_refused_before_anybody_is_there_twice(
    company, monkeypatch
):
    before = everybody(company)
    company.person("cem")
    monkeypatch.setattr("unranked.demo.slack_methods.TEAM_ID", "T0OTHER")
    with pytest.raises(RosterError, match="another workspace") as refused:
        roster.refresh(company.runtime)

    assert everybody(company) == before
    assert "SLACK_BOT_TOKEN" in refused.value.hint
    assert "T0OTHER" not in str(refused.value)


def test_reading_the_same_roster_again_changes_no_row(company):
    def rows():
        with company.runtime.store.read() as tx:
            return [
                sorted(map(tuple, tx.exec_driver_sql(f"SELECT * FROM {name}").all()), key=repr)  # noqa: S608 - written here
                for name in ("vault", "person", "tie", "account", "absence")
            ]

    before = rows()
    roster.refresh(company.runtime)

    assert rows() == before


def test_a_zone_that_is_none_keeps_the_one_that_was_known(company):
    assert person(company, "UADA").zone == "Europe/Berlin"
    company.slack.join(member("ada", tz="Asia/Tokyo"))
    roster.refresh(company.runtime)
    assert person(company, "UADA").zone == "Asia/Tokyo"
    company.slack.join(member("ada", deleted=True))  # Slack shows no zone of who left
    roster.refresh(company.runtime)
    assert person(company, "UADA").zone == "Asia/Tokyo"


def test_names_and_addresses_stand_in_the_vault_alone(company):
    with company.runtime.store.read() as tx:
        for name in ("person", "tie", "account", "usage", "outbox", "job", "feedrun"):
            rows = repr(tx.exec_driver_sql(f"SELECT * FROM {name}").all())  # noqa: S608 - written here
            assert "corp.example" not in rows, name
            assert "Ada" not in rows, name
            assert "UADA" not in rows, name


def test_a_workspace_that_joins_an_enterprise_grid_is_still_the_same(company, monkeypatch):
    def in_a_grid(call):
        return {**auth_test(call), "enterprise_id": "E0MADEUP01"}

    monkeypatch.setitem(METHODS, "auth.test", ("", in_a_grid))
    company.person("cem")

    assert roster.refresh(company.runtime).members == 3


def with_a_second_address(world, email, second):
    """Let acme list a second address of the account with this one."""
    acme, *others = world.runtime.connectors

    def parse(page):
        for record in acme.connector.parse(page):
            if isinstance(record, AccountRecord) and record.emails == (email,):
                yield replace(record, emails=(email, second))
            else:
                yield record

    changed = replace(acme, connector=replace(acme.connector, parse=parse))
    world.runtime = replace(world.runtime, connectors=(changed, *others))


def test_a_second_address_of_an_account_leaves_its_past_where_it_was(company):
    company.tools["acme"].use("ada@corp.example", BEFORE, cost="7.00")
    company.learn()
    company.at("2026-03-10T10:00+00:00")
    with_a_second_address(company, "ada@corp.example", "bob@corp.example")
    company.learn()

    assert owners(company, BEFORE)["ada@corp.example"] == "UADA"
    assert "ada@corp.example" not in owners(company, AFTER)  # now it is two people's
    assert "$7.00" in cost_of(company, "UADA")
