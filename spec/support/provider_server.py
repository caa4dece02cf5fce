"""The fake providers behind real sockets: an HTTP(S) server whose requests are answered by the fake of their host
(spec/channels/fake/<name>.lua, called by provider_judge.lua), and which does to the answers what was ordered.

`slack.provider.test` is the fake named slack. Part of fakes.py; what may be ordered there:
  providers certificate                  a server for all of them, with TLS when a certificate is named
  provider name account address now      what the fake shall expect
  change name state                      the fake's state from now on: what its people did
  fault name kind count ms               its next `count` requests (1) come to grief:
      slow (answered after ms), hang (never answered), reset, 500 (a broken gateway's page), certificate (that of another
      host); limited, unauthorized, gone: the vendor's own words for it
  received                               [{name, request, status, complaints, kind}] since the last time; bodies in base64
"""
import asyncio
import base64
import json
import os
import socket
import ssl
import struct

FAULTS = {}
RECEIVED = []
IN_WORDS = {"limited", "unauthorized", "gone"}
TRANSPORT = {"host", "content-length", "connection", "accept", "accept-encoding"}


class Judge:
    """A Lua process: one JSON line each way, in order."""

    def __init__(self):
        self.process, self.lock = None, asyncio.Lock()

    async def start(self):
        env = dict(os.environ, LD_PRELOAD=os.environ.get("SPEC_PRELOAD", ""))
        self.process = await asyncio.create_subprocess_exec(
            "lua5.4", "spec/support/provider_judge.lua", env=env, limit=1 << 24,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)

    async def ask(self, message):
        async with self.lock:
            if not self.process:
                await self.start()
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("the judge has ended")
        return json.loads(line)


JUDGE = Judge()


def name_of(host):
    return host.partition(".")[0].replace("-", "_")


def take_fault(name, is_handshake):
    fault = FAULTS.get(name)
    if not fault or fault["count"] < 1 or (fault["kind"] == "certificate") != is_handshake:
        return None
    fault["count"] -= 1
    return fault


def tls(label, tls_of):
    context = tls_of(label)
    if not context:
        return None
    wrong = tls_of("other")

    def choose(connection, server_name, _):
        name = name_of(server_name or "")
        if take_fault(name, True):
            connection.context = wrong
            RECEIVED.append({"name": name, "kind": "certificate"})
    context.sni_callback = choose
    return context


async def read_request(reader, scheme):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = [[part.strip() for part in line.split(":", 1)] for line in lines[1:] if line]
    known = {key.lower(): value for key, value in headers}
    body = await reader.readexactly(int(known.get("content-length", 0)))
    return {"method": method, "url": scheme + "://" + known["host"] + target, "body": base64.b64encode(body).decode(),
            "headers": [h for h in headers if h[0].lower() not in TRANSPORT]}, name_of(known["host"])


def cut_off(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def write(writer, status, headers, body):
    lines = ["HTTP/1.1 %d Spec" % status, "Content-Length: %d" % len(body), "Connection: close"]
    lines += ["%s: %s" % item for item in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


async def answer(reader, writer, scheme):
    request, name = await read_request(reader, scheme)
    fault = take_fault(name, False)
    kind = fault["kind"] if fault else None
    entry = {"name": name, "request": request, "kind": kind}
    RECEIVED.append(entry)
    if kind == "hang":
        await reader.read()  # until the peer gives up
        entry["gave_up"] = True
        return
    if kind == "reset":
        cut_off(writer)
        return
    if kind == "500":
        write(writer, 500, {"content-type": "text/html"}, b"<html>Internal Server Error</html>")
        return
    if kind == "slow":
        await asyncio.sleep(fault["ms"] / 1000)
    question = {"name": name, "request": request, "fault": kind if kind in IN_WORDS else None}
    said = await JUDGE.ask(question)
    patience = float(said.get("headers", {}).pop("x-fake-wait", 0))
    while patience > 0 and not reader.at_eof():  # a long poll
        await asyncio.sleep(0.05)
        said, patience = await JUDGE.ask(question), patience - 0.05
        if not said.get("headers", {}).pop("x-fake-wait", None):
            break
    entry["status"], entry["complaints"] = said["status"], said["complaints"]
    write(writer, said["status"], said.get("headers", {}), base64.b64decode(said["body"]))


async def serve(reader, writer, scheme):
    try:
        await answer(reader, writer, scheme)
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def obey(order, tls_of):
    """The answer to an order, None when it is none of ours; an asyncio server when it opened one."""
    what = order["do"]
    if what == "providers":
        context = tls(order.get("certificate"), tls_of)
        scheme = "https" if context else "http"
        return await asyncio.start_server(lambda r, w: serve(r, w, scheme), "127.0.0.1", 0, ssl=context)
    if what == "provider":
        return await JUDGE.ask({"know": order["name"], "account": order["account"], "address": order["address"],
                                "now": order.get("now")})
    if what == "change":
        return await JUDGE.ask({"change": order["name"], "state": order["state"]})
    if what == "fault":
        FAULTS[order["name"]] = {"kind": order["kind"], "count": order.get("count", 1), "ms": order.get("ms", 0)}
        return {}
    if what == "received":
        seen = RECEIVED[:]
        RECEIVED.clear()
        return {"list": seen}
    return None
