"""What doctor and the metrics say of the language model: on or off, where, and what it took."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from command_line import own_logging
from fake_model import FakeModel
from signed import opened

from unranked.store import Store, model_use
from unranked.store.model_use import Used

MODEL = {"UNRANKED_MODEL": "gpt-5-mini", "OPENAI_API_KEY": "sk-zebra"}


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


@pytest.fixture
def store(url):
    made = Store.open(url)
    made.migrate()
    yield made
    made.close()


def use(store, *used, days_ago=0):
    today = datetime.now(UTC).date()
    with store.write() as tx:
        for one in used:
            model_use.add(tx, today - timedelta(days=days_ago), one)


def of_model(unranked, **settings_):
    """Return the finding on the language model, and nothing of the key in all that is said."""
    _, out, errors = unranked("doctor", "--json", **settings_)
    assert "zebra" not in out + errors
    (found,) = (one for one in json.loads(out)["checks"] if one["check"] == "language model")
    return found["state"], found["said"], found["hint"]


def test_it_is_off_by_default_and_a_key_alone_turns_nothing_on(unranked, store):
    said = "UNRANKED_MODEL is not set: no language model is asked anything."

    assert of_model(unranked) == ("off", said, "")
    hint = "OPENAI_API_KEY alone turns nothing on."
    assert of_model(unranked, OPENAI_API_KEY="sk-zebra") == ("off", said, hint)


@pytest.mark.parametrize(
    "wrong",
    [
        {"OPENAI_API_KEY": "ze bra"},
        {"OPENAI_BASE_URL": "zebra"},
        {"UNRANKED_MODEL": "ze bra"},
    ],
)
def test_what_is_wrong_is_said_once_and_not_looked_at(unranked, store, wrong):
    state, said, _ = of_model(unranked, **(MODEL | wrong))

    assert (state, said.split(",")[0]) == ("off", "Not looked at")


def test_a_model_in_the_toml_file_that_is_wrong_is_not_looked_at(unranked, store, tmp_path):
    (tmp_path / "unranked.toml").write_text('model = "ze bra"\n')

    assert of_model(unranked, OPENAI_API_KEY="sk-zebra")[1].startswith("Not looked at")


def test_half_a_model_is_wrong_with_what_to_do(unranked, store):
    state, said, hint = of_model(unranked, UNRANKED_MODEL="made-up-1")

    assert (state, said) == ("wrong", "UNRANKED_MODEL is set, and OPENAI_API_KEY is not.")
    assert hint.startswith("Set OPENAI_API_KEY to a key")


def test_it_says_the_model_the_host_and_the_use_of_thirty_days_and_asks_nothing(unranked, store):
    use(store, Used("gpt-5-mini", 30, 0, 4_000_000, 100_000))
    use(store, Used("gpt-5-mini", 17, 0, 0, 0), Used("gpt-5-mini", 9, 0, 6, 0), days_ago=29)
    use(store, Used("gpt-5-mini", 1_000, 0, 10**9, 0), days_ago=30)

    state, said, hint = of_model(unranked, **MODEL)

    assert state == "ok"
    assert said == (
        "gpt-5-mini at api.openai.com puts people's own figures into words for them. In 30 days: "
        "40 calls, fewer than 20 answers not shown; 4,000 thousand tokens in, 100 thousand out; "
        "$1.20 at list prices."
    )
    assert hint == ""
    with FakeModel() as server:
        _, said, _ = of_model(unranked, **MODEL, OPENAI_BASE_URL=server.url)
        assert f"gpt-5-mini at 127.0.0.1:{server.url.split(':')[2].removesuffix('/v1')}" in said
    assert server.asked == []


FEW = "In 30 days: fewer than 20 calls."
USES = [
    ([], FEW),
    ([Used("gpt-5-mini", 1, 0, 10**6, 10**6)], FEW),
    ([Used("gpt-5-mini", 19, 19, 10**8, 10**8)], FEW),
    ([Used("made-up-1", 10, 0, 10**8, 10**8), Used("gpt-5-mini", 9, 0, 10**8, 0)], FEW),
    ([Used("gpt-5-mini", 20, 0, 10, 10)], "under a thousand out; under $1 at list prices."),
    ([Used("gpt-5-mini", 20, 0, 3 * 10**6, 9_999)], "; under $1 at list prices."),
    (
        [Used("gpt-5-mini", 20, 0, 10, 10)],
        "In 30 days: 20 calls, fewer than 20 answers not shown; under a thousand tokens",
    ),
    ([Used("gpt-5-mini", 40, 20, 10**7, 0)], "In 30 days: 40 calls, 20 answers not shown; 10,000"),
    ([Used("gpt-5-mini", 40, 20, 10**7, 0)], "out; at least $2.50 at list prices."),
    ([Used("gpt-5-mini", 20, 1, 10, 10)], "; price not known in full."),
    ([Used("gpt-5-mini", 20, 20, 0, 0)], "; price unknown."),
    ([Used("made-up-1", 20, 0, 10**6, 10**6)], "; price unknown."),
    (
        [Used("gpt-5-mini", 20, 0, 10**7, 0), Used("x", 10, 0, 9, 9)],
        "; at least $2.50 at list prices.",
    ),
    ([Used("gpt-5-mini", 20, 0, 0, 0)], "; price unknown."),
]


@pytest.mark.parametrize(("used", "words"), USES)
def test_what_has_no_price_is_never_said_to_be_free(unranked, store, used, words):
    use(store, *used)
    said = of_model(unranked, **MODEL)[1]

    assert words in said
    assert "$0." not in said
    assert said.endswith(words) or words is not FEW


def test_doctor_says_the_same_until_ten_more_have_asked(unranked, store):
    said = [of_model(unranked, **MODEL)[1]]
    for _ in range(3):
        for calls in (1, 8, 1):
            use(store, Used("gpt-5-mini", calls, calls, 640_000 * calls, 90_000 * calls))
            said.append(of_model(unranked, **MODEL)[1])

    assert {*said[:6]} == {said[0]}  # fewer than 20
    assert {*said[6:9]} == {said[6]}
    assert len({said[0], said[6], said[9]}) == 3


def test_at_an_address_that_is_not_known_no_price_is_guessed(unranked, store):
    use(store, Used("gpt-5-mini", 20, 0, 10**6, 10**6))

    said = of_model(unranked, **MODEL, OPENAI_BASE_URL="https://ada:zebra@llm.corp.example/v1")[1]
    assert said.startswith("gpt-5-mini at llm.corp.example puts")
    assert said.endswith("price unknown.")


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("http://llm.corp.example/v1", "The address is not encrypted"),
        ("http://192.0.2.1/v1", "The address is not encrypted"),
        ("https://llm.corp.example/v1", ""),
        ("http://127.0.0.1:1/v1", ""),
        ("http://[::1]:1/v1", ""),
        ("http://localhost:1/v1", ""),
    ],
)
def test_an_address_that_others_can_listen_to_is_said(unranked, store, address, hint):
    assert of_model(unranked, **MODEL, OPENAI_BASE_URL=address)[2].startswith(hint)
    assert bool(of_model(unranked, **MODEL, OPENAI_BASE_URL=address)[2]) is bool(hint)


def test_without_a_database_the_model_is_said_alone(unranked):
    assert of_model(unranked, **MODEL)[1].endswith("puts people's own figures into words for them.")


def metrics(front):
    lines = (line.rpartition(" ") for line in front.http.get("/metrics").text.splitlines())
    return {name: float(value) for name, _, value in lines if name.startswith("unranked_model")}


def test_the_metrics_are_rounded_and_of_no_person(world):
    with opened(world) as front:
        assert set(metrics(front).values()) == {0.0}
        with world.runtime.store.write() as tx:
            model_use.add(tx, world.now.date(), Used("made-up-1", 57, 19, 12_345, 999))
            model_use.add(tx, world.now.date(), Used("made-up-2", 11, 10, 0, 1))
            model_use.add(tx, world.now.date(), Used("made-up-2", 9, 9, 9_000, 9_000))
            model_use.add(tx, world.now.date() - timedelta(days=30), Used("made-up-1", 90, 0, 9, 9))

        assert metrics(front) == {
            'unranked_model_calls{shown="yes"}': 30.0,
            'unranked_model_calls{shown="no"}': 20.0,
            'unranked_model_tokens{kind="in"}': 12_000.0,
            'unranked_model_tokens{kind="out"}': 1_000.0,
        }


def test_no_figure_of_the_metrics_moves_with_one_question_and_below_twenty_none_does(world):
    with opened(world) as front:
        seen = []
        for _ in range(31):
            with world.runtime.store.write() as tx:
                model_use.add(tx, world.now.date(), Used("made-up-1", 1, 0, 6_400, 900))
            seen.append(metrics(front))

    assert {value for one in seen[:19] for value in one.values()} == {0.0}
    assert [at + 1 for at in range(1, 31) if seen[at] != seen[at - 1]] == [20, 30]
    assert seen[19]['unranked_model_tokens{kind="in"}'] == 128_000.0
    assert seen[29]['unranked_model_tokens{kind="out"}'] == 27_000.0
