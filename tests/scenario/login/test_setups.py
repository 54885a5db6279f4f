"""How a bastion lets people in, made of what the scenario says."""

from __future__ import annotations

import time
from typing import Any

import pyotp
import pytest

from harness.scenario.language.model import BastionSpec
from harness.scenario.login.credentials import Credentials
from harness.scenario.login.setups import setup
from harness.text.redaction import Redactor


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    """Credentials, whose keys take a moment to make."""
    return Credentials(Redactor())


def spec(**said: Any) -> BastionSpec:
    """Return what a scenario says of a bastion."""
    return BastionSpec.model_validate(said)


@pytest.mark.parametrize(("digits", "period"), [(6, 30), (8, 60)])
def test_codes_with_a_leading_zero_have_one_now_and_next(credentials: Credentials, digits: int, period: int) -> None:
    """The scenario may cross the border of a period."""
    asked = {"digits": digits, "period": period, "leading_zero": True}
    began = int(time.time())
    totp = setup("bastion", spec(dialogue=[["code"]], totp=asked), credentials).totp
    assert totp is not None
    code = pyotp.TOTP(totp.secret, digits=digits, interval=period).at
    assert code(began + period).startswith("0")
    assert code(int(time.time())).startswith("0")


def test_options_stand_before_every_key_also_the_authority_s(credentials: Credentials) -> None:
    """More options follow after a comma (sshd(8))."""
    *keys, authority = setup("bastion", spec(key_options="restrict,port-forwarding"), credentials).authorized_keys
    assert all(line.startswith("restrict,port-forwarding ssh-") or " ecdsa-" in line for line in keys)
    assert authority.startswith("restrict,port-forwarding,cert-authority ssh-")


def test_a_special_secret_is_kept_out_of_reports() -> None:
    """As every other."""
    redactor = Redactor()
    secret = Credentials(redactor).totp_secret_for(lambda secret: secret.startswith("A"))
    assert secret.startswith("A")
    assert secret not in redactor(f"the secret {secret}")
