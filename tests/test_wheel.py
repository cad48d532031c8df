"""The wheel, in a clean environment outside the checkout: migrations and texts are in it."""

import os
import re
import signal
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.xdist_group("wheel")  # what it looks at is made once

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Give an environment with the built wheel; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    # Only what this environment installed, and not the checkout that it points to.
    ours = next(p for p in sys.path if p.endswith("site-packages"))
    places = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (Path(places) / "dependencies.pth").write_text(f"import sys; sys.path.append({ours!r})\n")
    return folder


def run(installed, *arguments, **settings):
    environment = {"PATH": os.environ["PATH"], "HOME": str(installed), **settings}
    return subprocess.run(
        [installed / "env" / "bin" / "unranked", *arguments],
        cwd=installed,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_installed_wheel_migrates_a_database(installed):
    done = run(installed, "migrate", UNRANKED_DATABASE_URL="sqlite:///there.db")
    assert done.returncode == 0, done.stderr
    assert "revision" in done.stdout
    assert (installed / "there.db").exists()


@pytest.mark.slow
def test_the_installed_wheel_holds_every_tip_and_every_practice(installed):
    code = (
        "from unranked import text; print(*(n for code in text.LANGUAGES for n in "
        "(len(text._tips(code)), len(text.messages(code)), len(text._practices(code)))))"
    )
    done = subprocess.run(
        [installed / "env" / "bin" / "python", "-c", code],
        cwd=installed,
        capture_output=True,
        text=True,
        check=True,
    )
    folders = [ROOT / "unranked" / "text" / code for code in ("en", "de")]
    there = [
        len(list((folder / name).glob("*.md")))
        for folder in folders
        for name in ("tips", ".", "practices")
    ]
    assert done.stdout.split() == [str(count) for count in there]


@pytest.mark.slow
def test_the_installed_wheel_serves_the_playground_with_all_its_files(installed):
    command = [installed / "env" / "bin" / "unranked", "demo", "--no-browser", "--port", "0"]
    with subprocess.Popen(
        [*command, "--people", "60"], cwd=installed, stdout=subprocess.PIPE, text=True
    ) as demo:
        address = next(filter(None, map(_address, demo.stdout)))
        page = httpx.get(address, follow_redirects=True).text
        files = re.findall(r'"(/static/[^"]+)"', page)
        served = [httpx.get(address.rstrip("/") + file).status_code for file in files]
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=30) == 0

    assert "A small tip from Unranked" in page
    assert len(served) >= 5
    assert set(served) == {200}
    code = "import unranked; print(unranked.__file__)"
    where = subprocess.run(
        [installed / "env" / "bin" / "python", "-c", code],
        cwd=installed,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert where.startswith(str(installed))


def _address(line):
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    return found and found.group()
