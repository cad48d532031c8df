import socket
import threading

import httpx
import pytest

from unranked.demo.http import Server, json_answer


@pytest.fixture
def seen():
    return []


@pytest.fixture
def server(seen):
    def answers(request):
        seen.append(request)
        if request.path == "/cut":
            return None
        return json_answer({"path": request.path, "size": len(request.body)})

    with Server(answers) as running:
        yield running


def raw(server):
    port = int(server.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def test_one_connection_carries_many_requests(server, seen):
    with httpx.Client(base_url=server.url) as client:
        answers = [client.get("/a b", params={"q": "1"}), client.post("/c", content=b"x" * 10)]
        connections = len(client._transport._pool.connections)

    assert [answer.json() for answer in answers] == [
        {"path": "/a b", "size": 0},
        {"path": "/c", "size": 10},
    ]
    assert seen[0].query == (("q", "1"),)
    assert connections == 1


def test_a_cut_request_gets_no_answer_and_the_server_goes_on(server):
    with httpx.Client(base_url=server.url) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/cut")
        assert client.get("/next").status_code == 200


def test_a_request_whose_body_breaks_off_is_dropped(server, seen):
    with raw(server) as client:
        client.sendall(
            b"POST /half HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 100\r\n\r\nonly this"
        )
    assert httpx.get(server.url + "/after").status_code == 200

    assert [request.path for request in seen] == ["/after"]


def test_a_request_that_arrived_in_full_counts_though_nobody_waits_for_the_answer(seen):
    arrived, gone = threading.Event(), threading.Event()

    def answers(request):
        arrived.set()
        gone.wait(5)
        seen.append(request.path)
        return json_answer("x" * 1_000_000)

    with Server(answers) as server:
        with raw(server) as client:
            client.sendall(
                b"POST /full HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 4\r\n\r\nbody"
            )
            assert arrived.wait(5)
        gone.set()
        assert httpx.get(server.url + "/after").status_code == 200

    assert seen == ["/full", "/after"]


@pytest.mark.parametrize(
    ("head", "status"),
    [(b"Transfer-Encoding: chunked", b"411"), (b"Content-Length: 99999999", b"413")],
)
def test_a_body_of_unknown_or_absurd_length_is_refused(server, seen, head, status):
    with raw(server) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost:1\r\n" + head + b"\r\n\r\n")
        answer = client.recv(1000)

    assert answer.split()[1] == status
    assert not seen


def test_closing_ends_open_connections_and_may_be_done_twice(server):
    with raw(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost:1\r\n\r\n")
        assert client.recv(1000)
        server.close()
        assert client.recv(1000) == b""
    server.close()

    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_many_clients_are_served_at_once(server, seen):
    def ask():
        with httpx.Client(base_url=server.url) as client:
            for _ in range(20):
                assert client.post("/", content=b"abc").json()["size"] == 3

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 240
