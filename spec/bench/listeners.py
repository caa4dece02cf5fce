"""Alerts a second that open a group each, with 0, 1 and 100 listeners of live events, and by TLS: listeners.py BUILD [SECONDS].

Load and listeners run on the same machine; the listeners read and throw away.
"""
import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

build, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4
binary = os.path.join(build, "tocsin")


class Readers(threading.Thread):
    def __init__(self, port, token, count):
        super().__init__(daemon=True)
        self.selector, self.bytes, self.resets, self.cut = selectors.DefaultSelector(), 0, 0, 0
        self.is_ending = False
        for _ in range(count):
            s = socket.create_connection(("127.0.0.1", port))
            s.sendall(b"GET /api/v1/events/ HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n" % token.encode())
            self.selector.register(s, selectors.EVENT_READ)
        self.count = count

    def run(self):
        while not self.is_ending and self.count:
            for key, _ in self.selector.select(0.1):
                data = key.fileobj.recv(1 << 20)
                self.bytes += len(data)
                self.resets += data.count(b"event: reset")
                if not data:
                    self.cut += 1
                    self.selector.unregister(key.fileobj)


def measure(name, listeners, flags, scheme="http", groups=0):
    data = tempfile.mkdtemp()
    server = subprocess.Popen([binary, "serve", "--data", data, "--listen", "127.0.0.1:0", *flags], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    port = int(re.search(r":(\d+)$", server.stdout.readline().strip()).group(1))
    token = subprocess.run([binary, "token", "create", "--data", data, "--name", "bench"], capture_output=True, text=True).stdout.strip()
    made = subprocess.run(["curl", "-sk", "-H", "Authorization: " + token, "--json", '{"type":"alertmanager","name":"bench"}',
                           "%s://127.0.0.1:%d/api/v1/integrations/" % (scheme, port)], capture_output=True, text=True).stdout
    url = "%s://127.0.0.1:%d%s" % (scheme, port, re.sub(r"^https?://[^/]*", "", json.loads(made)["link"]))
    readers = Readers(port, token, listeners)
    readers.start()
    out = subprocess.run(["wrk", "-t2", "-c64", "-d%ds" % seconds, "-s", "spec/bench/alerts.wrk.lua", url, "--", "tocsin", str(groups), "0"],
                         capture_output=True, text=True).stdout
    r = json.loads(re.search(r"RESULT (.*)", out).group(1))
    readers.is_ending = True
    server.terminate()
    server.wait()
    shutil.rmtree(data)
    print("%-28s %7.0f alerts/s  p50 %.1f ms  p99 %.1f ms  bad %d  told %d KiB, %d resets, %d cut off" % (
        name, r["requests"] / r["us"] * 1e6, r["p50_us"] / 1e3, r["p99_us"] / 1e3, r["bad"], readers.bytes >> 10, readers.resets, readers.cut),
        flush=True)


folder = tempfile.mkdtemp()
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder + "/key",
                "-out", folder + "/pem", "-days", "2", "-subj", "/CN=localhost"], capture_output=True)
for count in (0, 1, 100):
    measure("opening, %d listeners" % count, count, [])
    measure("joining 1000, %d listeners" % count, count, [], groups=1000)
measure("opening, TLS keep-alive", 0, ["--tls-certificate", folder + "/pem", "--tls-key", folder + "/key"], "https")
measure("joining 1000, TLS keep-alive", 0, ["--tls-certificate", folder + "/pem", "--tls-key", folder + "/key"], "https", 1000)
shutil.rmtree(folder)
