"""The form with which a paper is issued."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import Form, HiddenField, SubmitField, TextAreaField


class IssueForm(Form):
    """What the committee says at the head of a paper."""

    words = TextAreaField(
        _l("What the committee says"), [Length(max=5000)],
        description=_l("Stands at the head of the paper. It may be empty."), render_kw={"rows": 4},
    )  # fmt: skip
    seen = HiddenField()
    send = SubmitField(_l("Issue it"))
