"""A small SMTP server on 127.0.0.1: it keeps what it is sent, refuses what it is told to, breaks off where asked."""

import socketserver
import struct
from contextlib import suppress
from socket import SO_LINGER, SOL_SOCKET
from threading import Event, Thread

RESET = "reset"
HANG = "hang"
DRIP = "drip"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(OSError, Over):  # the other side went
            self.talk()

    def talk(self):
        self.server.calls += 1
        self.tell("CONNECT", b"220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.data()
            elif verb == b"QUIT":
                return self.tell("QUIT", b"221 bye")
            else:
                self.tell(verb.decode(), self.answer(verb, line))
        return None

    def answer(self, verb, line):
        if verb != b"RCPT":
            return b"250 ok"
        return next((say for who, say in self.server.refuses.items() if who.encode() in line), b"250 ok")

    def data(self):
        self.tell("DATA", b"354 go on")
        if "DATA" in self.server.says:
            return
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        self.server.letters.append(b"".join(lines))
        self.tell("TAKEN", b"250 kept")

    def tell(self, at, line):
        """Say it, or what the server was told to say or do at this point."""
        line = self.server.says.get(at, line)
        if line == RESET:
            self.request.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
            raise Over
        if line == HANG:
            self.server.over.wait(self.server.hangs)
            line = b"220 here" if at == "CONNECT" else b"250 at last"
        elif line == DRIP:
            return self.drip()
        return self.say(line)

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def drip(self):
        """A byte now and then: no single step ever takes too long."""
        while not self.server.over.wait(0.05):
            self.wfile.write(b"2")
        raise Over


class Over(Exception):
    """Nothing more is said."""


class Server(socketserver.ThreadingTCPServer):
    """`with Server() as server`: server.port, server.letters it read to their end (bytes), server.calls, how many.

    refuses: {part of an address: answer}. says: {"CONNECT", a verb or "TAKEN", the answer to a letter: what it says
    then instead, or RESET, HANG (for `hangs` seconds) or DRIP}.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.port, self.letters, self.refuses, self.says = self.server_address[1], [], {}, {}
        self.calls, self.hangs, self.over = 0, 30.0, Event()

    def __enter__(self):
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.over.set()
        self.shutdown()
        self.server_close()
