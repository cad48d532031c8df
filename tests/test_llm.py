"""The language model's client against a server that may do anything."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fake_model import (
    KEY,
    NAME,
    FakeModel,
    answers,
    closes,
    completion,
    cuts,
    drips,
    floods,
    hangs,
    says,
)

from unranked.errors import ModelError
from unranked.llm import AT_A_TIME, LanguageModel, Reply

ROOT = Path(__file__).parents[1]
HEAD = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Type: application/json\r\nContent-Length: 99999\r\n\r\n"
WAIT = 0.4


@pytest.fixture
def server():
    with FakeModel() as made:
        yield made


def model_at(server, **more):
    return LanguageModel(NAME, KEY, base_url=server.url, **more)


def fails(model):
    """Return the ModelError that a question ends with."""
    with pytest.raises(ModelError) as raised:
        model.ask("Be brief.", "ada@corp.example?")
    return raised.value


def test_an_answer_is_its_text_and_its_tokens(server):
    server.does = says(" Yes.\n", n_in=12, n_out=3)

    assert model_at(server).ask("Be brief.", "Is it so?") == Reply(" Yes.\n", 12, 3)


def test_what_leaves_is_the_model_the_two_texts_and_the_key(server, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-zebra")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-zebra")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Zebra: 1\nAuthorization: Bearer other")
    model_at(server).ask("Be brief.", "Is it so?")

    ((path, headers, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert body == {
        "model": NAME,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Is it so?"},
        ],
    }
    kept = {name.lower(): value for name, value in headers.items()}
    assert kept.pop("authorization") == f"Bearer {KEY}"
    assert kept.pop("user-agent") == "unranked/0.1 (self-hosted)"
    assert kept.keys() == {
        *("host", "accept", "accept-encoding", "connection", "content-length", "content-type"),
        "x-stainless-raw-response",
    }
    assert "zebra" not in json.dumps(kept).lower()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://notopenai.com/v1", False),
        ("https://openai.com.evil.example/v1", False),
        ("http://127.0.0.1:1/v1", False),
    ],
)
def test_only_openai_itself_is_told_to_keep_nothing(address, told):
    assert LanguageModel(NAME, KEY, base_url=address)._is_openai() is told


SLOW = {
    "hangs": hangs,
    "drips in its head": drips(HEAD + b"X-Padding: "),
    "drips in its body": drips(HEAD + BODY + b'{"choices": '),
    "drips in its first line": drips(b"HTTP/1.1 200"),
}


@pytest.mark.parametrize("how", SLOW)
def test_a_server_that_is_slow_in_any_way_is_not_waited_for(server, how):
    server.does = SLOW[how]
    model = model_at(server, seconds=WAIT)
    began = time.monotonic()
    error = fails(model)
    took = time.monotonic() - began

    assert error.message == f"The language model did not answer within {WAIT:g} seconds."
    assert WAIT <= took < WAIT + 1.5
    assert error.asked
    gone(model)


def gone(model):
    """Wait until no question of the model is under way."""
    end = time.monotonic() + 10
    while any(thread.name == "model" for thread in threading.enumerate()):
        assert time.monotonic() < end, "A question never ended."
        time.sleep(0.01)
    assert model._free._value == AT_A_TIME


def test_the_deadline_is_five_seconds():
    assert LanguageModel(NAME, KEY, base_url="http://127.0.0.1:1")._seconds == 5.0


def test_a_name_that_is_looked_up_for_long_holds_nobody(monkeypatch):
    over = threading.Event()

    def looks_up(*_args, **_more):
        over.wait(10)
        raise OSError("zebra")

    monkeypatch.setattr("socket.getaddrinfo", looks_up)
    model = LanguageModel(NAME, KEY, base_url="http://model.example/v1", seconds=WAIT)
    began = time.monotonic()
    try:
        assert "did not answer" in fails(model).message
        assert time.monotonic() - began < WAIT + 1.5
    finally:
        over.set()
    gone(model)


BAD = {
    "a failure": (answers(b"zebra", status=500), "HTTP 500"),
    "too many": (answers(b"{}", status=429, headers=[("Retry-After", "1")]), "HTTP 429"),
    "a wrong key": (answers(b'{"error": {"message": "zebra"}}', status=401), "HTTP 401"),
    "another 2xx": (answers(b"", status=204), "HTTP 204"),
    "no JSON": (answers(b"zebra"), "no chat completion"),
    "a web page": (answers(b"<html>zebra</html>"), "no chat completion"),
    "half of it": (answers(b'{"choices": [{"message": {"content": "zeb'), "no chat completion"),
    "not UTF-8": (answers(b'{"choices": "\xff\xfe"}'), "no chat completion"),
    "an endless nest": (answers(b"[" * 60_000), "no chat completion"),
    "another shape": (answers(b'{"output": "zebra"}'), "no chat completion"),
    "no choice": (answers(b'{"choices": []}'), "no chat completion"),
    "no text": (answers(json.dumps(completion(None)).encode()), "no chat completion"),
    "a list as text": (answers(json.dumps(completion(["zebra"])).encode()), "no chat completion"),
    "a cut connection": (cuts, "the connection was cut"),
    "a closed door": (closes, "the connection was cut"),
    "a flood": (floods, "no chat completion"),
}


@pytest.mark.parametrize("what", BAD)
def test_whatever_is_wrong_is_said_by_its_kind_and_asked_once(server, what):
    server.does, said = BAD[what]
    model = model_at(server)
    error = fails(model)

    assert said in error.message
    assert error.hint
    assert len(server.asked) == 1
    gone(model)


def test_nothing_of_the_key_the_question_or_the_answer_is_in_an_error(server):
    for does, _ in BAD.values():
        server.does = does
        error = fails(model_at(server))
        chain = [error, error.__cause__, error.__context__]
        shown = f"{error} {error.hint} {chain!r}"
        assert "zebra" not in shown
        assert "ada@" not in shown
        assert "127.0.0.1" not in shown


def test_nobody_there_is_said():
    error = fails(LanguageModel(NAME, KEY, base_url="http://127.0.0.1:1/v1"))

    assert error.message == "The language model could not be asked: the connection was refused."


def test_a_redirect_is_not_followed(server):
    with FakeModel() as other:
        server.does = answers(b"", status=307, headers=[("Location", other.url)])
        error = fails(model_at(server))

    assert "HTTP 307" in error.message
    assert other.asked == []


def test_half_an_answer_is_no_text_and_costs_all_the_same(server):
    server.does = says("You did not", finish="length", n_in=7, n_out=2)

    assert model_at(server).ask("", "") == Reply("", 7, 2)


@pytest.mark.parametrize(
    "usage", [None, "zebra", {}, {"prompt_tokens": -1}, {"prompt_tokens": 1e3}]
)
def test_tokens_that_are_not_counted_are_none(server, usage):
    server.does = says("Yes.", usage=usage)

    assert model_at(server).ask("", "") == Reply("Yes.", 0, 0)


def test_a_slow_model_takes_no_more_than_some_of_the_threads_that_answer_people(server):
    server.does = hangs
    model = model_at(server, seconds=2)
    waiting = [threading.Thread(target=fails, args=(model,)) for _ in range(AT_A_TIME)]
    for thread in waiting:
        thread.start()
    end = time.monotonic() + 10
    while len(server.asked) < AT_A_TIME and time.monotonic() < end:
        time.sleep(0.01)
    began = time.monotonic()
    error = fails(model)

    assert "enough to answer already" in error.message
    assert not error.asked
    assert time.monotonic() - began < 1
    for thread in waiting:
        thread.join()
    gone(model)
    server.does = says("Yes.")
    assert model.ask("", "").text == "Yes."


def test_neither_the_key_nor_the_address_stands_in_its_form():
    model = LanguageModel(NAME, KEY, base_url="https://ada:zebra@proxy.example:8443/v1?zebra=1")

    assert repr(model) == f"LanguageModel('{NAME}')"
    assert model.host == "proxy.example:8443"
    assert "secret" not in repr(Reply("secret", 1, 2))


def test_the_sdk_is_not_imported_before_a_question():
    code = (
        "import sys, unranked.bootstrap, unranked.cli, bot.app\n"
        "print(sorted({'openai', 'httpx2'} & set(sys.modules)))"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == "[]"


def test_the_sdk_writes_no_question_into_the_log_even_where_it_is_told_to(server):
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}]\n"
        "from unranked.llm import LanguageModel\n"
        f"print(LanguageModel('m', 'k', base_url={server.url!r}).ask('x', 'zebra').n_in)"
    )
    environment = {"PATH": os.environ["PATH"], "OPENAI_LOG": "debug"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == "120"
    assert done.stderr == ""
