"""Messages (section 8), proofs (section 10) and a county's side of an exchange (section 11)."""
import base64
import http.client
import os
import random
import re
import time
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cbor import Refusal, ascending, decode, encode, fields, need, one, sequence, shape
from model import (Change, Clock, Log, Reference, Segment, number, read_clock,
                   scope_order, sha, verifies)
from store import Store

RULES = ("malformed", "not-canonical", "too-large", "unsupported", "unknown-node",
         "bad-signature", "gap", "scope-not-granted", "inconsistent")  # X4
TIME, NONCE, BOOT = -65537, -65538, -65539
MESSAGES = {"exchange-request": ({4: int}, {2: list, 3: list, 9: list}),
            "exchange-answer": ({}, {2: list, 5: list, 6: list, 7: list, 8: object}),
            "wake": ({}, {})}


def read_refusal(value: Any) -> list:
    rule, log, first, position = shape(value, int, object, int, int)
    need(1 <= rule <= 9)
    return [RULES[rule - 1], log and Log.read(log), first, position]


def read_receipt(value: Any) -> tuple[Log, int, bytes, bytes]:
    """S12."""
    log, at, digest, signature = shape(value, list, int, 32, 64)
    return Log.read(log), number(at), digest, signature


ITEMS = {2: Reference.read, 3: Reference.read, 5: read_receipt, 6: read_refusal, 7: Reference.read,
         9: Log.read}


def read_message(kind: str, data: bytes) -> tuple[dict, list[bytes]]:
    """X1 to X3, X6."""
    message, end = decode(data)
    segments = sequence(data, end)
    required, optional = MESSAGES[kind]
    need(fields(message, {0: int, 1: list} | required, optional)[0] == 1, "unsupported")
    need(message.get(4, 0) <= 8388608 and len(message[1]) <= 64, "too-large")
    need(message.get(8, True) is True, "not-canonical")
    reports = [shape(report, str, 32, *[list] * (kind != "wake" and len(report) == 3))
               for report in message[1]]
    ascending([scope_order(scope) for scope, *_ in reports])
    message[1] = [(scope, digest, *map(read_clock, clock)) for scope, digest, *clock in reports]
    for key in ITEMS.keys() & message.keys():
        need(len(message[key]) <= 4096, "too-large")
        message[key] = [ITEMS[key](item) for item in message[key]]
    ascending(message.get(9, []))
    need(all(type(segment) is bytes for segment in segments) and not (kind == "wake" and segments))
    return message, segments


def make_proof(key: Ed25519PrivateKey, protected: dict, payload: list) -> str:
    """A1, A2."""
    head = encode(protected)
    signature = key.sign(encode(["Signature1", head, b"", encode(payload)]))
    return base64.b64encode(encode([head, {}, None, signature])).decode()


def read_proof(data: bytes, keys: dict[str, bytes], payload: list) -> dict:
    """The protected header of a proof that its node signed; A1 to A3."""
    try:
        head, unprotected, detached, signature = shape(one(data), bytes, dict, object, 64)
        protected = fields(one(head), {1: object, 4: bytes, TIME: object, NONCE: 16, BOOT: int}, {})
        need(unprotected == {} and detached is None and type(protected[TIME]) is int)
    except Refusal as fault:
        raise Refusal("signature-malformed") from fault
    need(protected[1] == -8, "signature-algorithm")
    key = keys.get(protected[4].decode(errors="replace"), b"")
    need(verifies(key, signature, ["Signature1", head, b"", encode(payload)]), "signature-invalid")
    return protected


class Failure(Exception):
    """What the hub answered instead of 200, or that the line gave out (status 0)."""

    def __init__(self, sentence: str, status: int = 0, wait: float = 0):
        super().__init__(sentence)
        self.status, self.wait = status, wait


class Client:
    def __init__(self, store: Store, hub: str, node: str, key: Ed25519PrivateKey | None):
        self.store, self.url, self.node, self.key = store, urlsplit(hub), node, key
        self.boot, self.offset = 0, 0  # A4, A5
        self.shown: dict[str, Clock] = {}  # what the hub last showed of each scope
        self.marks: dict[Log, Change] = {}  # D3
        self.deferred: set[Log] = set()
        self.limit = 0  # bytes of segments in a request; none before the hub showed a clock (B7)
        self.rounds = self.sent = self.received = 0

    def post(self, path: str, body: bytes, tries: int = 3) -> bytes:
        """A signed request and its answer, believed only as far as the hub signed it (A3)."""
        hub, nonce, now = self.store.hub, os.urandom(16), time.time_ns() // 10**6
        protected = {1: -8, 4: self.node.encode(), NONCE: nonce, BOOT: self.boot,
                     TIME: now + self.offset}
        proof = make_proof(self.key, protected, ["request", "POST", path, hub, sha(body)])
        headers = {"Content-Type": "application/cbor-seq", "CreditSync-Proof": proof}
        line = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            data, status = answer.read(), answer.status
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"the hub was not reached: {error}") from error
        finally:
            line.close()
        problem = data.decode(errors="replace") if status != 200 else ""
        wait = min(3600.0, float(answer.headers.get("Retry-After", 0)))  # B4
        try:
            signed = read_proof(base64.b64decode(answer.headers.get("CreditSync-Proof", "")),
                                {hub: self.store.hub_key},
                                ["answer", status, path, self.node, sha(data)])
            need(signed[NONCE] == nonce, "signature-invalid")
        except (Refusal, ValueError) as error:
            raise Failure(f"not signed by the hub: {status} {problem}", wait=wait) from error
        if status == 401 and tries > 1 and re.search("problems/(boot|clock)", problem):
            self.boot, self.offset = signed[BOOT], signed[TIME] - now
            return self.post(path, body, tries - 1)
        if status != 200:
            raise Failure(f"{status}: {problem}", status, wait)
        return data

    def request(self) -> tuple[dict, list[Segment]]:
        """What to send; section 9."""
        store, request, lacking, marks, segments = self.store, {0: 1, 1: [], 4: 2 << 20}, [], [], []
        for scope in store.scopes:
            clock, shown = store.clock(scope), self.shown.get(scope, {})
            report = [] if self.shown.get(scope) == clock else [sorted(clock.items())]  # D5
            request[1].append([scope, store.digest(scope), *report])
            lacking += store.lacking(scope, shown, self.marks)
            marks += [self.marks[log].name for log in shown.keys() & self.marks.keys()
                      if any(tip not in store.changes for _, tip in shown[log])]
        for segment in sorted(lacking, key=lambda one: (one.log in self.deferred, one.log)):
            if sum(len(other.data) for other in segments) < self.limit:  # X2
                segments.append(segment)
        request |= {2: sorted(marks)} if marks else {}
        request |= {9: sorted(self.deferred)} if self.deferred else {}
        return request, segments

    def exchange(self) -> bool:
        """One request; says whether anything moved."""
        store, before, (request, segments) = self.store, self.shown.copy(), self.request()
        body = encode(request) + b"".join(encode(segment.data) for segment in segments)
        answer, received = read_message("exchange-answer", self.post("/sync/v1/exchange", body))
        for rule, log, first, position in answer.get(6, ()):
            raise Failure(f"the hub refused {log} from {first}: {rule} at byte {position}", 200)
        for name in {*request.get(2, ())} - {*answer.get(2, ())}:
            del self.marks[name.log]  # D3
        for scope, _, *clock in answer[1]:
            self.shown[scope] = clock[0] if clock else store.clock(scope)
            store.notice(self.node, self.shown[scope])
        stored = []
        for segment in map(Segment.read, received):
            try:
                count = store.receive(segment)
                stored += [segment] if count else []
                self.received += count
            except Refusal:
                self.deferred.add(segment.log)
        if stored:
            store.commit(stored)
        for log, tips in (item for clock in self.shown.values() for item in clock.items()):
            self.marks |= {log: store.changes[tip] for _, tip in tips if tip in store.changes}
        self.rounds, self.limit = self.rounds + 1, 2 << 20
        self.sent += sum(len(segment.changes) for segment in segments)
        return bool(stored or segments or before != self.shown)

    def sync(self) -> None:
        """Exchanges until both sides store the same; B4."""
        failures, even = 0, False
        while not even:
            try:
                moved = self.exchange()
                even = all(self.shown.get(scope) == self.store.clock(scope)
                           for scope in self.store.scopes)
                if not (moved or even):
                    raise Failure("nothing moves, and the hub does not store the same", 200)
            except Failure as failure:
                failures += 1
                if failure.status not in (0, 429, 503) or failures > 3:
                    raise
                time.sleep(max(failure.wait, random.uniform(0.25, 0.5) * 2**failures))

    def wake(self) -> None:
        """Waits until the hub's digests differ from ours; X6, B5."""
        body = encode({0: 1, 1: [[scope, self.store.digest(scope)] for scope in self.store.scopes]})
        for scope, _ in read_message("wake", self.post("/sync/v1/wake", body))[0][1]:
            self.shown.pop(scope, None)
