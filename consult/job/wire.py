"""Calling an address that somebody else chose, so that it can harm nobody here.

The name is resolved once and every address that it leads to is looked at; the call goes to the address that was looked at
and to no other. Nothing inside the network is called, redirects are not followed, TLS is checked against the name, and
time and size are limited. The threats: OWASP, Server Side Request Forgery; DNS rebinding.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from consult.domain.interfaces import is_outside

#: The most seconds that one call takes in all, and the most bytes of its answer that are read.
SECONDS, BYTES = 10.0, 8_192

#: Certificates that are trusted; tests trust one of their own.
trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


class Failed(Exception):
    """It was not taken; the words say why, for the log that an administrator reads."""


def resolved(host: str, port: int, inside: bool) -> str:
    """One address of a host that may be called.

    Raises:
        Failed: if it has none, or any of them is inside the network and `inside` is not allowed.
    """
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as fault:
        raise Failed("The name of the address could not be found.") from fault
    if not inside and not all(map(is_outside, found)):
        raise Failed("The address leads inside this network, where nothing is sent.")
    return found[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address, self._tls = address, context
        #: Whether it was ended because its time was over.
        self.late = False

    def connect(self) -> None:
        bare = socket.create_connection((self._address, self.port), SECONDS)
        try:
            self.sock = self._tls.wrap_socket(bare, server_hostname=self.host) if self._tls else bare
        except BaseException:
            bare.close()
            raise

    def cut(self) -> None:
        """End it at once, whatever it waits for."""
        self.late = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(address: str, body: bytes, headers: Mapping[str, str], *, inside: bool = False) -> int:
    """Send a message; the status that says it was taken (200 to 299). `inside`: private addresses and no TLS are allowed.

    Raises:
        Failed: for anything else; its `status` is the answer's, or None where there was none.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and not inside:
        raise Failed("The address does not begin with https://.")
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    call = _Pinned(host, port, resolved(host, port, inside), trust() if parts.scheme == "https" else None)
    watch = threading.Timer(SECONDS, call.cut)
    watch.daemon = True
    watch.start()
    try:
        call.request("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, dict(headers))
        answer = call.getresponse()
        answer.read(BYTES)
    except ssl.SSLCertVerificationError as fault:
        raise Failed(f"The certificate is not good: {fault.verify_message}.") from fault
    except (OSError, http.client.HTTPException) as fault:
        late = call.late or isinstance(fault, TimeoutError)
        raise Failed(_late() if late else f"No answer: {type(fault).__name__}.") from fault
    finally:
        watch.cancel()
        call.close()
    if call.late:
        raise Failed(_late())  # what was cut off in its heading looks like an answer
    if 300 <= answer.status < 400:
        raise Refusing(answer.status, f"It answered {answer.status} and sent us elsewhere; that is not followed.")
    if not 200 <= answer.status < 300:
        raise Refusing(answer.status, f"It answered {answer.status}.")
    return answer.status


def _late() -> str:
    return f"No answer within {SECONDS:g} seconds."


class Refusing(Failed):
    """It answered, and did not take the message."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
