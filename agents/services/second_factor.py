"""The second factor: a code from an authenticator, or one of ten recovery codes."""

import math
import secrets
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum
from time import time

import segno
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from agents.models import RecoveryCode
from chat.models import Membership, User

CODES = 10
# Without 0, 1, i, l and o, which people mistake for one another; ten of these are 49 bits.
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
ENROLMENT_SECONDS = 1800


class Step(StrEnum):
    """What a signed-in person still has to do."""

    NOTHING = ""
    ENTER = "enter"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code was right, and after how many seconds the next one may be tried."""

    device: TOTPDevice | None = None
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that is shown to one person and becomes a device once a code proves it."""

    key: str
    token: str
    address: str

    @property
    def secret(self) -> str:
        """The secret as people type it, in groups of four."""
        text = b32encode(bytes.fromhex(self.key)).decode()
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

    @property
    def qr(self) -> tuple[int, str]:
        """The side of the QR code and the outline of its dark squares, as SVG draws it."""
        rows = list(segno.make(self.address, error="m", micro=False).matrix_iter(border=2))
        dark = [(x, y) for y, row in enumerate(rows) for x, bit in enumerate(row) if bit]
        return len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)


def step(user: User) -> Step:
    """What the person of a request has to do before the session counts."""
    if getattr(user, "otp_device", None):  # django-otp's middleware finds it in the session
        return Step.NOTHING
    if device_of(user):
        return Step.ENTER
    return Step.SET_UP if is_required(user) else Step.NOTHING


def is_required(user: User) -> bool:
    """Operators, owners and managers need a second factor where the installation asks for it."""
    if settings.GOFLY_SECOND_FACTOR != "required":
        return False
    leading = (Membership.Role.OWNER, Membership.Role.MANAGER)
    return user.is_superuser or user.memberships.filter(role__in=leading).exists()


def device_of(user: User) -> TOTPDevice | None:
    """The authenticator this person has proved to hold."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def begin_enrolment(user: User) -> Enrolment:
    """A fresh secret; nothing is stored before a code proves that it arrived."""
    return _enrolment(user, secrets.token_hex(20))


def resume_enrolment(user: User, *, token: str) -> Enrolment | None:
    """The secret this person was shown before; None if it is too old or was another's."""
    try:
        key = _signer(user).unsign(token, max_age=ENROLMENT_SECONDS)
    except signing.BadSignature:
        return None
    return _enrolment(user, key)


@transaction.atomic
def enrol(user: User, *, enrolment: Enrolment, code: str) -> TOTPDevice | None:
    """Make the shown secret this person's authenticator if the code fits it."""
    User.objects.select_for_update().get(pk=user.pk)
    clock = TOTP(bytes.fromhex(enrolment.key))
    clock.time = time()
    if device_of(user) or not clock.verify(int(code), tolerance=1):
        return None
    return TOTPDevice.objects.create(
        user=user, name="authenticator", key=enrolment.key, drift=clock.drift, last_t=clock.t()
    )


@transaction.atomic
def verify(user: User, *, code: str) -> Verdict:
    """Check a code of the authenticator or a recovery code; wrong ones make the next one wait."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return Verdict()
    allowed, reason = device.verify_is_allowed()
    if not allowed:
        left = reason["locked_until"] - timezone.now()
        return Verdict(wait_seconds=max(1, math.ceil(left.total_seconds())))
    right = device.verify_token(code) if code.isdecimal() else _spend(device, code)
    return Verdict(device=device if right else None)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten fresh codes; the old ones stop working. They cannot be shown again."""
    codes = [_code() for _ in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(c)) for c in codes)
    return codes


@transaction.atomic
def remove(user: User) -> None:
    """Forget this person's authenticator; receivers forget the codes and end the sessions."""
    TOTPDevice.objects.filter(user=user).delete()


def _spend(device: TOTPDevice, code: str) -> bool:
    rows = RecoveryCode.objects.filter(user_id=device.user_id, digest=_digest(code))
    spent, _ = rows.delete()
    if spent:
        device.throttle_reset()
    else:
        device.throttle_increment()
    return bool(spent)


def _enrolment(user: User, key: str) -> Enrolment:
    device = TOTPDevice(user=user, key=key)
    return Enrolment(key=key, token=_signer(user).sign(key), address=device.config_url)


def _signer(user: User) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"agents.enrolment.{user.pk}")


def _code() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter in CODE_LETTERS)
    return salted_hmac("agents.recovery", plain, algorithm="sha256").hexdigest()
