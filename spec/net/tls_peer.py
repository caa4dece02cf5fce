"""A TLS client that moves the bytes itself, for http_tls_spec.lua: byte by byte, cut short, tampered with, half closed.

tls_peer.py PORT CERTIFICATE CASE → prints what it saw, one line.
"""
import socket
import ssl
import sys
import time

port, certificate, case = int(sys.argv[1]), sys.argv[2], sys.argv[3]
REQUEST = b"GET /big?n=5 HTTP/1.1\r\nHost: spec\r\n\r\n"


class Peer:
    def __init__(self):
        context = ssl.create_default_context(cafile=certificate)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send = self.sock.sendall

    def send_by_bytes(self, data):
        for i in range(len(data)):
            self.sock.sendall(data[i : i + 1])

    def run(self, step):
        while True:
            try:
                result = step()
                self.send(self.outgoing.read())
                return result
            except ssl.SSLWantReadError:
                self.send(self.outgoing.read())
                data = self.sock.recv(65536)
                if data:
                    self.incoming.write(data)
                else:
                    self.incoming.write_eof()

    def shake(self):
        self.run(self.tls.do_handshake)

    def ask(self, request):
        self.run(lambda: self.tls.write(request))

    def answer(self, length):
        text = b""
        while len(text) < length or b"\r\n\r\n" not in text:
            text += self.run(lambda: self.tls.read(65536))
        return text

    def status(self):
        return self.answer(1).split(b"\r\n")[0].decode()

    def ending(self):
        started = time.time()
        try:
            while self.sock.recv(65536):
                pass
            how = "closed"
        except ConnectionResetError:
            how = "reset"
        return f"{how} {time.time() - started:.2f}"


def by_bytes():
    p = Peer()
    p.send = p.send_by_bytes
    p.shake()
    p.ask(REQUEST)
    return p.answer(1)[-5:].decode()


def cut_short():
    p = Peer()
    try:
        p.tls.do_handshake()
    except ssl.SSLWantReadError:
        p.sock.sendall(p.outgoing.read()[:100])
    return p.ending()


def trickle():
    p = Peer()
    try:
        p.tls.do_handshake()
    except ssl.SSLWantReadError:
        hello = p.outgoing.read()
    started = time.time()
    try:
        for i in range(len(hello)):
            p.sock.sendall(hello[i : i + 1])
            time.sleep(0.02)
    except OSError:
        pass
    return f"ended {time.time() - started:.2f}"


def tampered():
    p = Peer()
    p.shake()
    p.tls.write(REQUEST)
    sealed = bytearray(p.outgoing.read())
    sealed[-1] ^= 1
    p.sock.sendall(bytes(sealed))
    return p.ending().split()[0]


def half_closed():
    p = Peer()
    p.shake()
    p.tls.write(b"GET /slow?ms=60&text=late HTTP/1.1\r\nHost: spec\r\n\r\n")
    try:
        p.tls.unwrap()
    except ssl.SSLWantReadError:
        p.sock.sendall(p.outgoing.read())
    got = b""
    while True:
        data = p.sock.recv(65536)
        if not data:
            return f"{len(got) > 0}"
        got += data


def pipelined():
    p = Peer()
    p.shake()
    p.ask(b"GET /slow?ms=30&text=first HTTP/1.1\r\nHost: spec\r\n\r\n" + REQUEST * 40)
    text = p.answer(1)
    while text.count(b"HTTP/1.1 200 OK") < 41:
        text += p.run(lambda: p.tls.read(65536))
    return f"{text.count(b'xxxxx')} {text.index(b'first') < text.index(b'xxxxx')}"


def big():
    body = b"y" * 3000000
    p = Peer()
    p.shake()
    p.ask(b"POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    text = p.answer(len(body))
    return f"{text.endswith(body)}"


def busy():
    peers = [Peer() for _ in range(10)]
    for p in peers:
        p.shake()
    lines = []
    for p in peers:
        try:
            p.ask(REQUEST)
            lines.append(p.status().split()[1])
        except (ssl.SSLError, OSError) as e:
            lines.append(type(e).__name__)
    return " ".join(lines)


print({f.__name__: f for f in (by_bytes, cut_short, trickle, tampered, half_closed, pipelined, big, busy)}[case]())
