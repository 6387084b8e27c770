"""What a node does: state (section 6), conflicts (7), store (5, 9), exchange (10, 11)."""
import base64
import sqlite3
import sys
import time
import zlib
from http.client import HTTPConnection
from secrets import randbits, token_bytes
from typing import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from forms import (DECISION, HOLD, JOIN, RULES, VERDICT, VOID, ZERO, Change, Log, Reference,
                   Refusal, Segment, encode, need, one, read_message, read_proof, scope_order,
                   sequence, sha, verifies)

Clock = dict[Log, list[tuple[int, bytes]]]
CONSEQUENTIAL, LIVES = {"creditRecord"}, b"\xa1\x01\x00"  # types.md, section 4

class Record:
    """The fold of all stored changes about one record."""

    def __init__(self, name: Reference, changes: list[Change], hub: str):
        self.name, self.waiting, self.taking = name, changes, {}
        self.type = next((change.type for change in changes if change.name == name), "")
        present = {change.target for change in changes if change.kind == VOID
                   and change.name.log.node == hub} - {change.name for change in changes}  # M2
        while ready := [change for change in self.waiting if change.needs <= present]:  # M1
            self.taking |= {change.name: change for change in ready}
            present |= self.taking.keys()
            self.waiting = [change for change in self.waiting if change.name not in self.taking]
        acting = {name for name, change in self.taking.items() if change.kind <= JOIN}
        verdicts = [change for change in self.taking.values() if change.kind == VERDICT
                    and change.name.log.node == hub and change.target in acting]  # M3
        gone = {(name, verdict.target) for verdict in verdicts for name in verdict.shown[0]}
        standing = [change for change in verdicts if (change.name, change.target) not in gone]
        held = {verdict.target for verdict in standing if verdict.values[0] == HOLD}
        self.verdicts = [(target, sorted(one.name for one in standing if one.target == target))
                         for target in sorted({verdict.target for verdict in standing})]
        self.accepted = {name: self.taking[name] for name in acting - held}  # M4
        self.visible = self.name in self.accepted  # M9
        self.behind: dict[tuple, set[Reference]] = {}  # M5; under None what is reached (M8)
        for name, change in self.taking.items():
            for group, names in change.shown.items():
                self.behind[name, group] = {*names}.union(
                    *(self.behind.get((other, group), ()) for other in names if group is None
                      or other not in held or len(self.taking[other].shown.get(group, ())) < 2))
        self.siblings: dict[int | None, list[Change]] = {}  # M6; under None the heads (M8)
        for group in {None}.union(*(change.shown for change in self.accepted.values())):
            writers = {name for name, change in self.accepted.items() if group in change.shown}
            left = writers.difference(*(self.behind[name, group] for name in writers))
            self.siblings[group] = [self.accepted[name] for name in sorted(left)]
        self.heads = [change.name for change in self.siblings.pop(None)]
        self.disputed = sorted(group for group, siblings in self.siblings.items()
                               if len({change.values[group] for change in siblings}) > 1)
        self.conflicts = sorted(self.find_conflicts())

    def last_agreed(self, group: int) -> Reference | None:
        """M7: the change whose value it is."""
        siblings = {change.name for change in self.siblings[group]}
        behind = {name: self.behind[name, group] for name, change in self.accepted.items()
                  if group in change.shown}
        past = behind.keys() & set().union(*(behind[name] for name in siblings))
        chain = [name for name in past if all(name in behind[other] or other in behind[name]
                                              for other in (past | siblings) - {name})]
        return next((name for name in chain if {*chain} <= behind[name] | {name}), None)

    def canonical(self) -> bytes:
        groups = [[group, [[change.name, one(change.values[group])] for change in siblings]]
                  for group, siblings in sorted(self.siblings.items()) if siblings]
        return encode([self.name, self.type, groups, self.heads, self.verdicts])  # M10

    def apart(self, one: Change, other: Change, *kinds: int) -> bool:
        """Neither reaches the other, and no accepted change of these kinds reaches both."""
        pair = {one.name, other.name}
        reached = self.behind[one.name, None] | self.behind[other.name, None]
        return one is not other and not pair & reached and not any(
            change.kind in kinds and pair <= self.behind[name, None]
            for name, change in self.accepted.items())

    def find_conflicts(self) -> Iterator[tuple[str, str, list[Reference]]]:
        """The slot, the class and the sides of each; K1 to K5."""
        writers = [change for change in self.accepted.values() if change.values]
        withdrawals = [change for change in self.siblings.get(1, ()) if change.values[1] != LIVES]
        facing = {name for one in withdrawals for other in writers if other.values.keys() != {1}
                  and self.apart(one, other, DECISION) for name in (one.name, other.name)}
        if facing and 1 not in self.disputed:
            yield "life", "withdraw-vs-edit", sorted(facing)
        for group in self.disputed:
            siblings = self.siblings[group]
            decided = {change.values[group] for change in siblings if change.kind == DECISION}
            sides = {change.name for change in siblings} | (facing if group == 1 else set())
            yield ("life" if group == 1 else f"group-{group}",
                   "decision-vs-decision" if len(decided) > 1 else "same-field", sorted(sides))
        edits = [one for one in writers if self.type in CONSEQUENTIAL and one not in withdrawals]
        if parallel := {one.name for one in edits for other in edits if one.merges_with(other)
                        and self.apart(one, other, DECISION, JOIN)}:
            yield "parallel", "parallel-edit", sorted(parallel)

class Store:
    """Keeps transactions, each [incarnation, [* segment]], in an SQLite file or in memory."""

    def __init__(self, hub: str, hub_key: bytes, scopes: Iterable[str], path: str = ":memory:"):
        self.hub, self.hub_key, self.scopes = hub, hub_key, sorted(scopes, key=scope_order)
        self.changes: dict[bytes, Change] = {}  # by hash
        self.records: dict[Reference, list[Change]] = {}
        self.tips, self.fresh = {}, []  # of all logs; segments that are not committed yet
        self.incarnation, self.file = randbits(64), sqlite3.connect(path)
        self.file.execute("CREATE TABLE IF NOT EXISTS kept (transacted BLOB)")
        for (kept,) in self.file.execute("SELECT transacted FROM kept ORDER BY rowid"):
            self.incarnation, segments = one(kept)
            for segment in segments:
                self.attach(Segment(segment))
        self.fresh.clear()

    def commit(self) -> None:  # B1
        kept = encode([self.incarnation, [segment.data for segment in self.fresh]])
        self.file.execute("INSERT INTO kept VALUES (?)", [kept])
        self.file.commit()
        self.fresh.clear()

    def registrations(self, node: str) -> Iterator[tuple[bytes, set[str]]]:
        """S8: every key of a registration, with every scope."""
        own = [changes for name, changes in self.records.items() if name.log[::3] == (self.hub, 0)]
        for changes in [about for about in own if "node" in [change.type for change in about]]:
            names, grants = ([one(change.values[group]) for change in changes
                              if group in change.values] for group in (10, 11))
            scopes = {scope for grant in grants for scope in grant.get(3, ())}
            yield from ((base64.b64decode(value[2]), scopes) for value in names
                        if value.get(1) == node and 2 in value)

    def receive(self, segment: Segment) -> int:
        """The checks of S11 behind those of form; gives the number of new changes."""
        node, scope = segment.log.node, segment.log.scope
        known = [(self.hub_key, [scope])] if node == self.hub else [*self.registrations(node)]
        keys = [key for key, scopes in known if scope in scopes and scope in self.scopes]
        need(known, "unknown-node")
        need(keys, "scope-not-granted")
        need(any(verifies(key, segment.signature, segment.signed) for key in keys), "bad-signature")
        need(node == self.hub or not any(change.record.log[::3] == (self.hub, 0)
                                         for change in segment.changes), "inconsistent")  # S9
        return self.attach(segment)

    def attach(self, segment: Segment) -> int:  # S10
        log, before = segment.log, self.changes.get(segment.changes[0].previous)
        need(segment.first == 1 or before and before.name[:2] == (log, segment.first - 1), "gap")
        if new := [change for change in segment.changes if change.hash not in self.changes]:
            tips = [tip for tip in self.tips.get(log, ()) if tip[1] != new[0].previous]
            tips.append((new[-1].name.number, new[-1].hash))
            others = sum(len(self.tips[other]) for other in self.tips
                         if other.node == log.node and other != log)
            need(len(tips) <= 64 and len(tips) + others <= 512, "too-large")
            self.tips[log] = sorted(tips)
            self.fresh.append(segment)
        for change in new:
            self.changes[change.hash], change.home = change, segment
            self.records.setdefault(change.record, []).append(change)
        return len(new)

    def clock(self, scope: str) -> Clock:  # N8
        return {log: self.tips[log] for log in sorted(self.tips) if log.scope == scope}

    def digest(self, scope: str) -> bytes:
        return sha(encode([*self.clock(scope).items()]))

    def folds(self, scope: str) -> tuple[list[Record], str]:
        """The records of a scope, and their state digest (M10)."""
        records = [Record(name, self.records[name], self.hub)
                   for name in sorted(self.records) if name.log.scope == scope]
        return records, sha(*(sha(record.canonical()) for record in records)).hex()

    def branch(self, tip: bytes) -> Iterator[Change]:
        """A change and all before it."""
        while tip != ZERO:
            yield self.changes[tip]
            tip = self.changes[tip].previous

    def lacking(self, scope: str, peer: Clock, marks: dict[Log, Change]) -> Iterator[Segment]:
        """What a peer that showed this clock lacks, in the order to send it; D1 to D4."""
        for log, own in self.clock(scope).items():
            foreign = [at for at, tip in peer.get(log, ()) if tip not in self.changes]
            known = [tip for _, tip in peer.get(log, ()) if tip in self.changes]
            known += [marks[log].hash] if foreign and log in marks else []
            held = {change for tip in known for change in self.branch(tip)}
            missing = {change for at, tip in own if at >= max(foreign, default=0)
                       for change in self.branch(tip)} - held
            yield from dict.fromkeys(change.home for change in
                                     sorted(missing, key=lambda change: change.name))

def verified(hub: str, hub_key: bytes, files: dict[str, bytes]) -> Store:
    """What exported logs hold, the hub's control log among them; B12."""
    found, place = [], ""
    try:
        for name in files:
            for at, data in enumerate(sequence(files[place := name]), 1):
                found.append((place := f"{name}, segment {at}", Segment(data)))
        store = Store(hub, hub_key, {segment.log.scope for _, segment in found})
        for place, segment in sorted(found, key=lambda pair: (pair[1].log, pair[1].first)):
            store.receive(segment)
    except Refusal as refusal:
        raise Refusal(f"{place}: {refusal}") from None
    return store

def written(author: str, kind: int, values: dict[int, dict], about: Record | str,
            parents: Iterable[Reference] = ()) -> bytes:
    """A change that replaces what a record shows now, or creates a record of a type; C2 to C4."""
    shown, record = (about.siblings, {about.name}) if isinstance(about, Record) else ({}, set())
    replaced = {group: {change.name for change in shown.get(group, ())} for group in values}
    names = sorted(record.union(parents, *replaced.values()))
    header = {0: kind, 2: names, 4: sorted(map(names.index, parents)), 8: author,
              5: {group: sorted(map(names.index, replaced[group])) for group in values},
              10: time.time_ns() // 10**6} | ({3: names.index(*record)} if record else {1: about})
    header = {key: item for key, item in header.items() if item not in ([], {})}  # E8
    return encode(header) + encode(encode({0: 1, 1: values} if values else {0: 1}))

class Client:  # a county's side of an exchange, section 11
    def __init__(self, store: Store, hub: str, node: str, sign: Callable[[bytes], bytes] | None):
        self.store, self.address, self.node, self.sign = store, urlsplit(hub).netloc, node, sign
        self.boot = self.offset = self.rounds = self.sent = self.received = 0
        self.shown: dict[str, Clock] = {}  # what the hub last showed of each scope
        self.marks: dict[Log, Change] = {}  # D3
        self.deferred: list[Log] = []  # D4, as they were refused
        self.limit = 0  # bytes of segments in a request; none before the hub showed a clock (B7)

    def post(self, path: str, body: bytes) -> bytes:
        """A signed request and its answer, believed only as far as the hub signed it (A3)."""
        for _ in range(5):
            nonce, now = token_bytes(16), time.time_ns() // 10**6
            head = encode({1: -8, 4: self.node.encode(), -65537: now + self.offset,
                           -65538: nonce, -65539: self.boot})
            signed = encode(["request", "POST", path, self.store.hub, sha(body)])
            signature = self.sign(encode(["Signature1", head, b"", signed]))
            proof = base64.b64encode(encode([head, {}, None, signature]))
            line = HTTPConnection(self.address, timeout=60)
            line.request("POST", path, body, {"Content-Type": "application/cbor-seq",
                                              "CreditSync-Proof": proof, "Connection": "close"})
            data = (answer := line.getresponse()).read()
            if proof := answer.headers.get("CreditSync-Proof"):
                signed = ["answer", answer.status, path, self.node, sha(data)]
                then, echo, self.boot = read_proof(
                    base64.b64decode(proof), {self.store.hub: self.store.hub_key}, signed)
                need(echo == nonce, "signature-invalid")
                self.offset = then - now  # A4
                if answer.status == 200:
                    return data
            if answer.status not in (401, 429, 503):
                break
            time.sleep(min(float(answer.headers.get("Retry-After", 0)), 300 if proof else 60))  # B9
        raise OSError(f"the hub answered {answer.status}: {data.decode(errors='replace')}")

    def defer(self, log: Log | None) -> None:
        self.deferred = [*(one for one in self.deferred if one != log), *([log] if log else [])]

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
        late = {log: place for place, log in enumerate(self.deferred)}  # D4
        for segment in sorted(lacking, key=lambda one: (late.get(one.log, -1), one.log)):
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
            self.defer(log)
        for name in {*request.get(2, ())} - {*answer.get(2, ())}:
            del self.marks[name.log]  # D3
        for scope, _, *clock in answer[1]:
            self.shown[scope] = dict(clock[0]) if clock else store.clock(scope)
        clocks = {log: tips for clock in self.shown.values() for log, tips in clock.items()}
        if any(log[:2] == (self.node, store.incarnation) and tip not in store.changes
               for log, tips in clocks.items() for _, tip in tips):
            store.incarnation = randbits(64)  # B6: a past of ours that is not stored here
        stored = len(store.changes)
        for segment in map(Segment, received):
            try:
                store.receive(segment)
            except Refusal:
                self.defer(segment.log)
        store.commit()
        for log, tips in clocks.items():
            self.marks |= {log: store.changes[tip] for _, tip in tips if tip in store.changes}
        self.received += len(store.changes) - stored
        self.sent += sum(len(segment.changes) for segment in segments)
        self.rounds, self.limit = self.rounds + 1, 2 << 20
        return len(store.changes) > stored or before != self.shown

    def sync(self) -> None:
        store = self.store
        while any(self.shown.get(scope) != store.clock(scope) for scope in store.scopes):
            if not self.exchange():
                raise OSError("nothing moves, and the hub does not store the same")

    def seal(self, scope: str, items: list[bytes]) -> None:
        """Appends changes to our log; S2, S4, S7."""
        store, body, packer = self.store, b"".join(items), zlib.compressobj(wbits=-15)
        log = Log(self.node, store.incarnation, scope, 1)
        last, previous = max(store.tips.get(log, [(0, ZERO)]))
        secrets = [token_bytes(16) for _ in {at // 512 for at in range(last, last + len(items))}]
        if last % 512:
            secrets[0] = store.changes[previous].home.secrets[-1]
        parts = [1, log, last + 1, previous, secrets, bytes(64), len(items), len(body),
                 packer.compress(body) + packer.flush()]
        parts[5] = self.sign(encode(Segment(encode(parts)).signed))
        store.attach(Segment(encode(parts)))
        store.commit()
