"""A small HTTPS server on 127.0.0.1, known as hooks.example.org: it keeps what it is sent and answers as it is told."""

import ipaddress
import socket
import socketserver
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "hooks.example.org"
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
LONGEST = 60  # seconds that anything here waits


def answer(status):
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


def certificate(folder):
    """A file with a key and its own certificate, which a client can be told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "hooks.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return str(path)


@dataclass
class Call:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    asked_for: str | None


class _Talk(socketserver.BaseRequestHandler):
    def handle(self):
        if self.server.is_deaf:
            self.server.over.wait(LONGEST)
            return
        with suppress(OSError), self.server.tls.wrap_socket(self.request, server_side=True) as line:
            self.server.calls.append(self.read(line))
            answers = self.server.answers
            say = answers.pop(0) if len(answers) > 1 else answers[0]
            say(self.server, line) if callable(say) else line.sendall(say)

    def read(self, line):
        with line.makefile("rb") as file:
            first = file.readline().decode().strip()
            headers = {}
            while (row := file.readline().decode().strip()) != "":
                name, _, value = row.partition(": ")
                headers[name] = value
            return Call(first, headers, file.read(int(headers["Content-Length"])), self.server.names.get(line))


class Server(socketserver.ThreadingTCPServer):
    """`with Server(pem) as server`: server.port, server.calls, server.answers (bytes, or what speaks to the line).

    The last answer is given again and again. Where is_deaf is set it takes a connection and never says a word.
    """

    daemon_threads = True

    def __init__(self, pem):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(pem)
        self.tls.sni_callback = lambda line, name, _: self.names.update({line: name})
        self.port, self.calls, self.answers, self.names = self.server_address[1], [], [FINE], {}
        self.is_deaf, self.over, self.said = False, Event(), 0

    def __enter__(self):
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.over.set()
        self.shutdown()
        self.server_close()


def hang(server, line):
    server.over.wait(LONGEST)


def reset(server, line):
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(server, line):
    """A good answer, a byte at a time, complete after 6 s: no single read of it takes long."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 90 + b"\r\nContent-Length: 0\r\n\r\n":
        line.sendall(bytes([byte]))
        server.over.wait(0.05)


def drip_words(server, line):
    """A good answer at once, and then its words a byte at a time."""
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 120\r\n\r\n")
    for _ in range(120):
        line.sendall(b"z")
        server.over.wait(0.05)


def flood(server, line):
    """A good answer of 64 MiB; server.said counts what the line took."""
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
    while server.said < 67108864:
        line.sendall(b"z" * 65536)
        server.said += 65536
