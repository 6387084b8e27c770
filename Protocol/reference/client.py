"""Messages (section 8), proofs (section 10) and a county's side of an exchange (section 11)."""
import base64
import os
import sys
import time
import zlib
from functools import partial
from http.client import HTTPConnection
from typing import Iterable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cbor import Refusal, array, atom, encode, fields, many, need, number, one, sequence
from change import (BYTES, CLOCK, HASH, LOG, ONE, REFERENCE, SCOPE, SECRET, SEQUENCE, SIGNATURE,
                    TIME, ZERO, Change, Log, Reference, Segment, blocks, scope_order, sha, verifies)
from store import Clock, Record, Store

RULES = ("malformed", "not-canonical", "too-large", "unsupported", "unknown-node",
         "bad-signature", "gap", "scope-not-granted", "inconsistent")  # X4
RECEIPT = partial(array, of=(LOG, SEQUENCE, HASH, SIGNATURE))
REFUSAL = partial(array, of=(partial(number, low=1, high=9, rule="malformed"),
                             lambda log: log if log is None else LOG(log),
                             partial(number, high=2**40 - 1), number))
NAMES, WANTED = (partial(many, of=REFERENCE, most=most) for most in (64, 4096))
REPORTS = partial(many, of=partial(array, of=(SCOPE, HASH, CLOCK), least=2), most=64,
                  order=lambda report: scope_order(report[0]))
ITEMS = {0: ONE, 1: REPORTS, 2: NAMES, 3: NAMES, 4: partial(number, high=4194304),
         5: partial(many, of=RECEIPT, most=4096), 6: partial(many, of=REFUSAL, most=4096),
         7: WANTED, 9: partial(many, of=LOG, most=4096, order=Log.order),
         8: partial(atom, kind=bool, fits=bool, rule="not-canonical")}
MESSAGES = {"wake": ({0, 1}, {0, 1}), "exchange-request": ({0, 1, 4}, {0, 1, 2, 3, 4, 9}),
            "exchange-answer": ({0, 1}, {0, 1, 2, 5, 6, 7, 8})}
PROOF = partial(array, of=(BYTES, partial(fields, required=set(), of={}),
                           partial(atom, kind=type(None)), SIGNATURE))
PROTECTED = partial(fields, required={1, 4, -65537, -65538, -65539}, of={
    1: TIME, 4: BYTES, -65537: TIME, -65538: SECRET, -65539: number})


def read_message(kind: str, data: bytes) -> tuple[dict, list[bytes]]:  # X1 to X6
    (message, *segments), (required, keys) = sequence(data) or [None], MESSAGES[kind]
    message = fields(message, required, {key: ITEMS[key] for key in keys})
    need(kind != "wake" or not segments and all(len(report) == 2 for report in message[1]))
    return message, many(segments, BYTES, most=4096)


def read_proof(data: bytes, keys: dict[str, bytes], payload: list) -> tuple[int, bytes, int]:
    """Time, nonce and boot number of a proof that its node signed; A1 to A3."""
    try:
        head, _, _, signature = PROOF(one(data))
        algorithm, node, *rest = PROTECTED(one(head)).values()
    except Refusal:
        raise Refusal("signature-malformed") from None
    need(algorithm == -8, "signature-algorithm")
    key = keys.get(node.decode(errors="replace"), b"")
    need(verifies(key, signature, ["Signature1", head, b"", encode(payload)]), "signature-invalid")
    return rest


def written(kind: int, values: dict[int, dict], record: Record | None = None,
            parents: Iterable[Reference] = ()) -> bytes:
    """A change as it stands in a segment; it replaces the values that are shown now."""
    shown = record.siblings if record else {}
    replaced = {group: {change.name for change in shown.get(group, ())} for group in values}
    names = sorted({*parents}.union(*replaced.values(), [record.name] if record else []))
    header = {0: kind, 2: names, 4: sorted(map(names.index, parents)), 8: "random",
              5: {group: sorted(map(names.index, replaced[group])) for group in values},
              10: time.time_ns() // 10**6}
    header |= {3: names.index(record.name)} if record else {1: "supplier"}
    header = {key: item for key, item in header.items() if item not in ([], {})}  # E8
    return encode(header) + encode(encode({0: 1, 1: values} if values else {0: 1}))


def unseen(record: Record, seen: Iterable[Reference] = ()) -> set[Reference]:
    """The end of section 7: the parents of a decision or join that saw these sides."""
    others = {side for _, _, sides in record.conflicts for side in sides} - {*seen}
    return {*seen} | {head for head in record.heads
                      if not others & {head, *record.behind[head, None]}}


class Client:
    def __init__(self, store: Store, hub: str, node: str, key: Ed25519PrivateKey | None):
        self.store, self.address, self.node, self.key = store, urlsplit(hub).netloc, node, key
        self.boot = self.offset = self.rounds = self.sent = self.received = 0
        self.shown: dict[str, Clock] = {}  # what the hub last showed of each scope
        self.marks: dict[Log, Change] = {}  # D3
        self.deferred: set[Log] = set()
        self.limit = 0  # bytes of segments in a request; none before the hub showed a clock (B7)

    def post(self, path: str, body: bytes) -> bytes:
        """A signed request and its answer, believed only as far as the hub signed it (A3)."""
        for _ in range(5):
            hub, nonce, now = self.store.hub, os.urandom(16), time.time_ns() // 10**6
            head = encode({1: -8, 4: self.node.encode(), -65537: now + self.offset,
                           -65538: nonce, -65539: self.boot})
            signed = encode(["request", "POST", path, hub, sha(body)])
            signature = self.key.sign(encode(["Signature1", head, b"", signed]))
            proof = base64.b64encode(encode([head, {}, None, signature]))
            headers = {"Content-Type": "application/cbor-seq", "CreditSync-Proof": proof,
                       "Connection": "close"}
            line = HTTPConnection(self.address, timeout=60)
            line.request("POST", path, body, headers)
            data = (answer := line.getresponse()).read()
            if proof := answer.headers.get("CreditSync-Proof"):
                signed = ["answer", answer.status, path, self.node, sha(data)]
                then, echo, self.boot = read_proof(
                    base64.b64decode(proof), {hub: self.store.hub_key}, signed)
                need(echo == nonce, "signature-invalid")
                self.offset = then - now  # A4
                if answer.status == 200:
                    return data
            if answer.status not in (401, 429, 503):
                break
            wait = float(answer.headers.get("Retry-After", 0))
            time.sleep(min(wait, 300 if proof else 60))  # B9
        raise OSError(f"the hub answered {answer.status}: {data.decode(errors='replace')}")

    def request(self) -> tuple[dict, list[Segment]]:  # section 9
        store, request, lacking, segments = self.store, {0: 1, 1: [], 2: [], 4: 2 << 20}, [], []
        for scope in store.scopes:
            clock, shown = store.clock(scope), self.shown.get(scope, {})
            report = [] if self.shown.get(scope) == clock else [[*clock.items()]]  # D5
            request[1].append([scope, store.digest(scope), *report])
            lacking += store.lacking(scope, shown, self.marks)
            request[2] += [self.marks[log].name for log in shown.keys() & self.marks.keys()
                           if any(tip not in store.changes for _, tip in shown[log])
                           and not {*clock.get(log, ())} <= {*shown[log]}]
        for segment in sorted(lacking, key=lambda one: (one.log in self.deferred, one.log)):
            if sum(len(other.data) for other in segments) < self.limit:  # X2
                segments.append(segment)
        request |= {2: sorted(request[2])[:64], 9: sorted(self.deferred)}
        return {key: item for key, item in request.items() if item or key == 1}, segments  # E8

    def exchange(self) -> bool:
        """One request; says whether anything moved."""
        store, before, (request, segments) = self.store, self.shown.copy(), self.request()
        body = encode(request) + b"".join(encode(segment.data) for segment in segments)
        answer, received = read_message("exchange-answer", self.post("/sync/v1/exchange", body))
        for rule, log, first, position in answer.get(6, ()):
            print(f"refused: {log} from {first}, {RULES[rule - 1]} at {position}", file=sys.stderr)
            self.deferred |= {log} - {None}  # D4
        for name in {*request.get(2, ())} - {*answer.get(2, ())}:
            del self.marks[name.log]  # D3
        for scope, _, *clock in answer[1]:
            self.shown[scope] = dict(clock[0]) if clock else store.clock(scope)
            store.notice(self.node, self.shown[scope])
        stored = len(store.changes)
        for segment in map(Segment, received):
            try:
                store.receive(segment)
            except Refusal:
                self.deferred.add(segment.log)
        if store.fresh:
            store.commit()
        self.received += len(store.changes) - stored
        for log, tips in (item for clock in self.shown.values() for item in clock.items()):
            self.marks |= {log: store.changes[tip] for _, tip in tips if tip in store.changes}
        self.rounds, self.limit = self.rounds + 1, 2 << 20
        self.sent += sum(len(segment.changes) for segment in segments)
        return len(store.changes) > stored or before != self.shown

    def sync(self) -> None:
        moved = True
        while moved:
            moved = self.exchange()
            if all(self.shown.get(scope) == self.store.clock(scope) for scope in self.store.scopes):
                return
        raise OSError("nothing moves, and the hub does not store the same")

    def wake(self) -> None:  # X6
        body = encode({0: 1, 1: [[scope, self.store.digest(scope)] for scope in self.store.scopes]})
        for scope, _ in read_message("wake", self.post("/sync/v1/wake", body))[0][1]:
            self.shown.pop(scope, None)

    def seal(self, scope: str, items: list[bytes]) -> None:
        """Appends changes to our log; S2, S4, S7."""
        store, body, packer = self.store, b"".join(items), zlib.compressobj(wbits=-15)
        log = Log(self.node, store.incarnation, scope, 1)
        last, previous = max(store.tips.get(log, [(0, ZERO)]))
        secrets = [os.urandom(16) for _ in range(blocks(last + 1, last + len(items)))]
        if last % 512:
            secrets[0] = store.home[previous].secrets[-1]
        parts = [1, log, last + 1, previous, secrets, bytes(64), len(items), len(body),
                 packer.compress(body) + packer.flush()]
        parts[5] = self.key.sign(encode(Segment(encode(parts)).signed))
        store.attach(Segment(encode(parts)))
        store.commit()
