"""The state of a record (section 6) and its conflicts (section 7)."""
from functools import cached_property
from typing import Iterable, NamedTuple

from cbor import encode
from model import DECISION, EDIT, HOLD, JOIN, VERDICT, VOID, Change, Reference, sha

CONSEQUENTIAL = {"creditRecord"}  # types.md


class Conflict(NamedTuple):
    name: str
    kind: str
    sides: list[Reference]

    @property
    def plain(self) -> dict:
        return {"name": self.name, "class": self.kind, "sides": [str(side) for side in self.sides]}


class Record:
    """The fold of all stored changes about one record."""

    def __init__(self, name: Reference, changes: Iterable[Change], hub: str):
        self.name, stored = name, {change.name: change for change in changes}
        self.type = stored[name].type if name in stored else ""
        present = {change.target for change in stored.values()
                   if change.kind == VOID and change.name.log.node == hub}  # M2
        present -= stored.keys()
        self.taking: dict[Reference, Change] = {}  # M1: what is needed comes first
        self.waiting = stored
        while ready := {name for name, change in self.waiting.items() if change.needs <= present}:
            present |= ready
            self.taking |= {name: self.waiting[name] for name in ready}
            self.waiting = {name: self.waiting[name] for name in self.waiting.keys() - ready}
        verdicts = [change for change in self.taking.values()
                    if change.kind == VERDICT and change.name.log.node == hub]
        gone = {(name, verdict.target) for verdict in verdicts for name in verdict.groups[0]}
        standing = [verdict for verdict in verdicts if (verdict.name, verdict.target) not in gone]
        self.verdicts = {target: sorted(one.name for one in standing if one.target == target)
                         for target in {one.target for one in standing}}  # M3
        held = {one.target for one in standing if one.values[0] == HOLD} & self.taking.keys()
        self.accepted = {name: change for name, change in self.taking.items()
                         if change.kind in (EDIT, DECISION, JOIN) and name not in held}  # M4
        self.visible = name in self.accepted  # M9
        self.replaced: dict[tuple[Reference, int], set[Reference]] = {}  # M5
        self.reached: dict[Reference, set[Reference]] = {}  # M8
        for name, change in self.taking.items():
            self.reached[name] = set(change.parents).union(
                *(self.reached.get(parent, ()) for parent in change.parents))
            for group, names in change.groups.items():
                behind = [self.replaced.get((other, group), ()) for other in names
                          if other not in held or len(self.taking[other].groups.get(group, ())) < 2]
                self.replaced[name, group] = set(names).union(*behind)
        self.heads = sorted(self.accepted.keys()
                            - set().union(*(self.reached[name] for name in self.accepted)))
        self.siblings: dict[int, list[Change]] = {}  # M6
        for group in sorted(set().union(*(change.groups for change in self.accepted.values()))):
            writers = {name for name in self.accepted if group in self.accepted[name].groups}
            left = writers - set().union(*(self.replaced[name, group] for name in writers))
            self.siblings[group] = [self.accepted[name] for name in sorted(left)]

    def disputed(self, group: int) -> bool:
        return len({change.values[group] for change in self.siblings.get(group, ())}) > 1

    def last_agreed(self, group: int) -> Change | None:
        """M7; None: it was unset."""
        siblings = {change.name for change in self.siblings[group]}
        replaced = {name: self.replaced[name, group] for name in self.accepted
                    if group in self.accepted[name].groups}
        behind = set().union(*(replaced[name] for name in siblings)) & replaced.keys()
        chain = [name for name in behind
                 if all(name in replaced[other] or other in replaced[name]
                        for other in (behind | siblings) - {name})]
        last = [name for name in chain if not any(name in replaced[other] for other in chain)]
        return self.accepted[last[0]] if last else None

    @property
    def canonical(self) -> bytes:
        """M10."""
        groups = [[group, [[change.name, change.values[group]] for change in siblings]]
                  for group, siblings in self.siblings.items() if siblings]
        return encode([self.name, self.type, groups, self.heads, sorted(self.verdicts.items())])

    def apart(self, one: Change, other: Change, *kinds: int) -> bool:
        """Neither reaches the other, and no accepted change of these kinds reaches both."""
        pair = {one.name, other.name}
        return not (one is other or pair & (self.reached[one.name] | self.reached[other.name])
                    or any(change.kind in kinds and pair <= self.reached[name]
                           for name, change in self.accepted.items()))

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """K1 to K5."""
        found: dict[str, tuple[str, set[Reference]]] = {}
        changes = [change for change in self.accepted.values() if change.groups]
        withdrawals = [change for change in self.siblings.get(1, ())
                       if change.values[1] != b"\xa1\x01\x00"]
        facing = {name for one in withdrawals for other in changes if other.groups.keys() != {1}
                  and self.apart(one, other, DECISION) for name in (one.name, other.name)}
        if facing:
            found["life"] = "withdraw-vs-edit", facing  # K3
        for group in filter(self.disputed, self.siblings):
            siblings = self.siblings[group]
            decided = {change.values[group] for change in siblings if change.kind == DECISION}
            kind = "decision-vs-decision" if len(decided) > 1 else "same-field"  # K2
            names = {change.name for change in siblings}
            if group == 1:
                found["life"] = kind, names | facing  # K4
            else:
                found[f"group-{group}"] = kind, names  # K1
        parallel = {one.name for one in changes for other in changes
                    if self.type in CONSEQUENTIAL and one not in withdrawals
                    and other not in withdrawals and merged(one, other)
                    and self.apart(one, other, DECISION, JOIN)}
        if parallel:
            found["parallel"] = "parallel-edit", parallel  # K5
        return [Conflict(f"{self.name}.{slot}", kind, sorted(sides))
                for slot, (kind, sides) in sorted(found.items())]


def merged(one: Change, other: Change) -> bool:
    """K5: each writes a group that the other does not, and they share none of other values."""
    same = dict(one.values.items() & other.values.items()).keys()
    ours, theirs = one.values.keys() - same, other.values.keys() - same
    return bool(ours and theirs and not ours & theirs)


def state_digest(records: Iterable[Record]) -> bytes:
    """M10, of the records of one scope, ascending."""
    return sha(*(sha(record.canonical) for record in records))
