"""What a real process says to its settings (CONFIG-01 and CONFIG-02 of the bad inputs)."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "GOFLY_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "chat.example.com",
    "GOFLY_PUBLIC_URLS": "https://chat.example.com",
    "GOFLY_TRUSTED_PROXIES": "127.0.0.1",
    "DATABASE_URL": "postgresql://gofly:gofly@127.0.0.1/gofly",
}


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `manage.py` as a production installation would, with changed values."""
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_settings_pass_the_deploy_check() -> None:
    done = run("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "changeme" * 10),
        ("SECRET_KEY", "x" * 60),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ""),
        ("GOFLY_PUBLIC_URLS", "http://chat.example.com"),
        ("GOFLY_PUBLIC_URLS", ""),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///db"),
        ("PORT", "abc"),
        ("REDIS_URL", "http://x"),
        ("GOFLY_SHARDS", "31"),
        ("GOFLY_LIMIT_SOCKETS_PER_IP", "-1"),
        ("GOFLY_SESSION_IDLE_SECONDS", "1e99"),
        ("GOFLY_SECOND_FACTOR", "sometimes"),
        ("GOFLY_ENV", "staging"),
        ("GOFLY_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_ends_the_start_with_one_line(name: str, value: str) -> None:
    done = run("check", **{name: value})
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"gofly: {name}=")
    assert "allowed" in line


def test_the_secret_itself_is_never_shown() -> None:
    assert "changeme'" not in run("check", SECRET_KEY="hunter2changeme").stderr
    assert "hunter2" not in run("check", SECRET_KEY="hunter2changeme").stderr


def test_an_unknown_name_only_warns() -> None:
    done = run("check", GOFLY_TYPO="1")
    assert done.returncode == 0
    assert "GOFLY_TYPO is not a setting" in done.stderr


def test_plain_http_needs_the_switch() -> None:
    done = run(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        GOFLY_PUBLIC_URLS="http://10.0.0.5:8000",
        GOFLY_ALLOW_HTTP="1",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_data_folder_that_cannot_be_written_is_one_line() -> None:
    done = run("check", GOFLY_ENV="demo", SECRET_KEY="", GOFLY_DATA="/proc/gofly")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("gofly: GOFLY_DATA='/proc/gofly' is refused")
