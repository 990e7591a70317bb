"""A stand-in for Google: it shows its keys, signs tokens and takes codes, at an address of this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone

CLIENT_ID = "client.apps.googleusercontent.com"
SECRET = "client-secret"


@cache
def key_and_certificate(name: str) -> tuple[rsa.RSAPrivateKey, str]:
    """A key, and its certificate as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2120, 1, 1, tzinfo=UTC),
    )
    certificate = builder.sign(key, hashes.SHA256())
    return key, certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Google:
    """What it answers is there to be changed: `keys` and `token_answer` are (status, body) pairs."""

    url: str = ""
    keys: tuple[int, bytes] = (200, b"")
    token_answer: tuple[int, bytes] = (400, b'{"error": "invalid_grant"}')
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def token(self, *, signer: str = "first", kid: str | None = "first", **changes: Any) -> str:
        """An ID token of Ada's, with these claims; those that are None are left out."""
        now = timezone.now()
        claims = {
            "iss": "https://accounts.google.com",
            "aud": CLIENT_ID,
            "sub": "1234567890",
            "email": "ada@example.com",
            "email_verified": True,
            "given_name": "Ada",
            "family_name": "Lovelace",
            "name": "Ada Lovelace",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
            **changes,
        }
        given = {name: value for name, value in claims.items() if value is not None}
        key, _ = key_and_certificate(signer)
        return jwt.encode(given, key, algorithm="RS256", headers={"kid": kid} if kid else {})

    def gives(self, token: str) -> None:
        """The token endpoint answers any code with this ID token."""
        self.token_answer = (200, json.dumps({"id_token": token, "access_token": "x"}).encode())


@contextmanager
def google_server() -> Iterator[Google]:
    """A Google that runs as long as the block."""
    google = Google(keys=(200, json.dumps({"first": key_and_certificate("first")[1]}).encode()))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            google.asked.append((self.path, {}))
            self.answer(*google.keys)

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            google.asked.append((self.path, parse_qs(form)))
            self.answer(*google.token_answer)

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    google.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()


def use(google: Google, settings: Any) -> None:
    """Let the project sign in with this Google."""
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, SECRET
    settings.GOOGLE_CERTS_URL, settings.GOOGLE_TOKEN_URL = f"{google.url}/certs", f"{google.url}/token"
