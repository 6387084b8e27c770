"""The state of a record (section 6), its conflicts (7), and what a node stores (5, 9)."""
import base64
import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Iterable, Iterator

from cbor import Refusal, decode, encode, need, one
from change import (DECISION, HOLD, JOIN, VERDICT, VOID, ZERO, Change, Log, Reference,
                    Segment, scope_order, sha, verifies)

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
        verdicts = [change for change in self.taking.values()
                    if change.kind == VERDICT and change.name.log.node == hub
                    and (change.target in acting or change.target not in self.taking)]  # M3
        gone = {(name, verdict.target) for verdict in verdicts for name in verdict.shown[0]}
        standing = [change for change in verdicts if (change.name, change.target) not in gone]
        held = {verdict.target for verdict in standing if verdict.values[0] == HOLD} & acting
        targets = sorted({verdict.target for verdict in standing})
        self.verdicts = [(target, sorted(change.name for change in standing
                                         if change.target == target)) for target in targets]
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
        self.conflicts = sorted((slot, kind, sorted(sides))
                                for slot, kind, sides in self.find_conflicts())

    def last_agreed(self, group: int) -> str | None:  # M7
        siblings = {change.name for change in self.siblings[group]}
        behind = {name: self.behind[name, group] for name, change in self.accepted.items()
                  if group in change.shown}
        past = behind.keys() & set().union(*(behind[name] for name in siblings))
        chain = [name for name in past if all(name in behind[other] or other in behind[name]
                                              for other in (past | siblings) - {name})]
        return next((str(name) for name in chain if {*chain} <= behind[name] | {name}), None)

    def canonical(self) -> bytes:
        groups = [[group, [[change.name, one(change.values[group])] for change in siblings]]
                  for group, siblings in sorted(self.siblings.items()) if siblings]
        return encode([self.name, self.type, groups, self.heads, self.verdicts])  # M10

    def apart(self, one: Change, other: Change, *kinds: int) -> bool:
        """Neither reaches the other, and no accepted change of these kinds reaches both."""
        pair = {one.name, other.name}
        reached = self.behind[one.name, None] | self.behind[other.name, None]
        return one is not other and not pair & reached and not any(
            self.accepted[name].kind in kinds and pair <= self.behind[name, None]
            for name in self.accepted)

    def find_conflicts(self) -> Iterator[tuple[str, str, set[Reference]]]:
        """The slot, the class and the sides of each; K1 to K5."""
        writers = [change for change in self.accepted.values() if change.values]
        withdrawals = [change for change in self.siblings.get(1, ()) if change.values[1] != LIVES]
        facing = {name for one in withdrawals for other in writers if other.values.keys() != {1}
                  and self.apart(one, other, DECISION) for name in (one.name, other.name)}
        if facing and 1 not in self.disputed:
            yield "life", "withdraw-vs-edit", facing
        for group in self.disputed:
            names = {change.name for change in self.siblings[group]}
            decided = {self.accepted[name].values[group] for name in names
                       if self.accepted[name].kind == DECISION}
            kind = "decision-vs-decision" if len(decided) > 1 else "same-field"
            yield ("life", kind, names | facing) if group == 1 else (f"group-{group}", kind, names)
        if self.type in CONSEQUENTIAL:
            edits = [change for change in writers if change not in withdrawals]
            parallel = {one.name for one in edits for other in edits
                        if merged(one, other) and self.apart(one, other, DECISION, JOIN)}
            yield from [("parallel", "parallel-edit", parallel)] if parallel else []

    def plain_conflicts(self) -> list[dict]:
        return [{"name": f"{self.name}.{slot}", "class": kind, "sides": [*map(str, sides)]}
                for slot, kind, sides in self.conflicts]


def merged(one: Change, other: Change) -> bool:
    """K5: without equal values each writes a group, and no group is written by both."""
    ours = dict(one.values.items() - other.values.items()).keys()
    theirs = dict(other.values.items() - one.values.items()).keys()
    return bool(ours and theirs and not ours & theirs)


class Store:
    """The file is a CBOR sequence of transactions (B3), each [incarnation, [* segment]]."""

    def __init__(self, hub: str, hub_key: bytes, scopes: Iterable[str], path: Path | None = None):
        self.hub, self.hub_key, self.scopes = hub, hub_key, sorted(scopes, key=scope_order)
        self.changes: dict[bytes, Change] = {}  # by hash
        self.home: dict[bytes, Segment] = {}  # which segment brought a change
        self.tips: Clock = {}
        self.records: dict[Reference, list[Change]] = defaultdict(list)
        self.fresh: list[Segment] = []  # not committed yet
        self.incarnation, segments, whole = int.from_bytes(os.urandom(8), "big"), [], 0
        self.file = path.open("a+b") if path else TemporaryFile()
        self.file.seek(0)
        with suppress(Refusal):
            while True:
                self.incarnation, more = decode(self.file)
                segments += more
                whole = self.file.tell()
        self.file.truncate(whole)  # a transaction that was cut off
        for segment in segments:
            self.attach(Segment(segment))
        self.fresh.clear()

    def commit(self) -> None:
        self.file.write(encode([self.incarnation, [segment.data for segment in self.fresh]]))
        self.file.flush()
        self.fresh.clear()
        os.fsync(self.file.fileno())  # B1

    def notice(self, node: str, clock: Clock) -> None:
        """B6: is there a past of ours that is not stored here?"""
        if any(log[:2] == (node, self.incarnation) and tip not in self.changes
               for log, tips in clock.items() for _, tip in tips):
            self.incarnation = int.from_bytes(os.urandom(8), "big")
            self.commit()

    def registrations(self, node: str) -> Iterator[tuple[bytes, set[str]]]:
        """S8: every key of a registration, with every scope."""
        for name in [name for name in self.records if name.log[::3] == (self.hub, 0)]:
            changes = self.records[name]
            names, grants = ([one(change.values[group]) for change in changes
                              if group in change.values] for group in (10, 11))
            scopes = {scope for grant in grants for scope in grant.get(3, ())}
            if "node" in [change.type for change in changes]:
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
            self.changes[change.hash], self.home[change.hash] = change, segment
            self.records[change.record].append(change)
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
            yield from dict.fromkeys(self.home[change.hash] for change in
                                     sorted(missing, key=lambda change: change.name))
