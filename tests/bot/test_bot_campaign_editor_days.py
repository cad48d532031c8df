"""When messages come, beside the end of a campaign, what counts, and the days of work."""

from dataclasses import replace
from datetime import date

from editing import draft, written
from forged import says
from reading import Reader
from signed import opened

from unranked.domain.campaigns import State, Step
from unranked.services import campaigns, editor_forms, roster

LATE = "Choose fewer days, take the message out"


def test_a_message_that_nobody_could_get_before_the_end_is_refused_by_its_number(lee, company):
    draft(lee, campaign_end_on="2026-03-31")  # 28 days after the first one, 3 March
    lee.press("Messages")
    lee.fill(after_2="21", after_3="14")
    wrong = lee.send()

    assert set(wrong) == {"after_3"}
    assert "Message 3 would come 35 days after somebody joins" in wrong["after_3"]
    assert "31 Mar 2026" in wrong["after_3"]
    assert LATE in wrong["after_3"]
    assert len(written(company)[0].design.steps) == 1

    lee.fill(after_2="14")  # the third one then comes on the last day
    assert lee.send() == {}
    assert [step.after_days for step in written(company)[0].design.steps] == [0, 14, 14]


def test_each_message_after_the_end_is_named(lee):
    draft(lee, campaign_end_on="2026-03-31")
    lee.press("Messages")
    lee.fill(after_2="42", after_3="56")

    assert {name: said.split(" would")[0] for name, said in lee.send().items()} == {
        "after_2": "Message 2",
        "after_3": "Message 3",
    }


def test_an_end_before_a_message_is_refused_with_the_first_day_that_would_do(lee, company):
    draft(lee)
    lee.press("Messages")
    lee.fill(after_2="28")
    assert lee.send() == {}
    lee.press("Edit")
    lee.fill(campaign_end_on="2026-03-30")
    wrong = lee.send()

    assert set(wrong) == {"campaign_end_on"}
    assert "Message 2 comes 28 days after somebody joins" in wrong["campaign_end_on"]
    assert "Choose 31 Mar 2026 or a later day" in wrong["campaign_end_on"]
    assert written(company)[0].design.end_on == date(2026, 5, 12)
    lee.fill(campaign_end_on="2026-03-31")
    assert lee.send() == {}


def test_a_draft_from_before_with_such_a_message_says_so_and_is_not_launched(lee, company):
    design = editor_forms.new_design(company.now.date())
    steps = (Step(), Step(after_days=42), Step(after_days=56))
    campaigns.create(company.runtime, replace(design, name="Old", steps=steps))
    lee.home()
    lee.press("Open")
    assert says(lee, "Message 3 would come 98 days")
    assert says(lee, LATE)

    lee.press("Launch")
    assert says(lee, "It was not launched")
    assert says(lee, "Message 3 would come 98 days")
    assert written(company)[0].state == State.DRAFT


def test_a_message_after_what_counts_is_said_to_change_no_result_and_may_stand(lee):
    draft(lee)
    assert "changes nothing in the result" not in lee.modal
    lee.press("Messages")
    lee.fill(after_2="14")
    assert lee.send() == {}
    assert "changes nothing in the result" not in lee.modal  # day 14 counts still

    lee.press("Messages")
    lee.fill(after_2="21", after_3="14")
    assert lee.send() == {}
    assert says(lee, "What counts is over 14 days after somebody joins")
    assert says(lee, "Here that is so for message 2 and 3")

    lee.press("Edit")
    lee.fill(campaign_outcome="p42", campaign_end_on="2026-06-30")
    assert lee.send() == {}
    assert "changes nothing in the result" not in lee.modal
    lee.press("Launch")
    assert says(lee, "Running")


def test_a_message_that_comes_in_time_for_some_alone_says_for_whom(lee):
    draft(lee)  # to 12 May; the last people join on 21 April
    lee.press("Messages")
    lee.fill(after_2="21")
    assert lee.send() == {}
    assert "comes in time only" not in lee.modal

    lee.press("Messages")
    lee.fill(after_2="28")
    assert lee.send() == {}
    assert says(lee, "Message 2 comes in time only for people who join by 14 Apr 2026")


def test_hours_without_a_day_of_work_say_who_gets_nothing(lee):
    draft(lee, campaign_on=["5", "6"])
    assert says(lee, "It sends on Saturday and Sunday alone")
    assert says(lee, "People who work from Monday to Friday are not drawn, and get nothing")

    lee.press("Who would get it")
    assert says(lee, "Chance would draw now for: fewer than 20")
    lee.close()
    lee.press("Edit")
    lee.fill(campaign_on=["4", "5", "6"])
    assert lee.send() == {}
    assert "get nothing" not in lee.modal


def test_all_of_it_is_said_in_german(company):
    company.person("lee", locale="de-DE")
    roster.refresh(company.runtime)
    with opened(company) as front:
        lee = Reader(front, "ULEE")
        lee.home()
        lee.press("Neue Kampagne")
        lee.fill(campaign_name="Frühling", campaign_on=["5", "6"])
        assert lee.send() == {}
        assert says(lee, "nur am Samstag und Sonntag")
        lee.press("Nachrichten")
        lee.fill(after_2="28", after_3="56")
        assert "Nachricht 3 käme 84 Tage" in lee.send()["after_3"]
        lee.fill(after_3="none")
        assert lee.send() == {}
        assert says(lee, "Hier gilt das für Nachricht 2")
        assert says(lee, "Nachricht 2 kommt nur für Leute rechtzeitig")
