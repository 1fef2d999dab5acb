"""Visitor tokens and signed identities."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from chat import identity
from chat.errors import Unauthenticated
from chat.identity import Person, VisitorToken

NOW = 1_767_225_600
KEYS = ["the key of today", "the key of yesterday"]
ANA = VisitorToken("vs_Jx81abcdefgh", site_id=12, epoch=3, issued_at=NOW)
TOKEN = identity.mint_token(ANA.visitor_id, site_id=12, epoch=3, key=KEYS[0], issued_at=NOW)
SITE = "st_9f2k7q"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.identity.time.time", lambda: NOW)


def test_a_visitor_is_known_again() -> None:
    assert identity.read_token(TOKEN, keys=KEYS, site_id=12) == ANA


def test_a_token_reads_as_documented() -> None:
    version, visitor, site, epoch, issued, signature = TOKEN.split(".")
    assert (version, visitor, site, epoch, issued) == ("v1", ANA.visitor_id, "12", "3", str(NOW))
    assert len(bytes.fromhex(signature)) == 32


def test_a_token_outlives_the_rotation_of_one_key() -> None:
    rotated = ["the key of tomorrow", KEYS[0]]
    assert identity.read_token(TOKEN, keys=rotated, site_id=12) == ANA
    with pytest.raises(Unauthenticated):
        identity.read_token(TOKEN, keys=["the key of tomorrow", "another"], site_id=12)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "v1",
        TOKEN[:-1],
        TOKEN.rpartition(".")[0] + ".",
        TOKEN.replace("Jx81", "Jx82"),
        TOKEN.replace(".12.", ".13."),
        TOKEN.replace(".3.", ".2."),
        TOKEN.replace(str(NOW), str(NOW + 1)),
        TOKEN.replace("v1", "v2"),
        TOKEN.replace("v1", "none"),
        TOKEN.upper(),
        TOKEN + " ",
        TOKEN + ".",
        "v1.vs_Jx81.12.3.none." + hashlib.sha256(b"").hexdigest(),
        TOKEN[:-64] + "é" * 64,
        "\ud800." + TOKEN,
    ],
)
def test_an_altered_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        identity.read_token(token, keys=KEYS, site_id=12)


def test_a_token_of_another_site_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        identity.read_token(TOKEN, keys=KEYS, site_id=13)


def test_a_token_is_renewed_after_thirty_days() -> None:
    month = 30 * 86_400
    assert not replace(ANA, issued_at=NOW - month).is_old
    assert replace(ANA, issued_at=NOW - month - 1).is_old


def test_a_fresh_token_is_dated_today() -> None:
    token = identity.mint_token(ANA.visitor_id, site_id=12, epoch=3, key=KEYS[1])
    assert identity.read_token(token, keys=KEYS, site_id=12) == ANA


def signed(user_id: str, secret: str) -> str:
    """What a site's server computes."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def test_a_signed_user_is_believed_with_any_live_secret() -> None:
    for secret in ("old", "new"):
        assert identity.is_signed("u-17", signed("u-17", secret), ["new", "old"])
    assert identity.is_signed("客户", signed("客户", "new").upper(), ["new"])


@pytest.mark.parametrize(
    ("user_id", "signature", "secrets"),
    [
        ("u-18", signed("u-17", "new"), ["new"]),
        ("u-17", signed("u-17", "other"), ["new"]),
        ("u-17", "", ["new"]),
        ("u-17", signed("u-17", ""), []),
        ("", signed("", "new"), ["new"]),
        ("u-17", "é" * 64, ["new"]),
        ("\ud800", signed("?", "other"), ["new"]),
    ],
)
def test_an_unsigned_user_is_not_believed(user_id: str, signature: str, secrets: list[str]) -> None:
    assert not identity.is_signed(user_id, signature, secrets)


def part(value: object) -> str:
    """One part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def jwt(claims: object = None, header: object = None, secret: str = "new", **changes: Any) -> str:
    """A JWT like a site's server makes, with some changes."""
    good = {"sub": "u-17", "exp": NOW + 3_600, "aud": SITE, "name": "Ana", "email": "a@b.example"}
    body = f"{part(header or {'alg': 'HS256', 'typ': 'JWT'})}.{part(claims or good | changes)}"
    digest = hmac.digest(secret.encode(), body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def read(text: str, secrets: tuple[str, ...] = ("new", "old")) -> Person | None:
    """What the server makes of a JWT."""
    return identity.read_jwt(text, audience=SITE, secrets=secrets)


def test_a_jwt_of_the_site_names_the_person() -> None:
    assert read(jwt()) == Person("u-17", "Ana", "a@b.example")
    assert read(jwt(secret="old")) == Person("u-17", "Ana", "a@b.example")
    assert read(jwt(aud=["other", SITE])) is not None
    assert read(jwt(iat=NOW - 60, nbf=NOW - 60, name=7)) == Person("u-17", "", "a@b.example")


def test_a_signed_name_still_has_to_fit() -> None:
    assert read(jwt(name="n" * 500, email="e" * 500)) == Person("u-17", "n" * 120, "")
    assert read(jwt(name="Ana\x00", email="\ud800")) == Person("u-17", "", "")


def test_clocks_may_differ_by_five_minutes() -> None:
    assert read(jwt(exp=NOW - 299)) is not None
    assert read(jwt(iat=NOW + 299, exp=NOW + 3_600)) is not None
    assert read(jwt(exp=NOW + 86_400)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        jwt()[:-2],
        jwt() + "A",
        jwt(secret="guess"),
        jwt(header={"alg": "none"}),
        jwt(header={"alg": "none"}).rpartition(".")[0] + ".",
        jwt(header={"alg": "HS512"}),
        jwt(header={"alg": "hs256"}),
        jwt(header=["HS256"]),
        jwt(claims=["u-17"]),
        jwt(exp=NOW - 300),
        jwt(exp=None),
        jwt(exp=str(NOW + 60)),
        jwt(exp=True),
        jwt(exp=float("inf")),
        jwt(exp=NOW + 86_400 + 301),
        jwt(iat=NOW - 60, exp=NOW + 86_400),
        jwt(iat=NOW + 301, exp=NOW + 3_600),
        jwt(nbf=NOW + 301),
        jwt(aud="st_other"),
        jwt(aud=None),
        jwt(aud={SITE: 1}),
        jwt(aud=SITE + "x"),
        jwt(sub=""),
        jwt(sub=17),
        jwt(sub=None),
        jwt(sub="u" * 201),
        jwt(sub="u\x00"),
        jwt(sub="\ud800"),
        jwt(exp=10**400),
        jwt(exp=float("nan")),
    ],
)
def test_any_other_jwt_is_not_believed(text: str) -> None:
    assert read(text) is None


def test_without_a_secret_nobody_is_believed() -> None:
    assert read(jwt(secret=""), secrets=()) is None
