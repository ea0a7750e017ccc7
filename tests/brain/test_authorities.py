"""TLS to a brain with a private authority: what is verified, what is refused, and by which file."""

import contextlib
import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from company.aws.clients import Cloud, fetch_password
from company.brain import authorities, connect
from company.brain.connection import with_network
from company.errors import BrainUnreachable
from tests.support.brains import TestBrain, rotated

NOW = dt.datetime.now(dt.UTC)
Key = ec.EllipticCurvePrivateKey


def _certificate(name: str, key: Key, issuer: str, by: Key, *, is_authority: bool) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(by, hashes.SHA256())


def _pem(part: x509.Certificate) -> str:
    return part.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class Front:
    """A server that speaks TLS as brain.example, in front of the test's: the port, and its authority's .pem."""

    port: int
    authority: str


@pytest.fixture
def front(brain: TestBrain, tmp_path: Path) -> Iterator[Front]:
    """Takes Postgres' question for TLS, and hands the rest through to the embedded server, which has none."""
    own, servers = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("A private authority", own, "A private authority", own, is_authority=True)
    leaf = _certificate("brain.example", servers, "A private authority", own, is_authority=False)
    secret = servers.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "server.pem").write_text(_pem(leaf) + secret.decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        behind = int(str(conninfo_to_dict(brain.dsn)["port"]))
        Thread(target=_serve, args=(listener, context, behind), daemon=True).start()
        yield Front(listener.getsockname()[1], _pem(root))


def _serve(listener: socket.socket, context: ssl.SSLContext, behind: int) -> None:
    while True:
        try:
            outside, _ = listener.accept()
        except OSError:  # the test is over
            return
        Thread(target=_hand_through, args=(outside, context, behind), daemon=True).start()


def _hand_through(outside: socket.socket, context: ssl.SSLContext, behind: int) -> None:
    with contextlib.suppress(OSError), outside, socket.create_connection(("127.0.0.1", behind)) as inside:
        outside.recv(8)  # SSLRequest
        outside.sendall(b"S")
        with context.wrap_socket(outside, server_side=True) as secured:
            Thread(target=_pump, args=(inside, secured), daemon=True).start()
            _pump(secured, inside)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


def _named(brain: TestBrain, front: Front, **more: str) -> str:
    """The front's address under the name in its certificate."""
    parts = conninfo_to_dict(brain.dsn)
    given = {**parts, "host": "brain.example", "hostaddr": "127.0.0.1", "port": str(front.port), **more}
    return make_conninfo("", **{key: str(value) for key, value in given.items()})


@pytest.fixture
def believed(front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner has put the private authority's roots beside RDS's."""
    for path in authorities.OWN.glob("*.pem"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "private.pem").write_text(front.authority)
    monkeypatch.setattr(authorities, "OWN", tmp_path)
    authorities.bundle.cache_clear()


def test_an_address_outside_is_asked_with_verify_full_by_the_layers_own_authorities() -> None:
    authorities.bundle.cache_clear()
    asked = conninfo_to_dict(with_network("postgresql://db.example:5432/brain"))

    assert (asked["sslmode"], asked["sslrootcert"]) == ("verify-full", str(authorities.bundle()))
    assert conninfo_to_dict(with_network("postgresql://h/b?sslmode=require"))["sslmode"] == "require"
    assert "sslmode" not in conninfo_to_dict(with_network("postgresql://127.0.0.1:5432/brain"))
    assert conninfo_to_dict(with_network("postgresql://h/b?sslrootcert=/a.pem"))["sslrootcert"] == "/a.pem"


def test_the_bundle_holds_rds_and_public_roots_and_all_of_them_are_read() -> None:
    authorities.bundle.cache_clear()
    context = ssl.create_default_context(cafile=str(authorities.bundle()))
    names = str(context.get_ca_certs())

    assert "Amazon RDS eu-central-1 Root CA RSA2048 G1" in names and "ISRG Root X1" in names
    assert "Beta" not in names
    assert len(context.get_ca_certs()) > 150


def test_a_private_authority_is_believed_where_the_owner_put_it(brain: TestBrain, front: Front, believed: None) -> None:
    settings = brain.settings("owner").model_copy(update={"brain_dsn": _named(brain, front)})

    with closing(connect(settings).connection) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}


def test_a_private_authority_is_not_believed_otherwise_and_the_error_says_what_to_do(
    brain: TestBrain, front: Front
) -> None:
    authorities.bundle.cache_clear()
    settings = brain.settings("owner").model_copy(update={"brain_dsn": _named(brain, front)})

    with pytest.raises(BrainUnreachable, match="certificate verify failed.*authorities"):
        connect(settings)


def test_another_name_than_the_certificates_is_refused(brain: TestBrain, front: Front, believed: None) -> None:
    settings = brain.settings("owner").model_copy(update={"brain_dsn": _named(brain, front, host="other.example")})

    with pytest.raises(BrainUnreachable, match=r"does not match host name.*other\.example"):
        connect(settings)


def test_a_token_of_rds_is_signed_for_this_server_and_this_login_and_passes_as_its_password(
    brain: TestBrain, front: Front, believed: None
) -> None:
    dsn = f"postgresql://brain.example:{front.port}/{brain.name}?sslmode=verify-full&hostaddr=127.0.0.1"
    given = {"brain_dsn": dsn, "brain_auth": "iam", "brain_password": None}
    settings = brain.settings("data_worker").model_copy(update=given)

    token = fetch_password(Cloud(), settings)

    asked = urlsplit(f"//{token}")
    signed = dict(parse_qsl(asked.query))
    assert (asked.hostname, asked.port) == ("brain.example", front.port)
    assert (signed["Action"], signed["DBUser"], signed["X-Amz-Expires"]) == ("connect", settings.login, "900")
    assert "/rds-db/aws4_request" in signed["X-Amz-Credential"] and len(signed["X-Amz-Signature"]) == 64
    with rotated(brain, "data_worker", token):
        connected = connect(settings.model_copy(update={"brain_password": token}))
        with closing(connected.connection) as connection:
            assert connection.pgconn.ssl_in_use
