"""A real browser before a real server: gunicorn, compressed files, the world of tests/world.py.

The server has a database of its own, which is built once and copied for each worker.
"""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from tests.browser.visitor import Visitor

PROJECT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "There is no Chromium on this machine, so no page was looked at."
GUNICORN = ("-m", "gunicorn", "imrtracker.wsgi", "--threads", "4", "--log-level", "warning")
PREPARE = (
    "import django, json; django.setup(); "
    "from tests.browser.prepare import prepare; print(json.dumps(prepare()))"
)
ONCE = "The pages are looked at where the tests run on SQLite; what is drawn is the same."


def pytest_collection_modifyitems(items):
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))
        elif connection.vendor != "sqlite":
            item.add_marker(pytest.mark.skip(reason=ONCE))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The folder with the database and the files, and the facts about them; built once."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        facts = folder / "facts.json"
        if not facts.exists():
            facts.write_text(_prepare(folder))
    return folder, json.loads(facts.read_text())


@pytest.fixture(scope="session")
def world(prepared):
    return prepared[1]


@pytest.fixture(scope="session")
def address(prepared, tmp_path_factory):
    """Where the server of this worker listens."""
    folder, _ = prepared
    database = tmp_path_factory.mktemp("served") / "browser.sqlite3"
    shutil.copy(folder / "browser.sqlite3", database)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.set_inheritable(True)
    server = subprocess.Popen(
        [sys.executable, *GUNICORN, "--bind", f"fd://{listening.fileno()}"],
        cwd=PROJECT,
        env=_environment(folder, database),
        pass_fds=[listening.fileno()],
    )
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.terminate()
    server.wait()
    listening.close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def come(chromium, address, world):
    """Let somebody come to the browser anew: come("manager"), come(None) without signing in."""
    contexts = []

    def come_anew(name=None, **options):
        contexts.append(_open_context(chromium, address, world, name, options))
        return Visitor(name, contexts[-1], address)

    yield come_anew
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def visitors(chromium, address, world):
    """Somebody of every role, who stays and looks at page after page: visitors("viewer")."""
    contexts = {}

    @cache
    def stay(name=None):
        contexts[name] = _open_context(chromium, address, world, name, {})
        return Visitor(name, contexts[name], address)

    yield stay
    for context in contexts.values():
        context.close()


def _open_context(chromium, address, world, name, options):
    context = chromium.new_context(base_url=address, **options)
    if name:
        session = {"name": "sessionid", "value": world["sessions"][name], "url": address}
        context.add_cookies([session])
    return context


def _prepare(folder):
    """Fill the database in a process that knows no other, and return the facts about it."""
    done = subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=PROJECT,
        env=_environment(folder, folder / "browser.sqlite3"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _environment(folder, database):
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "STATIC_ROOT": str(folder / "static"),
    }
