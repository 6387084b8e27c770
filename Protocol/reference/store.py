"""What a node stores: logs as trees, registrations (section 5), what a peer lacks (section 9)."""
import base64
import os
from collections import defaultdict
from pathlib import Path
from typing import Iterable, Iterator

from cbor import Refusal, decode, encode, need, one
from model import ZERO, Change, Clock, Log, Reference, Segment, digest, scope_order, verifies
from state import Record


class Store:
    """The file is a CBOR sequence of transactions (B3), each [incarnation, [* segment]]."""

    def __init__(self, hub: str, hub_key: bytes, scopes: Iterable[str], path: Path | None = None):
        self.hub, self.hub_key, self.path = hub, hub_key, path
        self.scopes = sorted(scopes, key=scope_order)
        self.changes: dict[bytes, Change] = {}  # by hash
        self.home: dict[bytes, Segment] = {}  # which segment brought a change
        self.tips: dict[Log, set[bytes]] = {}
        self.records: dict[Reference, list[Change]] = defaultdict(list)
        self.incarnation, whole = int.from_bytes(os.urandom(8), "big"), 0
        data = path.read_bytes() if path and path.exists() else b""
        while whole < len(data):
            try:
                (self.incarnation, segments), whole = decode(data, whole)
            except Refusal:
                os.truncate(path, whole)  # a transaction that was cut off
                break
            for segment in segments:
                self.attach(Segment.read(segment))

    def commit(self, segments: list[Segment]) -> None:
        """B1."""
        if self.path:
            with self.path.open("ab") as file:
                file.write(encode([self.incarnation, [segment.data for segment in segments]]))
                file.flush()
                os.fsync(file.fileno())

    def notice(self, node: str, clock: Clock) -> None:
        """B6: is there a past of ours that is not stored here?"""
        if any(log[:2] == (node, self.incarnation) and tip not in self.changes
               for log, tips in clock.items() for _, tip in tips):
            self.incarnation = int.from_bytes(os.urandom(8), "big")
            self.commit([])

    def registers(self, record: Reference) -> bool:
        return record.log.node == self.hub and record.log.lane == 0

    def registrations(self, node: str) -> Iterator[tuple[bytes, list[str]]]:
        """S8: every key with every list of scopes that a registration of the node ever had."""
        for record in filter(self.registers, self.records):
            changes = self.records[record]
            fields = [one(value) for change in changes for value in change.values.values()]
            grants = [value[3] for value in fields if 3 in value]
            yield from ((base64.b64decode(value[2]), scopes) for value in fields
                        if value.get(1) == node and 2 in value for scopes in grants)

    def receive(self, segment: Segment) -> int:
        """The checks of S11 behind those of form; gives the number of new changes."""
        node, scope = segment.log.node, segment.log.scope
        known = [(self.hub_key, [scope])] if node == self.hub else [*self.registrations(node)]
        keys = [key for key, scopes in known if scope in scopes and scope in self.scopes]
        need(known, "unknown-node")
        need(keys, "scope-not-granted")
        need(any(verifies(key, segment.signature, segment.signed) for key in keys), "bad-signature")
        need(node == self.hub or not any(self.registers(change.record) for change in
                                          segment.changes), "inconsistent")  # S9
        return self.attach(segment)

    def attach(self, segment: Segment) -> int:
        """S10."""
        log, first = segment.log, segment.changes[0]
        before = self.changes.get(first.previous)
        need(first.previous == ZERO or first.hash in self.changes
             or before and before.name[:2] == (log, segment.first - 1), "gap")
        if new := [change for change in segment.changes if change.hash not in self.changes]:
            tips = self.tips.get(log, set()) - {new[0].previous} | {new[-1].hash}
            others = sum(len(self.tips[other]) for other in self.tips
                         if other.node == log.node and other != log)
            need(len(tips) <= 64 and len(tips) + others <= 512, "too-large")
            self.tips[log] = tips
        for change in new:
            self.changes[change.hash], self.home[change.hash] = change, segment
            self.records[change.record].append(change)
        return len(new)

    def folds(self, scope: str) -> list[Record]:
        return [Record(name, self.records[name], self.hub)
                for name in sorted(self.records) if name.log.scope == scope]

    def clock(self, scope: str) -> Clock:
        """N8."""
        return {log: sorted((self.changes[tip].name.number, tip) for tip in tips)
                for log, tips in self.tips.items() if log.scope == scope}

    def digest(self, scope: str) -> bytes:
        return digest(self.clock(scope))

    def branch(self, tip: bytes) -> Iterator[Change]:
        """A change and all before it."""
        while tip != ZERO:
            yield self.changes[tip]
            tip = self.changes[tip].previous

    def lacking(self, scope: str, peer: Clock, marks: dict[Log, Change]) -> Iterator[Segment]:
        """What a peer that showed this clock lacks, in the order to send it; D1 to D4."""
        for log, own in sorted(self.clock(scope).items()):
            foreign = [at for at, tip in peer.get(log, ()) if tip not in self.changes]
            known = [tip for _, tip in peer.get(log, ()) if tip in self.changes]
            known += [marks[log].hash] if foreign and log in marks else []
            held = {change for tip in known for change in self.branch(tip)}
            missing = {change for at, tip in own if at >= max(foreign, default=0)
                       for change in self.branch(tip)} - held
            yield from dict.fromkeys(self.home[change.hash] for change in
                                     sorted(missing, key=lambda change: change.name))
