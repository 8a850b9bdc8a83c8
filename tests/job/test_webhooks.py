"""Delivering to real servers on this machine: taken, slow, broken, sending elsewhere, with the wrong certificate, inside."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from consult.job import hooks, wire
from consult.service import clock, webhooks
from tests.factories import Cast
from tests.service.test_webhooks import SECRET, registered


class Handler(BaseHTTPRequestHandler):
    """Answers as its path says, and remembers what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        if self.path == "/slow":
            time.sleep(1.5)
        if self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(30):
                time.sleep(0.1)
                self.wfile.write(b"x-more: 1\r\n")
                self.wfile.flush()
        if self.path == "/elsewhere":
            self.send_response(307)
            self.send_header("Location", "/taken")
            self.end_headers()
            return
        self.send_response({"/broken": 500, "/gone": 410}.get(self.path, 204 if self.path != "/large" else 200))
        self.end_headers()
        if self.path == "/large":
            for _ in range(2000):
                self.wfile.write(b"x" * 10_000)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is what is tested."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def inside(app: Flask) -> None:
    app.config["CONSULT_WEBHOOKS_INSIDE"] = True


def sent(cast: Cast, server: Server, path: str) -> tuple[int | None, str]:
    """Status and words of one try to deliver a test message."""
    hook = registered(cast, address=f"http://127.0.0.1:{server.server_port}{path}")
    webhooks.try_out(hook, by=cast.actor("committee_1"))
    hooks.send_due()
    (message,) = webhooks.deliveries(hook.id)
    (tried,) = message.tries
    assert message.state == ("waiting" if tried.words else "delivered")
    return tried.status, tried.words


@pytest.mark.usefixtures("inside")
def test_a_message_arrives_with_a_signature_that_the_other_side_can_check(cast: Cast, server: Server) -> None:
    assert sent(cast, server, "/taken?from=consult") == (204, "")
    ((path, headers, body),) = server.got
    assert path == "/taken?from=consult" and json.loads(body)["type"] == "webhook.test"
    stamp = headers["webhook-timestamp"]
    assert abs(int(stamp) - clock.now().timestamp()) < 60
    assert headers["webhook-signature"] == webhooks.signature(SECRET, headers["webhook-id"], stamp, body)
    assert headers["Content-Type"] == "application/json"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/broken", 500, "answered 500"),
        ("/gone", 410, "answered 410"),
        ("/elsewhere", 307, "not followed"),
        ("/slow", None, "No answer within 0.4 seconds"),
        ("/drip", None, "No answer within 0.4 seconds"),
    ],
)
def test_what_is_not_taken_is_written_down_and_tried_again(
    cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch, path: str, status: int | None, said: str
) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.4)
    begun = time.monotonic()
    found, words = sent(cast, server, path)
    assert found == status and said in words
    assert len(server.got) == 1 and time.monotonic() - begun < 30  # it never went elsewhere, and did not hang


@pytest.mark.usefixtures("inside")
def test_a_large_answer_is_not_read_to_its_end_and_nobody_there_is_no_fault(cast: Cast, server: Server) -> None:
    assert sent(cast, server, "/large") == (200, "")
    hook = registered(cast, address="http://127.0.0.1:1/")
    webhooks.try_out(hook, by=cast.actor("committee_1"))
    assert hooks.send_due() == 0
    assert webhooks.deliveries(hook.id)[0].tries[0].words == "No answer: ConnectionRefusedError."


@pytest.mark.usefixtures("inside")
def test_one_that_does_not_answer_is_left_alone_for_the_round_and_holds_up_no_other(
    cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    slow = registered(cast, address=f"http://127.0.0.1:{server.server_port}/slow")
    good = registered(cast, address=f"http://127.0.0.1:{server.server_port}/taken")
    for _ in range(2):
        webhooks.try_out(slow, by=cast.actor("committee_1"))
    webhooks.try_out(good, by=cast.actor("committee_1"))
    assert hooks.send_due() == 1
    assert [path for path, _, _ in server.got].count("/slow") == 1


def test_nothing_inside_the_network_is_called_whatever_its_name_says(
    app: Flask, cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0"):
        app.config["CONSULT_WEBHOOKS_INSIDE"] = True  # when it was registered, and not any more
        hook = registered(cast, address=f"https://{host}:{server.server_port}/taken")
        app.config["CONSULT_WEBHOOKS_INSIDE"] = False
        webhooks.try_out(hook, by=cast.actor("committee_1"))
        hooks.send_due()
        tried = webhooks.deliveries(hook.id)[0].tries[0]
        assert tried.status is None and "inside this network" in tried.words, host

    def both(host: str, port: int, **how: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.215.14", port)), (2, 1, 6, "", ("192.168.0.1", port))]

    monkeypatch.setattr(wire.socket, "getaddrinfo", both)  # a name that leads outside and inside
    with pytest.raises(wire.Failed, match="inside this network"):
        wire.resolved("both.example", 443, inside=False)
    assert server.got == []


def test_the_call_goes_to_the_address_that_was_looked_at(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once: one that changes its mind in between (DNS rebinding) leads nowhere else."""
    asked: list[str] = []

    def once(host: str, port: int, *rest: Any, **how: Any) -> list[Any]:
        asked.append(host)
        assert host in ("hook.example", "127.0.0.1")
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(wire.socket, "getaddrinfo", once)
    assert wire.post(f"http://hook.example:{server.server_port}/taken", b"{}", {}, inside=True) == 204
    assert asked.count("hook.example") == 1


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate of its own for a name, and the file by which it can be trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


def test_tls_is_checked_against_the_name_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = certificate(tmp_path, "127.0.0.1"), certificate(tmp_path, "other.example")
    for (context, file), trusted, said in (
        (right, True, ""),
        (right, False, "certificate is not good"),
        (wrong, True, "certificate is not good"),
    ):
        trust = ssl.create_default_context(cafile=str(file) if trusted else None)
        monkeypatch.setattr(wire, "trust", lambda trust=trust: trust)
        server = Server(context)
        address = f"https://127.0.0.1:{server.server_port}/taken"
        try:
            if said:
                with pytest.raises(wire.Failed, match=said):
                    wire.post(address, b"{}", {}, inside=True)
                assert server.got == []
            else:
                assert wire.post(address, b"{}", {}, inside=True) == 204
        finally:
            server.shutdown()
            server.server_close()
    with pytest.raises(wire.Failed, match="https"):
        wire.post("http://127.0.0.1/", b"{}", {})
