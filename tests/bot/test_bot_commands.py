import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from signed import opened, wait_for, words
from small_world import FIRST_DAY, Tool, _connected, small_world
from sqlalchemy import event

from bot import commands
from bot.messages import ALSO, is_stop
from unranked.channels import blocks
from unranked.connectors.base import FeedKind
from unranked.demo.blocks_limits import problems
from unranked.demo.slack_members import Member
from unranked.demo.slack_requests import command, home_opened
from unranked.domain.usage import AccountKind, AccountRecord, AccountRef, Tokens, UsageRecord
from unranked.domain.value import Prices
from unranked.services import choices, messages
from unranked.services.choices import Asker
from unranked.services.segments import consent_from
from unranked.store import campaigns, checkins
from unranked.store.checkins import Answer

NOW = "2026-03-02T10:00+00:00"
LAST = date(2026, 2, 27)
MONDAY = date(2026, 2, 16)
MONDAYS = [MONDAY - timedelta(weeks=back) for back in range(8)]
WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)
STREAMS = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def company(world):
    """Ada uses acme, Bob has a seat and does nothing, Eve is a guest of the roster."""
    world.person("ada")
    world.person("bob")
    world.tools["acme"].use("ada@corp.example", MONDAY, cost="10.85")
    world.tools["acme"].use("ada@corp.example", MONDAY - timedelta(weeks=1), cost="20.00")
    world.remembers(days=80)
    world.at(NOW)
    world.begin()
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def test_tokens_is_acknowledged_with_nothing_and_answered_at_the_response_url_only(company):
    with opened(company) as front:
        answer = front.tokens("UADA")

    (ack,) = front.acks
    assert (ack.status_code, ack.content) == (200, b"")
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    assert company.slack.messages_to("UADA") == []
    assert company.slack.calls["chat.postMessage"] == 0
    assert company.slack.calls["chat.postEphemeral"] == 0


def test_the_acknowledgement_does_not_wait_for_the_figures(company):
    with opened(company) as front:
        front.tokens("UADA", "help")  # the first request asks Slack who the bot is
        url = company.slack.response_url()
        with company.runtime.store.write():  # `mute` has to write, and waits for this
            ack = front.post(command("UADA", "mute", url))
            assert (ack.status_code, ack.content) == (200, b"")
            assert company.slack.answers(url) == []
        assert front.answer(url)["text"].startswith("Tips are off")


def test_the_summary_says_cost_and_cost_weighted_tokens_by_week_and_tool(front):
    answer = front.tokens("UADA")

    said = answer["text"]
    assert said.split("\n")[:2] == [
        "Your last 8 weeks",
        "29 Dec 2025 to 22 Feb 2026, data complete through Sun 22 Feb 2026. Only you can see this.",
    ]
    assert (
        "AI cost: $3.86 a week, or 0.77 million cost-weighted tokens; "
        "single weeks from $0.00 to $20.00."
    ) in said.split("\n")
    assert "- 16 Feb: Acme $10.85" in said.split("\n")
    assert "- 9 Feb: Acme $20.00" in said.split("\n")
    assert "- 29 Dec: no cost" in said.split("\n")
    (chart,) = (b for b in answer["blocks"] if b["type"] == "data_visualization")
    (series,) = chart["chart"]["series"]
    assert series["name"] == "Acme"
    assert [point["value"] for point in series["data"]][-3:] == [0.0, 20.0, 10.85]
    assert chart["chart"]["axis_config"]["y_label"] == "USD"
    assert problems(answer["blocks"], "message") == []


def test_the_chart_and_the_words_say_the_same_figures(front):
    answer = front.tokens("UADA")

    (chart,) = (b for b in answer["blocks"] if b["type"] == "data_visualization")
    in_blocks = [b["text"]["text"] for b in answer["blocks"] if b["type"] == "section"]
    for series in chart["chart"]["series"]:
        for point in series["data"]:
            cost = point["value"]
            amount = f"{series['name']} ${cost:.2f}" if cost else "no cost"
            line = f"- {point['label']}: {amount}"
            assert line in answer["text"].split("\n")
            assert any(line in section.split("\n") for section in in_blocks)


ANSWERS = {MONDAY: 90, MONDAYS[1]: -30, MONDAYS[2]: 0, MONDAYS[3]: 480, MONDAYS[4]: None}
IN_WORDS = {
    90: "you reported 1 to 2 h",
    -30: "you reported that it cost you up to 1 h",
    0: "you reported no difference",
    480: "you reported more than 8 h",
    None: "skipped",
}


def test_what_was_reported_stands_beside_the_cost_in_one_unit_drawn_and_in_words(front, company):
    with company.runtime.store.write() as tx:
        for week, minutes in ANSWERS.items():
            checkins.put(tx, company.key("UADA"), Answer(week, minutes), on=company.now.date())

    answer = front.tokens("UADA")

    _, chart = (b for b in answer["blocks"] if b["type"] == "data_visualization")
    reported, cost = ([p["value"] for p in one["data"]] for one in chart["chart"]["series"])
    assert reported == [480.0, 0.0, -30.0, 90.0]  # a week without an answer has no bar
    assert cost == [0.0, 0.0, 20.0, 10.85]  # minutes, where one counts $1.00
    assert chart["chart"]["axis_config"]["y_label"] == "minutes"
    for week, spent in zip(reversed(MONDAYS), [0, 0, 0, 0, 0, 0, 20, 10.85], strict=True):
        said = IN_WORDS[ANSWERS[week]] if week in ANSWERS else "no answer"
        line = f"- {week.day} {week:%b}: {said}; AI cost ${spent:.2f}"
        assert line in answer["text"].split("\n")
    assert problems(answer["blocks"], "message") == []


def test_without_charts_in_the_workspace_the_same_is_said_in_words(front, company):
    drawn = front.tokens("UADA")
    company.slack.faults.charts_refused = True

    said = front.tokens("UADA")

    assert said["text"] == drawn["text"]
    assert said["blocks"] == [b for b in drawn["blocks"] if b["type"] != "data_visualization"]


def test_no_figure_stands_where_a_locked_screen_shows_it(front):
    answer = front.tokens("UADA")

    title = answer["text"].split("\n")[0]
    assert answer["blocks"][0]["text"]["text"] == title
    assert title == "Your last 8 weeks"  # how many weeks are spoken of, and nothing else


# method.md 1.3: two rows at list prices, through the door.
ROWS = {
    "A": (Tokens(n_in=120_000, n_out=80_000, n_cr=9_000_000, n_cw5=600_000), "$10.85", "2.17"),
    "B": (Tokens(n_in=2_000_000, n_out=400_000), "$20.00", "4.00"),
}


def priced(world, tokens):
    """Let the world's only tool be one that gives tokens by model, and no cost."""

    def parse(page):
        for row in page.body:
            account = AccountRef(AccountKind.MEMBER, f"acc:{row['email']}")
            if page.feed == "members":
                yield AccountRecord(account, (row["email"],), row["since"], seat=True)
            else:
                yield UsageRecord(
                    page.feed,
                    row["day"],
                    account,
                    product="chat",
                    model=row["model"],
                    requests=1,
                    tokens=tokens,
                )

    tool = Tool("anthropic")
    made = _connected(tool)
    feeds = tuple(feed for feed in made.connector.feeds if feed.kind is not FeedKind.COST)
    made = replace(made, connector=replace(made.connector, feeds=feeds, parse=parse))
    world.tools = {"anthropic": tool}
    world.runtime = replace(world.runtime, connectors=(made,))
    world.person("ada", seats="anthropic")
    tool.use("ada@corp.example", *MONDAYS)
    world.remembers(days=80)
    world.at(NOW)
    world.learn()


@pytest.mark.parametrize("row", ROWS)
def test_the_worked_numbers_of_the_method_come_out_and_raw_tokens_never(world, row):
    tokens, cost, millions = ROWS[row]
    priced(world, tokens)
    with opened(world) as front:
        answer = front.tokens("UADA")

    said = words(answer)
    line = f"AI cost: {cost} a week, or {millions} million cost-weighted tokens."
    assert line in answer["text"].split("\n")
    assert f"- 16 Feb: Claude (Anthropic) {cost}" in said
    assert "list prices" in said
    counts = (tokens.n_in, tokens.n_out, tokens.n_cr, tokens.n_cw5)
    raw = sum(counts)
    for number in {*counts, raw} - {0}:
        for shown in (f"{number}", f"{number:,}", f"{number / 1e6:.2f} m", f"{number / 1e6:.1f} m"):
            assert shown not in said.lower()


def test_a_token_of_a_kind_without_a_price_takes_nothing_away_from_the_rest(world, monkeypatch):
    def without_a_price_for_writes(*_):
        return Prices(p_in=Decimal(5), p_out=Decimal(25))

    monkeypatch.setattr("unranked.prices.of_model", without_a_price_for_writes)
    priced(world, Tokens(n_in=2_000_000, n_cw1h=1))
    with opened(world) as front:
        said = words(front.tokens("UADA"))

    assert "AI cost: At least $10.00 a week: some use has no known price." in said
    assert "- Claude (Anthropic): some use has no known price and is not in the cost." in said
    assert "Value per token: Not yet: it needs 4 answered weeks" in said
    assert "and a price for all that you used." in said


SUBCOMMAND_TITLES = {
    "help": "What Unranked does for you",
    " HELP ": "What Unranked does for you",
    "privacy": "What Unranked keeps about you",
    "mute": "Tips are off",
    "unmute": "Tips are on again",
}


def test_each_subcommand_gives_its_text(front):
    for typed, title in SUBCOMMAND_TITLES.items():
        answer = front.tokens("UADA", typed)

        assert answer["text"].split("\n")[0] == title
        assert answer["response_type"] == "ephemeral"
        assert problems(answer["blocks"], "message") == []


def test_mute_ends_what_was_queued_and_unmute_lets_new_tips_be_planned(front, company):
    company.plan()
    front.tokens("UBOB", "mute")
    company.deliver()
    assert company.got("UBOB") == []

    assert stopped(company, "UBOB")
    company.at("2026-03-02T10:01+00:00")
    front.tokens("UBOB", "unmute")
    assert not stopped(company, "UBOB")


def test_to_somebody_who_objected_mute_offers_no_way_back_that_leads_nowhere(front, company):
    choices.object_to_groups(company.runtime, Asker(company.key("UBOB")))

    answer = front.tokens("UBOB", "mute")

    assert answer["text"].split("\n")[0] == "Tips stay off"
    assert "You objected" in words(answer)
    assert "unmute" not in words(answer)
    assert "actions" not in {block["type"] for block in answer["blocks"]}
    assert stopped(company, "UBOB")  # it holds once they object no more


@pytest.mark.parametrize("action", ["something_else", "not_for_me", "away", "away_4"])
def test_to_somebody_who_objected_no_button_offers_tips_again(front, company, action):
    choices.object_to_groups(company.runtime, Asker(company.key("UBOB")))

    answer = front.click("UBOB", action)

    assert "You objected" in words(answer)
    assert "unmute" not in words(answer)
    assert "resume" not in json.dumps(answer)


def stopped(world, member_id):
    """Say whether somebody wants no tips, as the planning would read it."""
    key = world.key(member_id)
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx, key).get(key, [])).stopped


def test_somebody_outside_the_roster_is_told_so(front, company):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))

    for typed in ("", "mute", "export", "forget", "@ada"):
        assert front.tokens("UNEW", typed)["text"].startswith("You are not in the list of people")


# Asking about somebody else.


class Statements:
    """How many SQL statements the store ran."""

    def __init__(self, world):
        self.count = 0
        event.listen(world.runtime.store._engine, "before_cursor_execute", self._counted)

    def _counted(self, *_):
        self.count += 1

    def of(self, front, who, typed):
        before = self.count
        answer = front.tokens(who, typed)
        return self.count - before, answer


ABOUT_OTHERS = [
    "@ada",
    "<@UADA|ada>",
    "<@UADA>",
    "UADA",
    "ada@corp.example",
    "<mailto:ada@corp.example|ada@corp.example>",
    "Ada",
    "ada help",
    "🎉",
    "x" * 10_000,
    "' OR 1=1 --",
    "{unknown} %s {0}",
    "help\nUADA",
]


def test_a_question_about_anybody_gets_one_text_at_one_price_whether_they_exist_or_not(
    front, company
):
    statements = Statements(company)
    seen = set()
    for typed in ABOUT_OTHERS:
        nobody = typed.replace("ada", "zoe").replace("ADA", "ZOE").replace("Ada", "Zoe")
        for asked in (typed, nobody):
            cost, answer = statements.of(front, "UBOB", asked)
            seen.add((cost, json.dumps(answer, sort_keys=True)))

    ((cost, only),) = seen
    assert cost > 0  # so that the counter is known to count
    assert json.loads(only)["text"] == blocks.text(messages.plain("only_you"))


SUBCOMMANDS = {"", "help", "privacy", "mute", "unmute", "export", "forget", *ALSO}
QUESTIONS = r"\s*(?:why|how|warum|wieso|weshalb|wie)\b"
TYPED = st.text(max_size=300).filter(
    lambda typed: (
        typed.strip().lower() not in SUBCOMMANDS
        and not is_stop(typed)
        and not re.match(QUESTIONS, typed, re.IGNORECASE)
    )
)


@STREAMS
@given(typed=TYPED)
def test_whatever_is_typed_changes_no_byte_of_the_answer_and_no_statement(front, typed):
    statements = Statements(front.world)
    try:
        assert statements.of(front, "UBOB", typed) == statements.of(front, "UBOB", "@ada")
    finally:
        event.remove(
            front.world.runtime.store._engine, "before_cursor_execute", statements._counted
        )


# Nothing of anybody else (T2), and no gain from burning tokens (T1).


def summary_of_ada(world):
    """Return every byte that Slack would get for Ada, without opening a port for each example."""
    message = commands.answer(world.runtime, "UADA", "")
    return f"{blocks.text(message)}\n{json.dumps(blocks.blocks(message))}"


USE_OF_OTHERS = st.lists(
    st.tuples(
        st.sampled_from(["bob", "cem", "dee"]),
        st.sampled_from(["acme", "beta"]),
        st.dates(FIRST_DAY + timedelta(days=3), LAST),
        st.integers(0, 10**9),
        st.decimals("-50", "500", places=2),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        return summary_of_ada(with_others(world, []))


def with_others(world, use):
    """Let Ada use acme, and others do what `use` says.

    How far a tool's data is complete is a fact of the tool, said to everybody. A crowd that works
    every day keeps it the same here: in a company of three, a day with one row more or less is
    not believed for some days (method.md 2.2 d).
    """
    world.person("ada")
    crowd = [f"crowd{n}" for n in range(8)]
    days = [LAST - timedelta(days=back) for back in range(60)]
    for name in crowd:
        world.person(name, seats="acme beta")
        for tool in world.tools.values():
            tool.use(f"{name}@corp.example", *days)
    for name in ("bob", "cem", "dee"):
        world.person(name, seats="acme beta")
    for week in range(8):
        day = MONDAY - timedelta(weeks=week)
        world.tools["acme"].use("ada@corp.example", day, cost=f"{week + 1}.50")
    for name, slug, day, output, cost in use:
        world.tools[slug].use(f"{name}@corp.example", day, output=output, cost=str(cost))
    world.remembers(days=80)
    world.at(NOW)
    world.begin()
    return world


@settings(
    deadline=None, max_examples=8, phases=WITHOUT_SHRINKING, suppress_health_check=list(HealthCheck)
)
@given(use=USE_OF_OTHERS)
def test_what_others_do_changes_no_byte_of_a_persons_answer(alone, tmp_path_factory, use):
    folder = tmp_path_factory.mktemp("others")
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        assert summary_of_ada(with_others(world, use)) == alone


def figures(world):
    """Return (cost, cost-weighted tokens) as /tokens says them."""
    (line,) = (line for line in summary_of_ada(world).split("\n") if line.startswith("AI cost: "))
    if line.startswith("AI cost: None is recorded"):
        return Decimal(0), Decimal(0)
    cost = line.partition("$")[2].partition(" a week")[0]
    millions = line.partition("or ")[2].partition(" million")[0]
    return tuple(Decimal(number.replace(",", "")) for number in (cost, millions))


COUNTS = st.builds(
    Tokens,
    n_in=st.integers(0, 10**7),
    n_out=st.integers(0, 10**7),
    n_cr=st.integers(0, 10**8),
    n_cw5=st.integers(0, 10**7),
    n_cw1h=st.integers(0, 10**7),
)


@settings(
    deadline=None, max_examples=6, phases=WITHOUT_SHRINKING, suppress_health_check=list(HealthCheck)
)
@given(tokens=COUNTS, more=COUNTS)
def test_more_tokens_never_make_the_cost_or_the_weighted_tokens_smaller(
    tmp_path_factory, tokens, more
):
    shown = []
    for burnt in (tokens, tokens + more):
        folder = tmp_path_factory.mktemp("burn")
        with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
            priced(world, burnt)
            shown.append(figures(world))

    before, after = shown
    assert all(a >= b for b, a in zip(before, after, strict=True))


def test_the_bot_says_what_is_not_known(front):
    assert "- Acme does not report use with a private account." in front.tokens("UADA")[
        "text"
    ].split("\n")


def test_somebody_without_any_account_is_told_that_this_says_nothing(front, company):
    company.person("eva", seats="")
    company.learn(days=1)

    answer = front.tokens("UEVA")

    assert "No account of a connected AI tool is known to be yours" in answer["text"]


def test_a_fault_is_said_without_its_words_and_the_next_command_works(front, company):
    engine = company.runtime.store._engine

    def fail(*_):
        raise RuntimeError("UADA ada@corp.example")

    event.listen(engine, "before_cursor_execute", fail)
    broken = front.tokens("UADA")
    event.remove(engine, "before_cursor_execute", fail)

    assert broken["text"] == blocks.text(messages.plain("failed"))
    assert broken["response_type"] == "ephemeral"
    assert front.tokens("UADA")["text"].startswith("Your last 8 weeks")


def test_what_fails_at_once_was_acknowledged_all_the_same(front, company):
    engine = company.runtime.store._engine

    def fail(*_):
        raise RuntimeError("no store")

    event.listen(engine, "before_cursor_execute", fail)
    for _ in range(6):
        front.tokens("UADA")
    front.post(home_opened("UADA", event_id="Ev1", view=None))
    event.remove(engine, "before_cursor_execute", fail)

    assert [one.status_code for one in front.acks] == [200] * 7


def test_a_slow_answer_does_not_hold_up_anybody_else(company):
    with opened(company) as front:
        front.tokens("UADA", "help")
        slow = company.slack.response_url()
        with company.runtime.store.write():
            front.post(command("UADA", "mute", slow))
            assert front.tokens("UBOB", "privacy")["text"].startswith("What Unranked keeps")
            assert company.slack.answers(slow) == []
        wait_for(lambda: bool(company.slack.answers(slow)))
