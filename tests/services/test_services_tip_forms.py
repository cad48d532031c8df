"""The team writes tips in chat: every button and form, as the door calls them, drawn for Slack."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.views import modal
from unranked import text
from unranked.channels.pages import Form, Screen
from unranked.demo.blocks_limits import view_problems
from unranked.domain.segments import NUDGED
from unranked.domain.tips import LONGEST, Part, State
from unranked.services.choices import Asker
from unranked.services.tip_forms import FORMS, SCREENS
from unranked.services.tips import Library
from unranked.store import tips

ASKER = Asker("p-0123456789abcdef")
NOW = "2026-11-30T10:00+00:00"
REVIEW = "2027-05-01"


def steps(task):
    """Return a task that has the steps which a task has, and those words."""
    return f'{task}\n- Take a short note.\n- Type: "Ask three questions."'


GOOD = {
    "tip_title": "A kind no",
    "tip_segment": "never_used",
    "tip_language": "en",
    "tip_task": 'With {tools}: write a refusal.\n\n- Type: "Write three kind replies."',
    "tip_understand": "Say in your own words what makes it kind.",
    "tip_ask": "Ask a colleague how they would take it.",
    "tip_risk": "low",
    "tip_risk_reason": "The reader rewrites it.",
    "tip_source": "craft: no study",
    "tip_owner": "AI enablement team",
    "tip_review": REVIEW,
}
GERMAN = {
    "tip_title": "Ein Nein",
    "tip_task": steps("Schreib es."),
    "tip_understand": "Sag, was daran freundlich ist.",
    "tip_ask": "Frag jemanden im Team.",
}


@pytest.fixture
def desk(world):
    world.at(NOW)
    return world


def drawn(shown):
    """Return the view that Slack would get; nothing in it may be refused."""
    view = modal.form(shown) if isinstance(shown, Form) else modal.screen(shown)
    assert view_problems(view, "modal") == []
    return view


def press(world, action, value=""):
    shown = SCREENS[action](world.runtime, ASKER, value)
    if shown is not None:
        drawn(shown)
    return shown


def send(world, form, **typed):
    """Fill a form in as it stands, change what is given, and send it."""
    given = {field.name: tuple(field.chosen) for field in form.fields}
    given |= {name: (said,) if said else () for name, said in typed.items() if name in given}
    answer = FORMS[form.name](world.runtime, ASKER, form.context, given)
    if isinstance(answer, Form | Screen):
        drawn(answer)
    return answer


def written(world, **changes):
    """Return the key of a new tip."""
    answer = send(world, press(world, "team_tip_new"), **{**GOOD, **changes})
    assert isinstance(answer, Screen), answer
    (value,) = values(answer, "team_tip_use")
    return value.partition("|")[0]


def stored(world, key):
    with world.runtime.store.read() as tx:
        return tips.one(tx, key)


def values(screen, action):
    return [
        button.value
        for section in screen.sections
        for row in section.rows
        for button in row.buttons
        if button.action == action
    ]


def said(shown):
    """Return all the words of a form or a screen."""
    return str(drawn(shown))


def sendable(world):
    with world.runtime.store.read() as tx:
        return Library.of(tx, today=world.now.date()).names - text.tip_names(on=world.now.date())


def test_a_tip_is_written_read_as_people_get_it_used_and_retired(desk):
    key = written(desk)
    assert (stored(desk, key).state, sendable(desk)) == (State.DRAFT, frozenset())

    screen = press(desk, "team_tip_open", key)
    (value,) = values(screen, "team_tip_use")
    assert "A small tip from Unranked" in said(screen)
    assert "With Acme or Beta: write a refusal." in said(screen)
    assert "Help me" in said(screen)

    used = press(desk, "team_tip_use", value)
    assert sendable(desk) == {key}
    (value,) = values(used, "team_tip_retire")
    retired = press(desk, "team_tip_retire", value)
    assert sendable(desk) == frozenset()
    assert stored(desk, key).state is State.RETIRED

    (value,) = values(retired, "team_tip_use")
    press(desk, "team_tip_use", value)
    assert sendable(desk) == {key}


def test_all_that_was_typed_is_kept_and_comes_back_in_the_form(desk):
    key = written(desk)
    (value,) = values(press(desk, "team_tip_open", key), "team_tip_edit")
    form = press(desk, "team_tip_edit", value)

    filled = {field.name: field.chosen[0] for field in form.fields}
    assert filled == {name: words for name, words in GOOD.items() if name != "tip_language"}
    assert form.context == value
    send(desk, form, tip_owner="Team two", tip_task=steps("Another task."))
    found = stored(desk, key)
    assert (found.owner, found.words["en"].task, found.revision) == (
        "Team two",
        steps("Another task."),
        1,
    )


WRONG = {
    "tip_title": ("", "x" * 61, "With {tools}", "ada@corp.example"),
    "tip_segment": ("", "active", "everybody"),
    "tip_language": ("", "fr"),
    "tip_task": (
        "",
        "AI is great.\nTry it!",
        "x" * 1501,
        "{name}",
        "ada@corp.example",
        "https://x.example/?token=1",
    ),
    "tip_understand": (
        "",
        "You learn more.",
        "x" * 501,
        "{",
        "ada@corp.example",
        "sk-abcdefgh12345678",
    ),
    "tip_ask": ("", "Good luck!", "x" * 301, "}", "ada@corp.example", "<@U0123ABCD>"),
    "tip_risk": ("", "high", "medium"),
    "tip_risk_reason": ("", "x" * 201, "ada@corp.example"),
    "tip_source": ("", "x" * 201, "https://x.example/?token=1"),
    "tip_owner": ("", "x" * 81, "ada@corp.example", "@ada"),
    "tip_review": ("", "2026-11-30", "2027-12-01", "soon"),
}


@pytest.mark.parametrize(("name", "typed"), [(n, t) for n, every in WRONG.items() for t in every])
@pytest.mark.parametrize("code", text.LANGUAGES)
def test_whatever_is_wrong_comes_back_for_its_field_in_words_and_nothing_is_stored(
    desk, code, name, typed
):
    with text.spoken(code):
        answer = send(desk, press(desk, "team_tip_new"), **{**GOOD, name: typed})

    assert answer.keys() == {name}
    assert answer[name].strip().endswith(".")
    assert "{" not in answer[name].replace("{tools}", "")
    with desk.runtime.store.read() as tx:
        assert tips.every(tx) == []


def test_every_wrong_field_is_said_at_once(desk):
    blank = dict.fromkeys(GOOD, "")

    assert send(desk, press(desk, "team_tip_new"), **blank).keys() == GOOD.keys()


def test_two_editors_the_second_learns_of_the_first_loses_nothing_and_may_save_knowingly(desk):
    key = written(desk)
    (value,) = values(press(desk, "team_tip_open", key), "team_tip_edit")
    first, second = (press(desk, "team_tip_edit", value) for _ in range(2))
    send(desk, first, tip_task=steps("The task of the first."), tip_review="2027-03-01")

    again = send(desk, second, tip_task=steps("The task of the second."), tip_owner="Team two")

    assert isinstance(again, Form)
    assert stored(desk, key).words["en"].task == steps("The task of the first.")
    filled = {field.name: field.chosen[0] for field in again.fields}
    assert filled["tip_task"] == steps("The task of the second.")
    assert filled["tip_owner"] == "Team two"
    assert filled["tip_ask"] == GOOD["tip_ask"]
    assert "The task of the first." in said(again)
    assert "1 Mar 2027" in said(again)
    assert "Somebody else changed this tip" in said(again)
    assert again.context != second.context
    send(desk, again)
    assert stored(desk, key).words["en"].task == steps("The task of the second.")
    assert stored(desk, key).owner == "Team two"


def test_a_wrong_field_of_the_second_editor_is_said_before_anything_is_overtaken(desk):
    key = written(desk)
    form = press(desk, "team_tip_edit", f"{key}|0|en")
    send(desk, press(desk, "team_tip_edit", f"{key}|0|en"), tip_task=steps("First."))

    assert send(desk, form, tip_task="").keys() == {"tip_task"}
    assert stored(desk, key).words["en"].task == steps("First.")


def test_somebody_who_did_not_see_the_change_does_not_put_it_into_use(desk):
    key = written(desk)
    (value,) = values(press(desk, "team_tip_open", key), "team_tip_use")
    send(desk, press(desk, "team_tip_edit", f"{key}|0|en"), tip_task=steps("Changed."))

    shown = press(desk, "team_tip_use", value)
    assert sendable(desk) == frozenset()
    assert "changed this tip before you pressed" in said(shown)
    press(desk, "team_tip_use", *values(shown, "team_tip_use"))
    assert sendable(desk) == {key}


def test_what_can_do_harm_is_taken_out_of_use_whatever_else_changed(desk):
    key = written(desk)
    press(desk, "team_tip_use", f"{key}|0")
    (value,) = values(press(desk, "team_tip_open", key), "team_tip_retire")
    send(desk, press(desk, "team_tip_edit", f"{key}|1|en"), tip_task=steps("Changed."))

    press(desk, "team_tip_retire", value)
    assert sendable(desk) == frozenset()


def test_a_second_language_is_added_previewed_and_changed_alone(desk):
    key = written(desk)
    (value,) = values(press(desk, "team_tip_open", key), "team_tip_translate")
    form = press(desk, "team_tip_translate", value)
    assert GOOD["tip_understand"] in said(form)

    for name, wrong in (("tip_task", "{name}"), ("tip_understand", ""), ("tip_ask", "a@b.example")):
        assert send(desk, form, **{**GERMAN, name: wrong}).keys() == {name}
    screen = send(desk, form, **GERMAN)
    assert values(screen, "team_tip_translate") == []
    assert "Ein kleiner Tipp von Unranked" in said(screen)
    assert "Eine Aufgabe für zehn Minuten mit Acme oder Beta." in said(screen)
    english, german = sorted(values(screen, "team_tip_edit"), reverse=True)
    form = press(desk, "team_tip_edit", german)
    assert "Ein Nein" in said(form)
    assert "This tip is there in English, too." in said(form)
    send(desk, form, tip_task=steps("Schreib es anders."))
    found = stored(desk, key)
    assert found.words["de"].task == steps("Schreib es anders.")
    assert found.words["en"].task == GOOD["tip_task"]
    assert send(desk, press(desk, "team_tip_edit", english), tip_task="").keys() == {"tip_task"}


def test_two_who_add_the_same_language_do_not_write_over_each_other_unseen(desk):
    key = written(desk)
    forms = [press(desk, "team_tip_translate", f"{key}|0|de") for _ in range(2)]
    send(desk, forms[0], **GERMAN)
    again = send(desk, forms[1], **{**GERMAN, "tip_task": steps("Etwas anderes.")})

    assert stored(desk, key).words["de"].task == steps("Schreib es.")
    assert "Schreib es." in said(again)
    assert steps("Etwas anderes.") in [field.chosen[0] for field in again.fields]
    send(desk, again)
    assert stored(desk, key).words["de"].task == steps("Etwas anderes.")
    assert stored(desk, key).words["en"].task == GOOD["tip_task"]


def test_a_language_is_added_over_a_change_of_something_else_only_knowingly(desk):
    key = written(desk)
    form = press(desk, "team_tip_translate", f"{key}|0|de")
    send(desk, press(desk, "team_tip_edit", f"{key}|0|en"), tip_task=steps("Changed."))

    again = send(desk, form, **GERMAN)
    assert "Changed." in said(again)
    assert "but nothing that stands in this form" in said(again)
    send(desk, again)
    assert set(stored(desk, key).words) == {"en", "de"}


def test_a_language_is_added_though_the_day_for_reading_the_tip_again_has_passed(desk):
    key = written(desk)
    desk.at("2027-06-01T10:00+00:00")

    send(desk, press(desk, "team_tip_translate", f"{key}|0|de"), **GERMAN)
    assert set(stored(desk, key).words) == {"en", "de"}


def test_an_expired_tip_says_so_and_is_put_into_use_after_it_was_read_again(desk):
    key = written(desk)
    press(desk, "team_tip_use", f"{key}|0")
    desk.at("2027-05-01T10:00+00:00")
    assert sendable(desk) == {key}
    desk.at("2027-05-02T10:00+00:00")

    assert sendable(desk) == frozenset()
    assert "so nobody gets it" in said(press(desk, "team_tip_open", key))
    assert "Not sent any more" in said(press(desk, "team_tips"))
    press(desk, "team_tip_retire", key)
    shown = press(desk, "team_tip_use", f"{key}|{stored(desk, key).revision}")
    assert "Read again by: Choose a day after today" in said(shown)
    assert stored(desk, key).state is State.RETIRED
    form = press(desk, "team_tip_edit", f"{key}|{stored(desk, key).revision}|en")
    send(desk, form, tip_review="2028-01-01")
    press(desk, "team_tip_use", f"{key}|{stored(desk, key).revision}")
    assert sendable(desk) == {key}


def test_risk_of_newcomers_is_looked_at_again_when_a_tip_changes_its_segment(desk):
    key = written(desk, tip_segment="lapsed", tip_risk="medium")
    form = press(desk, "team_tip_edit", f"{key}|0|en")

    assert send(desk, form, tip_segment="never_used").keys() == {"tip_risk"}
    assert isinstance(send(desk, form, tip_segment="tried_once"), Screen)


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_the_list_holds_all_tips_and_those_of_the_files_within_slacks_limits(desk, code):
    keys = {written(desk, tip_title=f"Tip {n}", tip_segment=s) for n, s in enumerate(NUDGED)}
    seen = set()
    with desk.runtime.store.write() as tx:
        for n in range(116):
            long = replace(tips.one(tx, min(keys)), tip_key=f"t-{n}")
            words = {"en": replace(long.words["en"], title="W" * 57 + str(n))}
            tips.add(tx, replace(long, words=words))
    keys |= {f"t-{n}" for n in range(116)}
    with text.spoken(code):
        screen = press(desk, "team_tips")
        while True:
            assert len(drawn(screen)["blocks"]) <= 100
            seen |= set(values(screen, "team_tip_open"))
            further = [value for value in values(screen, "team_tips") if value]
            if not further:
                break
            screen = press(desk, "team_tips", *further)
        assert values(screen, "team_tips") == [""]
        shown = values(press(desk, "team_tips"), "team_tip_files")
        of_files = [
            name
            for segment in shown
            for name in values(press(desk, "team_tip_files", segment), "team_tip_open")
        ]
    assert len(keys) == 120
    assert seen == keys
    assert set(of_files) == text.tip_names(on=desk.now.date())
    assert len(of_files) == len(set(of_files))


def test_a_tip_of_the_files_is_shown_in_each_language_and_cannot_be_changed(desk):
    for name in text.tip_names(on=desk.now.date()):
        screen = press(desk, "team_tip_open", name)
        assert "A ten-minute task with Acme or Beta" in said(screen)
        assert "Eine Aufgabe für zehn Minuten mit Acme oder Beta" in said(screen)
        assert [row for section in screen.sections for row in section.rows] == []
    assert isinstance(press(desk, "team_tip_edit", "a_kind_no|0|en"), Screen)


@pytest.mark.parametrize(
    "value", ["", "t-9", "t-9|0|de", "|||", "t-9|²", "t-9|" + "9" * 400, "x" * 2000, "|0|xx"]
)
def test_a_value_that_leads_nowhere_says_that_there_is_no_such_tip(desk, value):
    for action in SCREENS.keys() - {"team_tips", "team_tip_new", "team_tip_draft"}:
        shown = press(desk, action, value)
        assert shown is None or "This tip is not there any more" in said(shown)
    for name in ("team_tip_edit", "team_tip_translate"):
        answer = FORMS[name](desk.runtime, ASKER, value, {n: (w,) for n, w in GOOD.items()})
        assert answer == {"tip_title": "This tip is not there any more. Nothing was stored."}
    assert isinstance(press(desk, "team_tips", value), Screen)
    assert isinstance(press(desk, "team_tip_new", value), Form)


def test_a_revision_that_no_tip_has_changes_nothing(desk):
    key = written(desk)

    for revision in ("", "1", "-1", "9" * 30, "²"):
        press(desk, "team_tip_use", f"{key}|{revision}")
        assert sendable(desk) == frozenset()
    assert stored(desk, key).revision == 0


def test_every_name_begins_as_the_door_expects_and_no_model_means_no_button(desk):
    assert all(name.startswith("team_tip") for name in (*SCREENS, *FORMS))
    assert press(desk, "team_tip_draft") is None
    assert values(press(desk, "team_tips"), "team_tip_draft") == []


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_the_longest_tip_fits_into_every_view_and_every_button_is_short(desk, code):
    said = {Part.TASK: steps(""), Part.UNDERSTAND: "Sag die Gründe. ", Part.ASK: "Frag im Team. "}
    longest = {
        part.value: (said.get(part, "") + "Wort " * most)[: most - 1] + "."
        for part, most in LONGEST.items()
    }
    with text.spoken(code):
        key = written(desk, **longest)
        send(desk, press(desk, "team_tip_translate", f"{key}|0|de"), **longest)
        first = press(desk, "team_tip_edit", f"{key}|1|de")
        send(desk, press(desk, "team_tip_edit", f"{key}|1|de"), tip_task=steps("x"))
        again = send(desk, first)
        screen = press(desk, "team_tip_open", key)
        buttons = [
            button.label
            for shown in (screen, press(desk, "team_tips"))
            for section in shown.sections
            for row in section.rows
            for button in row.buttons
        ]
    assert max(map(len, buttons)) <= 30
    assert isinstance(again, Form)


ANY_WORDS = st.text(max_size=60)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.fixed_dictionaries(
        dict.fromkeys(
            ("tip_title", "tip_task", "tip_understand", "tip_ask", "tip_owner"), ANY_WORDS
        )
    )
)
def test_whatever_is_typed_is_stored_and_drawn_or_comes_back_for_its_field(desk, typed):
    answer = send(desk, press(desk, "team_tip_new"), **{**GOOD, **typed})

    assert isinstance(answer, Screen) or answer.keys() <= typed.keys()
    press(desk, "team_tips")


def test_the_day_that_is_filled_in_is_one_that_may_be_chosen(desk):
    form = press(desk, "team_tip_new")
    (day,) = next(field.chosen for field in form.fields if field.name == Part.REVIEW)

    assert timedelta(0) < date.fromisoformat(day) - desk.now.date() <= timedelta(days=365)
    assert isinstance(send(desk, form, **{**GOOD, "tip_review": day}), Screen)
