"""Three versions by a language model: from the brief alone, whole or not at all."""

import json
from dataclasses import replace

import pytest
import structlog
from fake_model import KEY, NAME, FakeModel, answers, hangs, says
from hypothesis import given
from hypothesis import strategies as st

from bot.views import modal
from unranked import text
from unranked.channels.pages import Form
from unranked.demo.blocks_limits import view_problems
from unranked.domain import tip_versions
from unranked.domain.tips import Words
from unranked.errors import ModelError
from unranked.llm import LanguageModel, Reply
from unranked.services import tip_drafts
from unranked.services.choices import Asker
from unranked.services.model_memory import Allowance, Faults
from unranked.services.tip_forms import FORMS, SCREENS
from unranked.store import tips
from unranked.store.model_use import Used
from unranked.store.tables import ModelUse, table

ASKER = Asker("p-0123456789abcdef")
BRIEF = "Help people who write many refusals to find kind words."
ONE = {
    "title": "A kind no",
    "task": 'A task with {tools}: write a refusal.\n- Type: "Write three kind replies."',
    "understand": "Say in your own words what makes it kind.",
    "ask": "Ask a colleague how they would take it.",
}


def three(**changes):
    """Return an answer; `changes` are those of its last version."""
    every = [{**ONE, "title": f"Kind no {letter}"} for letter in "abc"]
    every[-1] |= changes
    return {"versions": every}


GOOD = json.dumps(three())


@pytest.fixture
def desk(world):
    world.person("zebedee")
    world.at("2026-11-30T10:00+00:00")
    world.begin()
    return world


@pytest.fixture
def server():
    with FakeModel() as made:
        made.does = says(GOOD)
        yield made


def with_model(world, server, **changes):
    model = LanguageModel(NAME, KEY, base_url=server.url)
    return replace(world.runtime, model=model, **changes)


def drawn(screen):
    view = modal.form(screen) if isinstance(screen, Form) else modal.screen(screen)
    assert view_problems(view, "modal") == []
    return str(view)


def offered(screen):
    return [
        button.value
        for section in screen.sections
        for row in section.rows
        for button in row.buttons
        if button.action == "team_tip_new" and button.value
    ]


def use_of(world):
    with world.runtime.store.read() as tx:
        return [
            Used(row["model"], row["calls"], row["discarded"], row["n_in"], row["n_out"])
            for row in tx.execute(table(ModelUse).select()).mappings()
        ]


def test_three_versions_each_open_the_form_filled_in_and_nothing_is_stored(desk, server):
    runtime = with_model(desk, server)
    screen = tip_drafts.drafts(runtime, ASKER, BRIEF)

    assert "Any of them may be wrong" in drawn(screen)
    assert len(offered(screen)) == 3
    for letter, value in zip("abc", offered(screen), strict=True):
        form = SCREENS["team_tip_new"](runtime, ASKER, value)
        filled = {field.name: next(iter(field.chosen), "") for field in form.fields}
        drawn(form)
        assert filled["tip_title"] == f"Kind no {letter}"
        assert filled["tip_task"] == ONE["task"]
        assert filled["tip_understand"] == ONE["understand"]
        assert filled["tip_ask"] == ONE["ask"]
        assert filled["tip_owner"] == filled["tip_segment"] == ""  # a human says whose it is
    with runtime.store.read() as tx:
        assert tips.every(tx) == []
    assert use_of(desk) == [Used(NAME, 1, 0, 120, 30)]


def test_a_version_is_sent_to_nobody_before_a_human_made_it_a_tip(desk, server):
    runtime = with_model(desk, server)
    value = offered(tip_drafts.drafts(runtime, ASKER, BRIEF))[0]
    form = SCREENS["team_tip_new"](runtime, ASKER, value)
    as_it_is = {field.name: tuple(field.chosen) for field in form.fields}

    wrong = FORMS["team_tip_new"](runtime, ASKER, "", as_it_is)
    assert wrong.keys() >= {"tip_owner", "tip_segment", "tip_risk_reason", "tip_source"}


def test_the_model_gets_the_instructions_and_the_brief_and_nothing_else(desk, server):
    desk.person("ada")
    tip_drafts.drafts(with_model(desk, server), ASKER, f"  {BRIEF}\u200b\n")

    ((_, _, body),) = server.asked
    system, said = body["messages"]
    assert [system["role"], said["role"]] == ["system", "user"]
    assert json.loads(said["content"]) == {"brief": BRIEF}
    assert "{tools}" in system["content"]
    assert "language with the ISO code en" in system["content"]
    assert body.keys() <= {"model", "messages", "store"}
    for name in ("zebedee", "Zebedee", "corp.example", "UADA", ASKER.person_key, "ai-help"):
        assert name not in server.sent
    for tip in text.tip_names(on=desk.now.date()):
        assert text.tip(tip).body not in server.sent


def test_the_instructions_are_the_same_for_everybody_and_name_the_language(desk, server):
    with text.spoken("de"):
        tip_drafts.drafts(with_model(desk, server), ASKER, "Freundliche Absagen.")
        tip_drafts.drafts(with_model(desk, server), Asker("p-other"), "Kurze Notizen.")

    first, second = (asked[2]["messages"][0]["content"] for asked in server.asked)
    assert first == second
    assert "ISO code de" in first


UNFIT = {
    "no JSON": "Here are three tips.",
    "nothing": "",
    "two": json.dumps({"versions": three()["versions"][:2]}),
    "four": json.dumps({"versions": [*three()["versions"], {**ONE, "title": "D"}]}),
    "more": json.dumps({**three(), "note": "x"}),
    "a list": json.dumps(three()["versions"]),
    "one twice": json.dumps(three(title="Kind no A")),
    "a field more": json.dumps(three(owner="x")),
    "a number": json.dumps(three(ask=3)),
    "nobody to ask": json.dumps(three(ask=" ")),
    "nothing to understand": json.dumps(three(understand="")),
    "too long": json.dumps(three(task="With {tools}. " + "a " * 400)),
    "no tools": json.dumps(three(task="Write a refusal.")),
    "other braces": json.dumps(three(task="With {tools} and {name}.")),
    "a link": json.dumps(three(ask="Ask at https://help.example.")),
    "a link without a scheme": json.dumps(three(ask="Ask at www.help.example.")),
    "an address": json.dumps(three(ask="Ask ada@corp.example.")),
    "mark-up": json.dumps(three(task="With {tools}: **write** it.")),
    "a heading": json.dumps(three(task="# Task\nWith {tools}.")),
    "a name in two lines": json.dumps(three(title="A\nB")),
    "too deep": "[" * 5000,
    "two answers": f"{GOOD}\n{GOOD}",
}


@pytest.mark.parametrize("why", UNFIT)
@pytest.mark.parametrize("code", text.LANGUAGES)
def test_an_answer_that_does_not_fit_is_refused_as_a_whole_with_a_kind_word(
    desk, server, why, code
):
    server.does = says(UNFIT[why])
    with text.spoken(code):
        screen = tip_drafts.drafts(with_model(desk, server), ASKER, BRIEF)
        said = drawn(screen)
        assert text.words("tip_drafts_unfit").body.split(".")[0] in said

    assert offered(screen) == []
    assert "Kind no" not in said
    assert use_of(desk) == [Used(NAME, 1, 1, 120, 30)]


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```", "\n{}\n"])
def test_an_answer_in_a_fence_is_read(fence):
    assert len(tip_versions.versions(fence.replace("{}", GOOD))) == 3


@pytest.mark.parametrize("does", [answers(b"", status=500), answers(b"999"), says("x" * 70_000)])
def test_a_model_that_fails_is_a_kind_word_and_the_brief_is_in_no_log(desk, server, does):
    server.does = does
    told = []
    runtime = with_model(desk, server, faults=Faults(later=lambda _, act: told.append(act)))
    with structlog.testing.capture_logs() as logs:
        screen = tip_drafts.drafts(runtime, ASKER, "zebra refusals")
        for act in told:
            act()

    assert offered(screen) == []
    assert "The language model" in drawn(screen)
    assert [log["event"] for log in logs] in (["model gave no answer"], ["model answer not shown"])
    assert use_of(desk) == [Used(NAME, 1, 1, 0, 0)]
    assert "zebra" not in str(logs)
    assert ASKER.person_key not in str(logs)


def test_versions_are_waited_for_longer_than_an_answer_and_not_for_ever(desk, server):
    class Waits:
        name = NAME
        seconds = None

        def ask(self, *_, seconds=None):
            self.seconds = seconds
            raise ModelError("Late.", hint="Wait.")

    model = Waits()
    screen = tip_drafts.drafts(replace(desk.runtime, model=model), ASKER, BRIEF)
    assert model.seconds == tip_drafts.SECONDS == 30.0
    assert "gave no answer" in drawn(screen)
    server.does = hangs
    with pytest.raises(ModelError, match=r"within 0\.2 seconds"):
        LanguageModel(NAME, KEY, base_url=server.url).ask("x", "y", seconds=0.2)


def test_the_days_allowance_holds_for_versions_too(desk, server):
    runtime = with_model(desk, server, allowance=Allowance(calls=2))
    for _ in range(2):
        assert len(offered(tip_drafts.drafts(runtime, ASKER, BRIEF))) == 3

    third = tip_drafts.drafts(runtime, ASKER, BRIEF)
    assert "Tomorrow it answers again" in drawn(third)
    assert len(server.asked) == 2
    assert len(offered(tip_drafts.drafts(runtime, Asker("p-other"), BRIEF))) == 3


@pytest.mark.parametrize(
    ("brief", "says_"),
    [
        ("", "Write something here."),
        (" \u200b\n", "Write something here."),
        ("x" * 601, "at most 600"),
        ("Help ada@corp.example with refusals", "Take that out"),
        ("Help <@U0123ABCD>", "Take that out"),
        ("See https://wiki.example", "Take that out"),
        ("Ask in #sales", "Take that out"),
        ("The key is sk-abcdef", "Take that out"),
    ],
)
def test_a_brief_that_may_not_leave_comes_back_and_is_not_sent(desk, server, brief, says_):
    runtime = with_model(desk, server)
    form = SCREENS["team_tip_draft"](runtime, ASKER, "")
    drawn(form)

    answer = FORMS["team_tip_draft"](runtime, ASKER, form.context, {"tip_brief": (brief,)})
    assert answer.keys() == {"tip_brief"}
    assert says_ in answer["tip_brief"]
    assert offered(tip_drafts.drafts(runtime, ASKER, brief)) == []
    assert server.asked == []


def test_a_brief_that_may_leave_shows_at_once_that_it_is_being_written(desk, server):
    runtime = with_model(desk, server)
    screen = FORMS["team_tip_draft"](runtime, ASKER, "", {"tip_brief": (BRIEF,)})

    assert screen == tip_drafts.waiting()
    assert "half a minute" in drawn(screen)
    assert screen.name == tip_drafts.WAITING == tip_drafts.drafts(runtime, ASKER, BRIEF).name
    assert len(server.asked) == 1  # and none for the screen


def test_the_button_is_there_where_there_is_a_model(desk, server):
    shown = SCREENS["team_tips"](with_model(desk, server), ASKER, "")

    assert "Draft three versions" in drawn(shown)
    assert "Draft three versions" not in drawn(SCREENS["team_tips"](desk.runtime, ASKER, ""))


@given(
    st.text(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["versions", *ONE]), inner, max_size=4)
        ),
        max_leaves=12,
    ).map(json.dumps)
)
def test_whatever_a_model_or_a_button_says_is_versions_or_nothing(said):
    found = tip_versions.versions(said)
    assert found is None or len(found) == 3
    back = tip_versions.unpacked(said)
    assert back is None or isinstance(back, Words)


PIECES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(lambda one: f"a {one}")


@given(PIECES, PIECES, PIECES, PIECES)
def test_a_button_brings_back_the_words_that_it_was_given(title, task, understand, ask):
    made = {"title": title, "task": f"{task} {{tools}}", "understand": understand, "ask": ask}
    found = tip_versions.versions(
        json.dumps({"versions": [{**made, "title": f"{title[:40]} {letter}"} for letter in "abc"]})
    )
    for words in found or ():
        assert tip_versions.unpacked(tip_versions.packed(words)) == words


def test_a_version_that_no_button_could_bring_back_is_not_shown(desk):
    class Says:
        name = NAME

        def ask(self, *_, **__):
            return Reply(
                json.dumps(
                    three(task='{tools} "' + '"' * 790, understand='a"' * 150, ask='b"' * 100)
                ),
                1,
                1,
            )

    screen = tip_drafts.drafts(replace(desk.runtime, model=Says()), ASKER, BRIEF)
    assert offered(screen) == []
    assert "did not keep to the rules" in drawn(screen)
