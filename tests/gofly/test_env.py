"""A bad value is refused with its name, itself and what is allowed."""

import pytest

from gofly.env import Environment, without_password


def refused(environment: Environment) -> str:
    """The one refusal there should be."""
    (line,) = environment.refusals
    return line


def test_an_absent_value_takes_its_default() -> None:
    environment = Environment({"NAME": "  "})
    assert environment.text("NAME", "gofly") == "gofly"
    assert environment.integer("PORT", 8000, low=1, high=65535) == 8000
    assert environment.flag("DEBUG") is False
    assert environment.refusals == []


@pytest.mark.parametrize("text", ["abc", "0", "65536", "8e3", "1.5", "-1", "٣", "9" * 400])
def test_a_number_outside_its_range_is_refused(text: str) -> None:
    environment = Environment({"PORT": text})
    assert environment.integer("PORT", 8000, low=1, high=65535) == 8000
    assert refused(environment).startswith(f"PORT={text!r} is refused")
    assert "from 1 to 65535" in refused(environment)


@pytest.mark.parametrize("text", ["1", "true", "YES", "on"])
def test_a_switch_knows_the_usual_words(text: str) -> None:
    assert Environment({"DEBUG": text}).flag("DEBUG") is True


def test_a_switch_refuses_other_words() -> None:
    environment = Environment({"DEBUG": "maybe"})
    environment.flag("DEBUG")
    assert "DEBUG='maybe'" in refused(environment)


def test_an_address_of_another_kind_is_refused() -> None:
    environment = Environment({"REDIS_URL": "http://x"})
    assert environment.address("REDIS_URL", ("redis", "rediss")) == ""
    assert "redis://..." in refused(environment)


def test_a_refused_address_is_shown_without_its_password() -> None:
    environment = Environment({"DATABASE_URL": "mysql://me:hunter2@host/db"})
    environment.database("DATABASE_URL", "postgresql:///gofly")
    assert "hunter2" not in refused(environment)
    assert without_password("postgresql://me:hunter2@host/db") == "postgresql://...@host/db"


@pytest.mark.parametrize("text", ["shop.example", "https://a.example/path", "ftp://a", "https://"])
def test_only_origins_are_origins(text: str) -> None:
    environment = Environment({"GOFLY_PUBLIC_URLS": text})
    environment.origins("GOFLY_PUBLIC_URLS")
    assert "GOFLY_PUBLIC_URLS" in refused(environment)


def test_an_origin_may_end_with_a_slash() -> None:
    environment = Environment({"URLS": "https://a.example/, http://b:8080"})
    assert environment.origins("URLS") == ["https://a.example", "http://b:8080"]


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert Environment({"P": "10.0.0.0/8,::1"}).networks("P") == ["10.0.0.0/8", "::1/128"]
    environment = Environment({"P": "10.0.0.1/8"})
    assert environment.networks("P") == []
    assert "10.0.0.0/8" in refused(environment)


def test_names_that_nothing_read_are_told() -> None:
    environment = Environment({"GOFLY_TYPO": "1", "GOFLY_ENV": "test", "OTHER": "1"})
    environment.choice("GOFLY_ENV", ("test",), "test")
    assert environment.unknown("GOFLY_") == ["GOFLY_TYPO"]


def test_every_refusal_has_a_line_and_the_status_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    environment = Environment({"A": "x", "B": "y"})
    environment.flag("A")
    environment.integer("B", 1, low=1, high=2)
    with pytest.raises(SystemExit) as leaving:
        environment.leave_if_refused()
    assert leaving.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
