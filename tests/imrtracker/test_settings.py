import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

import imrtracker

PROJECT = Path(imrtracker.__file__).parents[1]
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": "kP4-vR8_tZ2xW6yB0cD1eF3gH5iJ7kL9mN-oQ_rS4tU8vX2zA6bC0dE",
    "ALLOWED_HOSTS": "imr.example.org",
    "HTTPS": "on",
}


def start(*command, **environment):
    """Start the project in a process of its own, with this environment and no other."""
    own = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "imrtracker.settings"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env=own | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def read_setting(name, **environment):
    """What a setting is under this environment, as Python writes it."""
    code = f"from django.conf import settings; print(repr(settings.{name}))"
    return start("-c", code, **environment).stdout.strip()


@pytest.mark.parametrize(
    ("name", "example"),
    [("SECRET_KEY", "SECRET_KEY=<50 random"), ("ALLOWED_HOSTS", "=imr.example")],
)
def test_start_without_debug_needs_its_settings_and_says_so(name, example):
    run = start("-c", "import imrtracker.wsgi", **PRODUCTION | {name: ""})
    last = run.stderr.strip().splitlines()[-1]
    assert run.returncode != 0
    assert last.startswith(
        f"django.core.exceptions.ImproperlyConfigured: {name} is not set. Set it in the "
        "environment or in .env, for example "
    )
    assert example in last


def test_start_with_production_settings_passes_every_deployment_check():
    run = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (run.returncode, run.stderr) == (0, "")
    assert "no issues" in run.stdout


@pytest.mark.parametrize("command", ["stats", "recompute_evaluation"])
def test_command_that_serves_nobody_needs_no_settings(command):
    run = start("manage.py", command, "--help")
    assert (run.returncode, run.stderr) == (0, "")


def test_debug_needs_no_settings():
    run = start("manage.py", "check", DEBUG="on", SECRET_KEY="", ALLOWED_HOSTS="")
    assert (run.returncode, run.stderr) == (0, "")


def test_debug_is_off_unless_it_is_asked_for():
    assert read_setting("DEBUG", **PRODUCTION | {"DEBUG": ""}) == "False"


def test_hosts_may_be_written_with_spaces():
    hosts = "imr.example.org, www.example.org"
    written = read_setting("ALLOWED_HOSTS", **PRODUCTION | {"ALLOWED_HOSTS": hosts})
    assert written == "['imr.example.org', 'www.example.org']"


@pytest.mark.django_db
def test_pages_allow_nothing_but_their_own_files(client):
    policy = client.get("/account/login/")["Content-Security-Policy"]
    allowed = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == allowed["style-src"] == "'self'"
    assert "unsafe" not in policy
    assert "*" not in policy


@pytest.mark.django_db
def test_pages_refuse_to_be_framed_or_sniffed(client):
    response = client.get("/account/login/")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_health_says_ok_to_anybody(client):
    response = client.get("/health/")
    assert (response.status_code, response.text) == (200, "ok")
    assert response["Content-Type"] == "text/plain"
    assert "no-store" in response["Cache-Control"]
    assert client.post("/health/").status_code == 405


@pytest.mark.django_db
def test_health_fails_where_the_database_does(client, monkeypatch):
    def fail(*arguments):
        raise ConnectionError

    monkeypatch.setattr(connection, "cursor", fail)
    with pytest.raises(ConnectionError):
        client.get("/health/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nothing/", "/admin/nothing/", "/static/none.css"])
def test_unknown_address_is_a_page_that_was_not_found(client, address):
    response = client.get(address)
    assert response.status_code in (302, 404)
    assert "Traceback" not in response.text
