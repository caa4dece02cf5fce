"""Servers that misbehave on demand, for specs of the outgoing client: HTTP, TLS, DNS and mail on one asyncio loop.

JSON lines on standard input, one answer with the same id on standard output each:
  certificates folder                    an authority and certificates: ca, good (a.test, mail.test ...), other (elsewhere), old (expired), alone (unsigned)
  http host port certificate             an HTTP server; what it does stands in the path (see Http)
  silent                                 accepts connections and never says a word; on the same port by UDP
  talk replies certificate               a server that says the first reply, then one for each line it is told; "HANG" hangs, "TLS" begins TLS
  dns                                    a name server on UDP and TCP, on one port; answers() fills its table
  answers table                          {name: {"A": [...], "AAAA": [...], "ttl": n, "rcode": n, "drop": true, "delay": ms}}; a list of lists: one after the other
  smtp certificate tls user password     aiosmtpd, "starttls" or "tls" with a certificate; what it takes goes into a mailbox
  mailbox                                what lies in it, as Python's email reads it; takes it out
  seen                                   requests, DNS questions and mails since the last time
  providers, provider, fault, received   the fake providers: provider_server.py
"""
import asyncio
import base64
import datetime
import ipaddress
import json
import os
import socket
import ssl
import struct
import sys

import provider_server

CERTS = {}
SEEN = {"requests": [], "questions": [], "mails": [], "talk": []}
TABLE = {}
KEEP = []
MAILBOX = []


def make_certificates(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def name(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def save(label, key, *certificates):
        path = os.path.join(folder, label + ".pem")
        with open(path, "wb") as file:
            file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))
            for c in certificates:
                file.write(c.public_bytes(serialization.Encoding.PEM))
        CERTS[label] = path
        return path

    def make(subject, issuer, key, signer, names, first_day, last_day, is_authority):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now + datetime.timedelta(days=first_day))
                   .not_valid_after(now + datetime.timedelta(days=last_day))
                   .add_extension(x509.BasicConstraints(is_authority, None), critical=True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(
                [x509.DNSName(n) if not n[0].isdigit() else x509.IPAddress(ipaddress.ip_address(n)) for n in names]), False)
        return builder.sign(signer, hashes.SHA256())

    def new_key():
        return ec.generate_private_key(ec.SECP256R1())

    ca_key = new_key()
    ca = make("spec authority", "spec authority", ca_key, ca_key, [], -2, 2, True)
    save("ca", ca_key, ca)
    for label, names, first, last in (("good", ["a.test", "b.test", "three.test", "far.test", "mail.test", "*.provider.test",
                                        "sns.eu-central-1.amazonaws.com", "127.0.0.1"], -2, 2), ("other", ["elsewhere.test"], -2, 2),
                                      ("old", ["a.test"], -20, -10)):
        key = new_key()
        save(label, key, make(label, "spec authority", key, ca_key, names, first, last, False))
    key = new_key()
    save("alone", key, make("alone", "alone", key, key, ["a.test", "mail.test"], -2, 2, False))
    return CERTS["ca"]


def tls_of(label):
    if not label:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTS[label])
    return context


class Http:
    """/status/N[?header=value…]  /slow?MS  /hang  /big?N  /endless  /half  /garbage  /reset  /close  /redirect/N?URL
    /echo: what was asked, as JSON. Anything else: 200 and "hello". `pages` come first: texts by target."""

    def __init__(self, reader, writer, pages=None):
        self.reader, self.writer, self.pages = reader, writer, pages or {}
        self.local = writer.get_extra_info("sockname")[0]
        self.peer_port = writer.get_extra_info("peername")[1]

    async def read_request(self):
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = [[k.strip().lower(), v.strip()] for k, v in (line.split(":", 1) for line in lines[1:] if line)]
        length = int(dict(headers).get("content-length", 0))
        body = await self.reader.readexactly(length) if length else b""
        return {"method": method, "target": target, "headers": headers, "body": body.decode("latin-1"),
                "local": self.local, "peer_port": self.peer_port}

    def answer(self, status, body, headers=()):
        text = body if isinstance(body, bytes) else body.encode()
        lines = ["HTTP/1.1 %d Spec" % status, "Content-Length: %d" % len(text)] + ["%s: %s" % h for h in headers]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + text)

    def cut_off(self):
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def act(self, request):
        path, _, query = request["target"].partition("?")
        if request["target"] in self.pages:
            self.answer(200, self.pages[request["target"]])
        elif path.startswith("/status/"):
            self.answer(int(path[8:]), "status", [tuple(p.split("=", 1)) for p in query.split("&") if p])
        elif path.startswith("/redirect/"):
            self.answer(int(path[10:]), "elsewhere", [("Location", query)])
        elif path == "/slow":
            await asyncio.sleep(int(query) / 1000)
            self.answer(200, "slow")
        elif path == "/hang":
            await asyncio.sleep(3600)
        elif path == "/big":
            self.answer(200, b"x" * int(query))
        elif path == "/endless":
            self.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                self.writer.write(b"y" * 65536)
                await self.writer.drain()
        elif path == "/many":
            self.answer(200, "many", [("X-%d" % i, "v" * 100) for i in range(int(query))])
        elif path == "/continue":
            self.writer.write(b"HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n")
            self.answer(200, "late", [("X-Late", "1")])
        elif path == "/half":
            self.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            await self.writer.drain()
            self.writer.close()
        elif path == "/garbage":
            self.writer.write(b"220 this is no HTTP\r\n")
            await self.writer.drain()
            self.writer.close()
        elif path == "/reset":
            self.cut_off()
        elif path == "/close":
            self.writer.close()
        elif path == "/echo":
            self.answer(200, json.dumps(request))
        else:
            self.answer(200, "hello")

    async def serve(self):
        try:
            while not self.writer.is_closing():
                request = await self.read_request()
                SEEN["requests"].append(request)
                await self.act(request)
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            self.writer.close()


async def proxy(reader, writer, to=None):
    """CONNECT to a port of this machine (always `to`, when it is given), whatever the name; names beginning with "no" are refused."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split("\r\n")[0].split(" ")
        SEEN["requests"].append({"method": method, "target": target, "headers": [], "body": "", "local": "proxy"})
        if target.startswith("no") or method != "CONNECT":
            text = b"hello by proxy"
            status = b"403 No" if target.startswith("no") else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
            await writer.drain()
            writer.close()
            return
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", to or int(target.rsplit(":", 1)[1]))
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")

        async def pump(a, b):
            while data := await a.read(65536):
                b.write(data)
                await b.drain()
            b.close()
        await asyncio.gather(pump(reader, to_writer), pump(to_reader, writer), return_exceptions=True)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass


async def silent(reader, writer):
    KEEP.append(writer)
    try:
        while await reader.read(4096):
            pass
    except ConnectionError:
        pass


def talk(replies, certificate):
    async def serve(reader, writer):
        KEEP.append(writer)
        try:
            for reply in replies:
                if reply == "HANG":
                    await asyncio.sleep(3600)
                if reply == "TLS":
                    loop, transport, protocol = asyncio.get_running_loop(), writer.transport, writer.transport.get_protocol()
                    tls = await loop.start_tls(transport, protocol, tls_of(certificate), server_side=True)
                    reader._transport = tls
                    writer = asyncio.StreamWriter(tls, protocol, reader, loop)
                    KEEP.append(writer)
                    SEEN["talk"].append((await reader.readline()).decode("latin-1").rstrip())
                    continue
                writer.write(reply.encode() + b"\r\n")
                await writer.drain()
                if reply.startswith("354"):
                    while (await reader.readline()) not in (b".\r\n", b""):
                        pass
                    continue
                SEEN["talk"].append((await reader.readline()).decode("latin-1").rstrip())
            while line := await reader.readline():
                SEEN["talk"].append(line.decode("latin-1").rstrip())
            SEEN["talk"].append("(end)")
        except (ConnectionError, ssl.SSLError):
            pass
        writer.close()
    return serve


def sequence(value):
    """A list of lists gives one after the other and stays at the last."""
    if value and isinstance(value[0], list):
        return value.pop(0) if len(value) > 1 else value[0]
    return value or []


def dns_answer(query, over_tcp):
    """The bytes of the answer and the delay in seconds; None when nothing shall be answered."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += query[at] + 1
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    question, name = query[12:at + 5], ".".join(labels)
    record = {1: "A", 28: "AAAA"}.get(kind, str(kind))
    entry = TABLE.get(name)
    SEEN["questions"].append({"name": name, "type": record, "tcp": over_tcp})
    if entry is None:
        return struct.pack("!HHHHHH", *struct.unpack("!H", query[:2]), 0x8183, 1, 0, 0, 0) + question, 0
    drop = entry.get("drop")
    if drop is True or drop == record:
        return None
    rcode, ttl = entry.get("rcode", 0), entry.get("ttl", 60)
    rows = [] if rcode else sequence(entry.get(record))
    rrs, count = b"", len(rows)
    owner = b"\xc0\x0c"
    if entry.get("cname"):
        target = b"".join(bytes([len(p)]) + p.encode() for p in entry["cname"].split(".")) + b"\0"
        rrs += owner + struct.pack("!HHIH", 5, 1, entry.get("cname_ttl", ttl), len(target)) + target
        owner = struct.pack("!H", 0xc000 | (12 + len(question) + 12))
        count += 1
    for row in rows:
        data = ipaddress.ip_address(row).packed
        rrs += owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data
    flags = 0x8180 | rcode
    if entry.get("cut") and not over_tcp:
        flags, rrs, count = flags | 0x0200, b"", 0
    head = struct.pack("!HHHHHH", *struct.unpack("!H", query[:2]), flags, 1, count, 0, 0)
    return head + question + rrs, entry.get("delay", 0) / 1000


class Dns(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        answer = dns_answer(data, False)
        if answer:
            asyncio.get_running_loop().call_later(answer[1], self.transport.sendto, answer[0], address)


async def dns_over_tcp(reader, writer):
    try:
        while True:
            size = struct.unpack("!H", await reader.readexactly(2))[0]
            answer = dns_answer(await reader.readexactly(size), True)
            if answer:
                writer.write(struct.pack("!H", len(answer[0])) + answer[0])
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def open_dns():
    loop = asyncio.get_running_loop()
    for _ in range(20):  # one port that is free on both
        transport, _ = await loop.create_datagram_endpoint(Dns, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        try:
            KEEP.append(await asyncio.start_server(dns_over_tcp, "127.0.0.1", port))
            return port
        except OSError:
            transport.close()
    raise OSError("no port for a name server")


async def open_smtp(order):
    import logging
    from aiosmtpd.smtp import SMTP, AuthResult
    logging.getLogger("mail").setLevel(logging.CRITICAL)  # it warns of what the specs do on purpose

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            is_sealed = server.transport.get_extra_info("ssl_object") is not None
            MAILBOX.append((is_sealed, envelope.original_content))
            SEEN["mails"].append({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                                  "data": envelope.original_content.decode("latin-1"), "tls": session.ssl is not None,
                                  "user": getattr(session, "auth_data", None) and session.auth_data.login.decode()})
            return "250 taken"

        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("nobody@"):
                return "550 5.1.1 no such mailbox"
            if address.startswith("later@"):
                return "451 4.7.1 greylisted, try again"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    def check(server, session, envelope, mechanism, data):
        good = data.login.decode() == order.get("user") and data.password.decode() == order.get("password")
        return AuthResult(success=good, handled=good, auth_data=data)

    context = tls_of(order.get("certificate"))
    is_starttls = order.get("tls") == "starttls"

    def make():
        return SMTP(Handler(), hostname="mail.test", loop=asyncio.get_running_loop(),
                    tls_context=context if is_starttls else None, require_starttls=is_starttls,
                    authenticator=check if order.get("user") else None, auth_required=bool(order.get("user")),
                    auth_require_tls=is_starttls)
    return await asyncio.get_running_loop().create_server(make, order.get("host", "127.0.0.1"), 0, ssl=None if is_starttls else context)


def read_mailbox():
    import email
    import email.policy
    out = []
    for is_sealed, data in MAILBOX:
        m = email.message_from_bytes(data, policy=email.policy.default)
        out.append({"tls": is_sealed, "headers": {k.lower(): str(v) for k, v in m.items()},
                    "defects": [str(d) for part in m.walk() for d in part.defects],
                    "plain": m.get_body(("plain",)).get_content(), "html": m.get_body(("html",)).get_content()})
    MAILBOX.clear()
    return {"mails": out}


async def obey(order):
    what = order["do"]
    if what == "mailbox":
        return read_mailbox()
    if what == "certificates":
        return {"ca": make_certificates(order["folder"])}
    if what == "answers":
        TABLE.update(order["table"])
        return {}
    if what == "seen":
        seen = {key: list(value) for key, value in SEEN.items()}
        for value in SEEN.values():
            value.clear()
        return seen
    if what == "dns":
        return {"port": await open_dns()}
    answer = await provider_server.obey(order, tls_of)
    if isinstance(answer, dict):
        return answer
    if answer:
        server = answer
    elif what == "smtp":
        server = await open_smtp(order)
    elif what == "silent":
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        deaf.bind(server.sockets[0].getsockname())
        KEEP.append(deaf)
    elif what == "proxy":
        server = await asyncio.start_server(lambda r, w: proxy(r, w, order.get("to")), "127.0.0.1", 0)
    elif what == "talk":
        server = await asyncio.start_server(talk(order["replies"], order.get("certificate")), "127.0.0.1", 0)
    elif what == "http":
        async def serve(reader, writer):
            await Http(reader, writer, order.get("pages")).serve()
        server = await asyncio.start_server(serve, order.get("host", "127.0.0.1"), order.get("port", 0),
                                            ssl=tls_of(order.get("certificate")))
    else:
        raise ValueError(what)
    KEEP.append(server)
    return {"port": server.sockets[0].getsockname()[1]}


async def main():
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        answer = await obey(order)
        answer["id"] = order.get("id")
        print(json.dumps(answer), flush=True)


asyncio.run(main())
os._exit(0)
