"""The forms of signing in and of one's own account: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import validators

from consult.service.passkeys import LONGEST_NAME
from consult.service.passwords import SHORTEST
from consult.web.fields import BooleanField, Form, HiddenField, PasswordField, Required, StringField, TextAreaField

_WHO = _l("E-mail address or member number")
_ONE_LINE = {"autocomplete": "username", "spellcheck": False, "params": {"autocapitalize": "none"}}
_CODE = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "classes": "govuk-input--width-10",
    "spellcheck": False,
}


class SignIn(Form):
    """Address or number, and password."""

    identifier = StringField(_WHO, [Required(_l("Type your e-mail address or member number."))], render_kw=_ONE_LINE)
    password = PasswordField(
        _l("Password"), [Required(_l("Type your password."))], render_kw={"autocomplete": "current-password"}
    )
    stay = BooleanField(_l("Stay signed in (not on a device that others use)"))


class Ask(Form):
    """Who wants a link."""

    identifier = StringField(_WHO, [Required(_l("Type your e-mail address or member number."))], render_kw=_ONE_LINE)


class Press(Form):
    """A button alone, with whether to stay signed in."""

    stay = BooleanField(_l("Stay signed in (not on a device that others use)"))


def _repeat(form: Form, field: PasswordField) -> None:
    if field.data != form["password"].data:
        raise validators.ValidationError(_l("The two passwords are not the same. Type both again."))


class Choose(Form):
    """A new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [Required(_l("Choose a password."))],
        description=_l(
            "At least %(least)s characters. Four words that do not belong together do well.", least=SHORTEST
        ),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [Required(_l("Type the new password again.")), _repeat],
        render_kw={"autocomplete": "new-password"},
    )


class Change(Choose):
    """A new password in place of the present one."""

    present = PasswordField(_l("Present password"), render_kw={"autocomplete": "current-password"})


class Confirm(Form):
    """The password again."""

    password = PasswordField(
        _l("Password"), [Required(_l("Type your password."))], render_kw={"autocomplete": "current-password"}
    )


class Passkey(Form):
    """What the browser's device answered: filled in by the script of the page."""

    answer = HiddenField()


class PasskeyName(Passkey):
    """What a passkey is called."""

    name = StringField(
        _l("Name of the passkey"),
        [Required(_l("Give the passkey a name."))],
        description=_l("So that you can tell it from others later: the device it is on, or where it is kept."),
        render_kw={"classes": "govuk-input--width-20", "autocomplete": "off", "maxlength": LONGEST_NAME},
    )


class Code(Form):
    """Six figures from an authenticator."""

    code = StringField(
        _l("Code"), [Required(_l("Type the six figures that your authenticator shows."))], render_kw=_CODE
    )


class Recovery(Form):
    """A recovery code."""

    code = StringField(
        _l("Recovery code"),
        [Required(_l("Type one of your recovery codes."))],
        description=_l("Twelve letters and figures, such as 7QK2-M9XA-0TVB."),
        render_kw={"autocomplete": "off", "classes": "govuk-input--width-20", "spellcheck": False},
    )


class Reset(Form):
    """Whose authenticator is to be reset, and how one knows that it is that person who asks."""

    member = StringField(
        _l("Member number or e-mail address"), [Required(_l("Say whose authenticator it is."))], render_kw=_ONE_LINE
    )
    reason = TextAreaField(
        _l("How do you know that it is this person who asks?"),
        [Required(_l("Say how you know that it is this person who asks."))],
        description=_l("The second officer reads this. For example: telephoned on the number their branch has."),
        render_kw={"rows": 3},
    )


class LayDown(Form):
    """Why somebody lays a role down."""

    reason = StringField(
        _l("Reason"),
        [Required(_l("Give the reason: everybody can read it."))],
        description=_l("In a few words. Everybody can read it."),
    )
