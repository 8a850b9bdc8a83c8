"""What stands in the menu and at the foot, and how the organisation is called."""

from __future__ import annotations

from flask import current_app, g
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.domain.policy import Permission
from consult.domain.roles import Role
from consult.model.store import db
from consult.model.units import Organisation as OrganisationRow
from consult.web.guards import allowed
from consult.web.look import Link, Organisation


def _signed_in() -> bool:
    return bool(current_user.is_authenticated)


def _keeps_members() -> bool:
    return allowed(Permission.MEMBERS_SEE)


def _is_delegate() -> bool:
    """Somebody who is or was a delegate: whoever was given a mandate reports back on it, after the term as well."""
    return bool(current_user.is_authenticated) and any(h.role is Role.DELEGATE for h in current_user.actor.holdings)


def _protects() -> bool:
    """Those who read the registers of data protection."""
    return allowed(Permission.PROTECTION_READ)


def _has_desk() -> bool:
    """Those with work on the committee's page."""
    return allowed(Permission.DESK_SEE)


NAV = [
    Link(_l("Home"), "home.index"),
    Link(_l("Motions"), "motions.index"),
    Link(_l("Consultations"), "consultations.index"),
    Link(_l("Ballots"), "ballots.index"),
    Link(_l("Results"), "results.index"),
    Link(_l("Policy book"), "policy.index"),
    Link(_l("Committee"), "desk.index", _has_desk),
    Link(_l("Members"), "members.index", _keeps_members),
]

FOOT = [
    Link(_l("Help"), "help.index"),
    Link(_l("What is promised"), "home.promises"),
    Link(_l("Accessibility"), "home.accessibility"),
    Link(_l("Who is who"), "units.index"),
    Link(_l("Nominations"), "nominations.index"),
    Link(_l("My mandates"), "mandates.mine", _is_delegate),
    Link(_l("Meetings and events"), "gatherings.index"),
    Link(_l("Rulebooks"), "rulebooks.index"),
    Link(_l("Constitution and rule books"), "standing.index"),
    Link(_l("Rulings"), "rulings.index", _signed_in),
    Link(_l("Notices"), "notices.index", _signed_in),
    Link(_l("Moderation of debate"), "moderation.record"),
    Link(_l("Requisitions"), "requisitions.index", _signed_in),
    Link(_l("Composites"), "composites.index", _signed_in),
    Link(_l("Your data"), "protection.own", _signed_in),
    Link(_l("Data protection"), "protection.desk", _protects),
    Link(_l("Audit log"), "audit.index", _signed_in),
    Link(_l("For programs"), "api.home"),
    Link(_l("Development"), "development.index", lambda: bool(current_app.config["CONSULT_DEVELOPMENT"])),
]


def organisation() -> Organisation:
    """The name from the database, the looks from the settings."""
    name = g.get("consult_name")  # known already to a page that is kept
    if name is None:
        row = db.session.get(OrganisationRow, 1)
        name = row.name if row else "consult"
    return Organisation(
        name=name,
        accent=current_app.config["CONSULT_ACCENT"],
        logo=current_app.config["CONSULT_LOGO"],
    )
