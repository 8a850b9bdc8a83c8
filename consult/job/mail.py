"""Mail: a notice put into words, and the ways out – a mail server, or in development a page where it can be read."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any, Protocol
from urllib.parse import quote

from flask import current_app, render_template
from flask_babel import force_locale, format_timedelta, gettext
from jinja2 import Template, TemplateNotFound

from consult.domain.languages import FIRST, LANGUAGES
from consult.domain.mutations import mutated
from consult.domain.notices import KINDS, subject_of
from consult.job import letters
from consult.model.notices import DevelopmentMail
from consult.model.store import writing
from consult.service import bounces, circulars, clock, organisation, preferences, sending
from consult.service.links import LIVES, life_words
from consult.service.sending import Due

#: For how long one answer of a mail server is waited for. A message asks for at most six.
SECONDS = 10


class Undeliverable(Exception):
    """This message can never be delivered; trying again would not help."""


class BrokenOff(OSError):
    """The mail server broke off after it had been given the message: whether it took it, nobody knows."""


class WayOut(Protocol):
    """Something that takes a finished message away."""

    def send(self, message: EmailMessage, mark: str = "") -> None:
        """Take the message, with the mark by which a report of it is known.

        Raises OSError when it may be tried again, BrokenOff when it may have been taken, Undeliverable when it never will.
        """


def compose(due: Due, link: str) -> EmailMessage:
    """The finished message for a notice. Its words are templates/mail/KIND.txt, or mail/LANGUAGE/KIND.txt where that is there.

    Templates know the notice's own context and `link` (the single-use link or ""), `life` (how long it is good),
    `organisation` (its name), `member` (the person's name or "") and `site` (the public address with no / at its end).
    """
    name = organisation.name()
    site = current_app.config["CONSULT_URL"].rstrip("/")
    going_on = due.context.get("next")
    stop = _stop(due, site)
    words = {
        "link": f"{link}?next={quote(going_on)}" if link and going_on else link,
        "organisation": name,
        "member": due.member_name,
        "site": site,
        "kinds": KINDS,
        "stop": stop,
    }
    if due.kind_name == circulars.KIND:
        words |= circulars.words_of(due.context["ballot"])
    templates: list[str | Template] = [f"mail/{due.kind_name}.txt"]
    if due.language != FIRST:
        templates.insert(0, f"mail/{due.language}/{due.kind_name}.txt")
    try:
        with force_locale(LANGUAGES[due.language].locale):
            words = _on_clock(due.context) | words
            words["life"] = life_words(due.kind.link) if due.language == FIRST else _life(due.kind.link)
            body = render_template(templates, **words).strip() + "\n"
            if due.language == "cy":
                body = mutated(body)
            words_of_subject, values = subject_of(due.kind_name, due.context)
            subject = f"{gettext(words_of_subject, **values)} – {name}"
            above, below = letters.blocks(body, site)
            page = render_template("mail/frame.html", subject=subject, words=above, below=below)
    except TemplateNotFound as missing:
        raise Undeliverable(f"There are no words for this kind of notice: {missing.name} is missing.") from missing
    message = _message(due.address, subject, body, page, bounces.mark_of(due.id, due.attempts))
    if stop:  # RFC 8058: one press in the reader's program, without signing in
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    elif due.kind_name == circulars.KIND:
        message["List-Unsubscribe"] = f"<{link}>"  # RFC 2369: it leads to a page with a button
    return message


def _on_clock(kept: Any) -> Any:
    """What a notice keeps, with each instant in its sentences as the organisation's clock shows it: as pages do."""
    if isinstance(kept, dict):
        return {name: _on_clock(value) for name, value in kept.items()}
    if isinstance(kept, list):
        return [_on_clock(value) for value in kept]
    return current_app.jinja_env.filters["on_clock"](kept) if isinstance(kept, str) else kept


def _stop(due: Due, site: str) -> str:
    """The address at which mail of this topic is stopped; "" for what is always sent."""
    topic = preferences.DIGESTS if due.kind_name == "digest" else due.kind.topic
    if not topic or due.member_id is None:
        return ""
    return f"{site}/notices/stop/{preferences.stop_token(due.member_id, topic)}"


def _life(purpose: str) -> str:
    """How long such a link is good, in the language of the message."""
    return str(format_timedelta(LIVES[purpose], threshold=1)) if purpose in LIVES else ""


def _message(address: str, subject: str, body: str, page: str, mark: str = "") -> EmailMessage:
    sender = current_app.config["CONSULT_MAIL_FROM"]
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = address
        message["Subject"] = " ".join(subject.split())
    except ValueError as fault:
        raise Undeliverable(f"The address cannot be written in a message: {fault}.") from fault
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(mark or None, parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    message.add_alternative(page, subtype="html")
    return message


class Smtp:
    """A mail server. One connection serves a whole round, and is made again if it broke."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, mark: str = "") -> None:
        connection = self.connection or self._connect()
        named, asked = [f"ENVID={mark}", "RET=HDRS"], ["NOTIFY=FAILURE,DELAY"]  # RFC 3461
        marked = bool(mark) and connection.has_extn("dsn")
        try:
            connection.send_message(
                message,
                self._reports_to(mark),
                mail_options=named if marked else (),
                rcpt_options=asked if marked else (),
            )
        except smtplib.SMTPRecipientsRefused as refusal:
            code, words = next(iter(refusal.recipients.values()))
            self._let_go(code)
            if 500 <= code < 600:
                raise Undeliverable(f"The mail server refused the address ({code} {_text(words)}).") from refusal
            raise OSError(f"The mail server did not take it for now ({code} {_text(words)}).") from refusal
        except smtplib.SMTPDataError as refusal:
            self._let_go(refusal.smtp_code)
            said = f"({refusal.smtp_code} {_text(refusal.smtp_error)})"
            if 500 <= refusal.smtp_code < 600:
                raise Undeliverable(f"The mail server refused the message {said}.") from refusal
            raise OSError(f"The mail server did not take it for now {said}.") from refusal
        except smtplib.SMTPServerDisconnected as fault:
            self.close()
            raise BrokenOff(f"{sending.NO_ANSWER}: {fault}") from fault
        except smtplib.SMTPResponseException as fault:
            self._let_go(fault.smtp_code)
            raise

    def _let_go(self, code: int) -> None:
        """After 421 (RFC 5321, 3.8) the server is gone; after every other refusal the connection serves the next message."""
        if code == 421:
            self.close()

    def _reports_to(self, mark: str) -> str | None:
        """The sender of the envelope, to which reports come back: with the mark, where the settings name an address."""
        name, at, host = str(self.settings.get("CONSULT_MAIL_BOUNCES") or "").rpartition("@")
        return f"{name}+{mark}@{host}" if at and mark else None

    def _connect(self) -> smtplib.SMTP:
        host, port = self.settings["CONSULT_MAIL_HOST"], self.settings["CONSULT_MAIL_PORT"]
        implicit = port == 465
        context = ssl.create_default_context()
        connection: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
            if implicit
            else smtplib.SMTP(host, port, timeout=SECONDS)
        )
        connection.ehlo()
        private = implicit
        if not implicit and self.settings["CONSULT_MAIL_TLS"] and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
            private = True
        if self.settings["CONSULT_MAIL_USER"]:
            if not private and host not in ("localhost", "127.0.0.1", "::1"):
                connection.close()
                raise OSError("the mail server offers no encryption, and the password is not sent without it")
            connection.login(self.settings["CONSULT_MAIL_USER"], self.settings["CONSULT_MAIL_PASSWORD"])
        self.connection = connection
        return connection

    def close(self) -> None:
        """Say goodbye, whether or not the server still listens."""
        if self.connection is not None:
            try:
                self.connection.quit()
            except OSError:
                self.connection.close()
            self.connection = None


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


class Kept:
    """In development: messages are kept in the database, to be read on a page."""

    def send(self, message: EmailMessage, mark: str = "") -> None:
        text = message.get_body(("plain",))
        with writing() as session:
            session.add(
                DevelopmentMail(
                    address=message["To"],
                    subject=message["Subject"],
                    body=text.get_content() if text is not None else "",
                    sent_at=clock.now(session),
                )
            )


@contextmanager
def way_out() -> Iterator[WayOut]:
    """The way out that the settings name, closed at the end: a mail server, or the page (never in production)."""
    if not current_app.config["CONSULT_MAIL_HOST"]:
        yield Kept()
        return
    server = Smtp(dict(current_app.config))
    try:
        yield server
    finally:
        server.close()
