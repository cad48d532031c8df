"""Tips that the team writes in chat, through Slack's own door, and a language model's drafts."""

import json

from editing import QUIET, draft, tip
from fake_model import KEY, FakeModel, says
from fake_model import NAME as MODEL
from signed import wait_for

from unranked.llm import LanguageModel
from unranked.store import tips

VERSION = {
    "task": 'A task with {tools}: write a refusal.\n- Type: "Write three kind replies."',
    "understand": "Say in your own words what makes it kind.",
    "ask": "Ask a colleague how they would take it.",
}


def tip_keys(world):
    with world.runtime.store.read() as tx:
        return [one.tip_key for one in tips.every(tx)]


def test_a_tip_is_written_put_into_use_and_sent_by_a_campaign(lee, company):
    assert tip(lee) == {}
    assert "three questions before an answer" in lee.modal
    lee.press("Put into use")
    while lee.stack:
        lee.close()

    draft(lee)
    lee.press("Messages")
    (name,) = [value for value, label in lee.options("tips_1") if label == "Ask first"]
    lee.fill(tips_1=[name])
    assert lee.send() == {}
    assert "“Ask first”" in lee.modal
    lee.press("Preview")
    assert "three questions before an answer" in lee.modal
    lee.close()
    lee.press("Launch")

    company.at("2026-03-03T10:00+00:00")
    company.learn(days=1)
    company.plan()
    company.deliver()
    got = [
        message["text"] for n in range(QUIET) for message in company.slack.messages_to(f"UQUIET{n}")
    ]
    assert got
    assert all("three questions before an answer" in one for one in got)
    assert all("Acme" in one for one in got)


def test_a_tip_with_mistakes_is_not_stored_and_nothing_that_was_typed_is_lost(lee):
    wrong = tip(
        lee,
        tip_owner="ada@corp.example",
        tip_risk="medium",
        tip_review="2026-01-01",
        tip_task="Look at {everything}.",
    )
    assert {"tip_owner", "tip_risk", "tip_review", "tip_task"} <= set(wrong)
    assert lee.client.modal().typed["tip_title"]["tip_title"] == "Ask first"


def test_three_drafts_come_from_the_brief_and_become_a_tip_only_by_hand(front, company, lee):
    lee.press("Tips")
    assert "Draft three versions" not in lee.labels()  # there is no language model
    lee.close()

    with FakeModel() as server:
        server.does = says(
            json.dumps({"versions": [VERSION | {"title": f"No {n}"} for n in "abc"]})
        )
        model = LanguageModel(MODEL, KEY, base_url=server.url)
        object.__setattr__(front.world.runtime, "model", model)
        lee.press("Tips")
        lee.press("Draft three versions")
        lee.fill(tip_brief="Help people to decline kindly.")
        assert lee.send() == {}
        wait_for(lambda: "No a" in lee.modal)
        assert len(server.asked) == 1
        sent = json.dumps(server.asked[0][2])
        assert "Help people to decline kindly." in sent
        assert "Lee" not in sent
        assert "corp.example" not in sent

        lee.press("Take this one", place=1)
        assert lee.standing("tip_title") == "No b"
        assert tip_keys(company) == []
    object.__setattr__(front.world.runtime, "model", None)
