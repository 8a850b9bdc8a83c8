"""The second factor: set up, asked for, used once, replaced by recovery codes, and never guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, TooOften
from consult.model.members import Account, RecoveryCode, SignInSession
from consult.model.store import db
from consult.service import accounts, second_factor, sessions
from tests.factories import NOON, Cast

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)


def account(cast: Cast, name: str = "chair") -> Account:
    return accounts.get(cast.who[name].id)


def set_up(cast: Cast, name: str = "chair") -> list[str]:
    weak = cast.actor(name, second_factor=False)
    second_factor.begin(account(cast, name), SECRET, by=weak, at=NOON)
    code = second_factor.code_at(SECRET, NOON)
    return second_factor.confirm(account(cast, name), code, token=f"{name:c>43}", device="x", by=weak, at=NOON)


def enter(cast: Cast, code: str, *, at=NOON, name: str = "chair") -> SignInSession:  # type: ignore[no-untyped-def]
    return second_factor.enter(
        account(cast, name),
        code,
        token=f"{at.timestamp():043}",
        old_hash="",
        device="x",
        by=cast.actor(name, second_factor=False),
        at=at,
    )


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B (SHA-1, the last six of its eight figures)."""
    from datetime import UTC, datetime

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert second_factor.code_at(secret, datetime.fromtimestamp(seconds, UTC)) == code


def test_setting_up_seals_the_secret_raises_the_session_and_gives_ten_codes(cast: Cast) -> None:
    codes = set_up(cast)
    kept = account(cast)
    assert len(set(codes)) == 10
    assert kept.totp_sealed is not None and SECRET not in kept.totp_sealed
    assert kept.totp_new_sealed is None and kept.totp_confirmed_at == NOON
    begun = sessions.of_token(f"{'chair':c>43}")
    assert begun.second_factor and begun.member_id == kept.member_id
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not set(codes) & set(hashes)


def test_a_wrong_code_sets_nothing_up(cast: Cast) -> None:
    weak = cast.actor("chair", second_factor=False)
    with pytest.raises(OutOfOrder, match="No authenticator is being set up"):
        second_factor.confirm(account(cast), "123456", token="c" * 43, device="x", by=weak, at=NOON)
    second_factor.begin(account(cast), SECRET, by=weak, at=NOON)
    with pytest.raises(Invalid):
        second_factor.confirm(account(cast), "123456", token="c" * 43, device="x", by=weak, at=NOON)
    assert account(cast).totp_confirmed_at is None


def test_nobody_sets_up_somebody_elses(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        second_factor.begin(account(cast), SECRET, by=cast.actor("committee_1"), at=NOON)


def test_a_code_is_good_once_and_within_a_step_of_the_clock(cast: Cast) -> None:
    set_up(cast)
    with pytest.raises(Invalid):  # spent when it was set up
        enter(cast, second_factor.code_at(SECRET, NOON))
    later = NOON + 10 * STEP
    for early_or_late in (later - 2 * STEP, later + 2 * STEP):
        with pytest.raises(Invalid):
            enter(cast, second_factor.code_at(SECRET, early_or_late), at=later)
    code = second_factor.code_at(SECRET, later + STEP)
    assert enter(cast, f" {code[:3]} {code[3:]} ", at=later).second_factor
    with pytest.raises(Invalid):
        enter(cast, code, at=later + STEP)
    with pytest.raises(Invalid):  # and none older than the last one used
        enter(cast, second_factor.code_at(SECRET, later), at=later)


def test_eight_wrong_codes_and_the_right_one_must_wait(cast: Cast) -> None:
    set_up(cast)
    later = NOON + 10 * STEP
    for _ in range(8):
        with pytest.raises(Invalid):
            enter(cast, "000000", at=later)
    with pytest.raises(TooOften, match="try again at 12:21"):
        enter(cast, second_factor.code_at(SECRET, later), at=later)
    after = later + timedelta(minutes=15)
    assert enter(cast, second_factor.code_at(SECRET, after), at=after).second_factor


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "x" * 100_000, "12\u00003456"])
def test_what_is_no_code_is_an_ordinary_refusal(cast: Cast, code: str) -> None:
    set_up(cast)
    with pytest.raises(Invalid):
        enter(cast, code, at=NOON + 10 * STEP)


def test_a_recovery_code_is_good_once_however_it_is_typed(cast: Cast) -> None:
    codes = set_up(cast)

    def use(code: str, token: str) -> SignInSession:
        return second_factor.use_recovery_code(
            account(cast), code, token=token * 43, old_hash="", device="x", by=cast.actor("chair"), at=NOON
        )

    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert use(typed, "r").second_factor
    with pytest.raises(Invalid, match="used before"):
        use(codes[0], "s")
    assert second_factor.codes_left(account(cast)) == 9
    made = second_factor.make_recovery_codes(account(cast), by=cast.actor("chair"), at=NOON)
    with pytest.raises(Invalid):
        use(codes[1], "t")
    assert use(made[0], "u").second_factor


def test_somebody_elses_recovery_code_is_no_good(cast: Cast) -> None:
    codes = set_up(cast)
    set_up(cast, "committee_1")
    with pytest.raises(Invalid):
        second_factor.use_recovery_code(
            account(cast, "committee_1"),
            codes[0],
            token="r" * 43,
            old_hash="",
            device="x",
            by=cast.actor("committee_1"),
            at=NOON,
        )


def test_a_password_alone_replaces_nothing(cast: Cast) -> None:
    set_up(cast)
    weak = cast.actor("chair", second_factor=False)
    with pytest.raises(NotAllowed, match="authenticator"):
        second_factor.begin(account(cast), SECRET, by=weak, at=NOON)
    with pytest.raises(NotAllowed, match="authenticator"):
        second_factor.make_recovery_codes(account(cast), by=weak, at=NOON)


def test_the_old_authenticator_holds_until_the_new_one_is_confirmed(cast: Cast) -> None:
    set_up(cast)
    other = "KRSXG5CTMVRXEZLUKN2XAZLSKRSXG5CT"
    second_factor.begin(account(cast), other, by=cast.actor("chair"), at=NOON)
    later = NOON + 10 * STEP
    assert enter(cast, second_factor.code_at(SECRET, later), at=later).second_factor
    code = second_factor.code_at(other, later)
    second_factor.confirm(account(cast), code, token="d" * 43, device="x", by=cast.actor("chair"), at=later)
    after = later + 10 * STEP
    with pytest.raises(Invalid):
        enter(cast, second_factor.code_at(SECRET, after), at=after)
    assert enter(cast, second_factor.code_at(other, after), at=after).second_factor


def test_entering_a_code_without_an_authenticator(cast: Cast) -> None:
    with pytest.raises(OutOfOrder, match="no authenticator"):
        enter(cast, "123456", name="member")
