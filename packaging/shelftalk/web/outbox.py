"""Sends the mail that waits in the store, in the background and again when it fails. Knows SMTP, no view.

Any number of processes and nodes may run it: each mail is claimed by one of them for some minutes. A mail may come
twice when a process dies between the server's "yes" and the store's; it is never lost for that.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

from shelftalk import clock
from shelftalk.config import LOCAL_HOSTS, Settings
from shelftalk.errors import ShelftalkError
from shelftalk.store import Store, outbox
from shelftalk.store.outbox import Mail

log = logging.getLogger(__name__)
POLL_S = 2.0
TIMEOUT_S = 20.0
CLAIM = timedelta(minutes=5)  # a mail is one process's for so long: more than sending takes
# How long until the next try; at the end of the list it is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))


class RefusedForGood(Exception):
    """The server says that this address never gets the mail."""


def make_message(
    settings: Settings, recipient: str, subject: str, text: str, html: str, *, name: str = "", leave_url: str = ""
) -> str:
    """A whole message: plain and HTML. `leave_url` ends a subscription by one click (RFC 8058)."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = _format_sender(name, settings.mail_from)
    message["To"] = recipient
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.origin).hostname or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    if leave_url:
        message["List-Unsubscribe"] = f"<{leave_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    return message.as_string()


def _format_sender(name: str, address: str) -> str:
    plain = "".join(c for c in name if c.isprintable() and c not in '"\\<>')
    return f'"{plain}" <{address}>' if plain else address


def send_message(settings: Settings, recipient: str, message: str) -> None:
    """Hand a message to the mail server; raises OSError (SMTPException is one) or RefusedForGood."""
    try:
        with _connect(settings.smtp_url) as server:
            server.sendmail(settings.mail_from, [recipient], message.encode("ascii", "replace"))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _why in error.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            raise RefusedForGood(str(codes)) from error
        raise


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
        _secure(server, host, context, secret=bool(parts.password))
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _secure(server: smtplib.SMTP, host: str, context: ssl.SSLContext, *, secret: bool) -> None:
    """Encrypt where the server can; a password never goes over the net without."""
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif secret and host not in LOCAL_HOSTS:
            raise smtplib.SMTPNotSupportedError("the mail server offers no encryption: the password is not sent")
    except BaseException:
        server.close()
        raise


class Postman:
    """Delivers what is due, again and again until it is told to stop."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def run_forever(self, stop: threading.Event) -> None:
        """Look every two seconds. Without a mail server there is nothing to do."""
        while self._settings.sends_mail and not stop.wait(POLL_S):
            try:
                self.deliver_due(stop)
            except (ShelftalkError, OSError) as error:
                log.warning("Mail waits: %s", type(error).__name__)

    def deliver_due(self, stop: threading.Event | None = None) -> int:
        """Send everything that is due; gives how many went out."""
        count = 0
        while not (stop and stop.is_set()):
            at = clock.now()
            with self._store.write() as db:
                mail = outbox.claim_mail(db, now=at, until=at + CLAIM)
            if mail is None:
                break
            count += self._deliver(mail)
        return count

    def _deliver(self, mail: Mail) -> bool:
        try:
            send_message(self._settings, mail.recipient, mail.message)
        except RefusedForGood as error:
            log.warning("A mail was refused for good", extra={"reason": str(error)})
        except (OSError, ValueError) as error:  # of these, a name or password the server's protocol cannot carry
            return self._put_off(mail, error)
        with self._store.write() as db:
            outbox.drop_mail(db, mail.id)
        return True

    def _put_off(self, mail: Mail, error: Exception) -> bool:
        """Later again, or never; the log names neither address nor text."""
        last = mail.tries > len(PAUSES)
        log.warning("A mail could not be sent", extra={"reason": type(error).__name__, "tries": mail.tries})
        with self._store.write() as db:
            if last:
                outbox.drop_mail(db, mail.id)
            else:
                outbox.delay_mail(db, mail.id, clock.now() + PAUSES[mail.tries - 1])
        return False
