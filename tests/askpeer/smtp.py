"""A small SMTP server on 127.0.0.1: it keeps what it is sent and refuses whom it is told to."""

import socketserver
from threading import Thread


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.data()
            elif verb == b"QUIT":
                return self.say(b"221 bye")
            else:
                self.say(self.answer(verb, line))
        return None

    def answer(self, verb, line):
        if verb != b"RCPT":
            return b"250 ok"
        return next((say for who, say in self.server.refuses.items() if who.encode() in line), b"250 ok")

    def data(self):
        self.say(b"354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        self.server.letters.append(b"".join(lines))
        self.say(b"250 kept")

    def say(self, line):
        self.wfile.write(line + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    """`with Server() as server`: server.port, server.letters (bytes), server.refuses {part of an address: answer}."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.port, self.letters, self.refuses = self.server_address[1], [], {}

    def __enter__(self):
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.shutdown()
        self.server_close()
