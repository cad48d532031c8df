"""A company with more tips and more and longer unit names than a form of Slack's was made for."""

import json
from dataclasses import replace

import pytest
from editing import QUIET, draft, written
from forged import says
from reading import Reader
from signed import opened

from unranked import text
from unranked.demo.blocks_limits import LARGEST_VIEW
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import State, Words
from unranked.services import campaigns, roster
from unranked.store import tips
from unranked.store.tips import StoredTip

OF_FILES = {one: len(text.tips(one)) for one in ("never_used", "lapsed")}


def tips_in_use(world, many, segment="never_used"):
    """Put so many tips of the team's into use, in both languages; return their keys."""
    today = world.now.date()
    said = Words("Tip of the team with a name that is as long as it may be: 00", "x", "x", "x")
    keys = [f"t-{segment}-{n}" for n in range(many)]
    with world.runtime.store.write() as tx:
        for key in keys:
            kept = (segment, "AI team", today.replace(month=9), Risk.LOW, "none", "craft", today)
            tips.add(tx, StoredTip(key, 0, State.IN_USE, *kept, {"en": said, "de": said}))
    return keys


def groups(lee, number=1):
    blocks = lee.front.world.slack.modal_of("ULEE")["blocks"]
    element = next(b["element"] for b in blocks if b.get("block_id") == f"tips_{number}")
    return [(one["label"]["text"], len(one["options"])) for one in element["option_groups"]]


def test_more_than_a_hundred_tips_for_one_segment_can_be_chosen_from(lee, company):
    keys = tips_in_use(company, 130)
    draft(lee)
    lee.press("Messages")

    many = OF_FILES["never_used"] + 130
    assert groups(lee)[:2] == [
        ("have access and never used it (1)", 100),
        ("have access and never used it (2)", many - 100),
    ]
    assert {value for value, _ in lee.options("tips_1")} >= set(keys)
    assert "more tips than this form can hold" not in lee.modal
    lee.fill(tips_1=[keys[0], keys[-1]], after_2="21", tips_2=[keys[64]])
    assert lee.send() == {}
    first, second = written(company)[0].design.steps
    assert set(first.tips) == {keys[0], keys[-1]}
    assert second.tips == (keys[64],)

    lee.press("Messages")
    assert set(lee.standing("tips_1")) == {keys[0], keys[-1]}


def test_more_tips_than_a_form_can_hold_are_said_to_be_and_those_chosen_are_there(lee, company):
    chosen = tips_in_use(company, 1, "lapsed")
    draft(lee, campaign_for=["never_used", "lapsed"])
    lee.press("Messages")
    lee.fill(tips_1=chosen)
    assert lee.send() == {}
    own = {one: tips_in_use(company, 400, one) for one in ("never_used", "tried_once")}

    lee.press("Messages")
    assert says(lee, "more tips than this form can hold")
    view = lee.front.world.slack.modal_of("ULEE")
    assert len(json.dumps(view, ensure_ascii=False).encode()) < LARGEST_VIEW
    offered = {value for value, _ in lee.options("tips_1")}
    assert len(offered & set(own["never_used"])) > 80
    assert not offered & set(own["tried_once"])  # no campaign for them
    assert lee.standing("tips_1") == chosen
    assert lee.send() == {}
    assert written(company)[0].design.steps[0].tips == tuple(chosen)


def departments(world, tmp_path, *units):
    """Give the company units of 20 people each, by a list of staff as an operator would."""
    emails = iter([f"quiet{n}@corp.example" for n in range(QUIET)])
    rows = [f"{next(emails)},{unit}" for unit in units for _ in range(20)]
    file = tmp_path / "staff.csv"
    file.write_text("\n".join(["email,department", *rows]), encoding="utf-8")
    world.runtime = replace(world.runtime, roster_csv=file)
    roster.refresh(world.runtime)


LONG = tuple(f"Department {n} of the region in the far north".ljust(75, "x") for n in range(100))


@pytest.fixture
def typist(company, tmp_path):
    """Give the lead, whose draft names a unit that there is and a hundred that there were."""
    departments(company, tmp_path, "Sales", "Legal")
    with opened(company) as front:
        lee = Reader(front, "ULEE")
        lee.home()
        draft(lee)
        (one,) = written(company)
        design = replace(one.design, units=("Sales", *LONG))
        campaigns.write(company.runtime, one.campaign_key, design, revision=0)
        yield lee


def fields_of_units(lee):
    return [name for name, _ in lee.fields() if name.startswith("campaign_in")]


def test_a_hundred_long_units_are_typed_in_as_many_fields_as_they_need(typist, company):
    typist.press("Edit")
    names = fields_of_units(typist)
    standing = [typist.standing(name) for name in names]
    assert len(names) == 4
    assert max(map(len, standing)) <= 3_000
    assert "\n".join(standing).split("\n") == ["Sales", *LONG]

    # What there is no more is said where it stands, and nothing else is stored in its place.
    wrong = typist.send()
    assert set(wrong) == set(names)
    assert "Department 96 " in wrong[names[-1]]
    assert written(company)[0].design.units == ("Sales", *LONG)

    typist.fill(**dict.fromkeys(names, "") | {names[0]: "Sales", names[-1]: "Legal\nSales"})
    assert typist.send() == {}
    assert written(company)[0].design.units == ("Sales", "Legal")


def test_units_of_several_fields_come_back_whole_after_somebody_elses_change(
    typist, company, tmp_path
):
    departments(company, tmp_path, "Sales" * 20, "Legal" * 20)
    typist.press("Edit")
    (one,) = written(company)
    fewer = replace(one.design, name="Max's", units=())
    campaigns.write(company.runtime, one.campaign_key, fewer, revision=1)

    names = fields_of_units(typist)
    legal, sales = "Legal" * 20, "Sales" * 20
    typist.fill(**dict.fromkeys(names, "") | {names[2]: legal, names[3]: sales})
    assert typist.send() == {}
    assert says(typist, "Somebody else changed this campaign")
    assert typist.standing("campaign_in") == f"{legal}\n{sales}"
