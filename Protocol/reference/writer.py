"""Writing changes with the right parents and replaced values, sealing them, and random edits."""
import os
import random
import time
import zlib
from typing import Iterable

from cbor import encode, one
from client import Client
from model import DECISION, EDIT, JOIN, ZERO, Log, Reference, Segment, block, read_changes
from state import Conflict, Record


class Writer:
    """Collects changes of one log, until they are sealed into a segment."""

    def __init__(self, client: Client, scope: str, author: str):
        self.client, self.scope, self.author, self.body = client, scope, author, b""
        self.segment: Segment | None = None

    def open(self) -> Segment:
        """A segment behind the last change of our log, with the secret of its block (S2)."""
        store = self.client.store
        log = Log(self.client.node, store.incarnation, self.scope, 1)
        if log not in store.tips:
            return Segment(log, 1, ZERO, [os.urandom(16)])
        last = max(map(store.changes.get, store.tips[log]), key=lambda change: change.name.number)
        at, secrets = last.name.number + 1, store.home[last.hash].secrets
        same = block(at) == block(at - 1)
        return Segment(log, at, last.hash, [secrets[-1] if same else os.urandom(16)])

    def write(self, kind: int, values: dict[int, dict], record: Record | None = None,
              parents: Iterable[Reference] = (), type: str = "") -> None:
        segment = self.segment = self.segment or self.open()
        at = segment.first + len(segment.changes)
        if block(at) - block(segment.first) == len(segment.secrets):
            segment.secrets.append(os.urandom(16))
        replaced = {group: [change.name for change in record.siblings.get(group, ())]
                    if record else [] for group in values}
        names = {*parents}.union(*replaced.values(), [record.name] if record else [])
        index = {name: place for place, name in enumerate(sorted(names))}
        header = {0: kind, 8: self.author, 10: time.time_ns() // 10**6}
        header |= {2: list(index), 3: index[record.name]} if record else {1: type}
        header |= {4: sorted(map(index.get, parents))} if parents else {}
        header |= {5: {group: sorted(map(index.get, names)) for group, names in replaced.items()}
                   } if values else {}
        item = encode(header) + encode(encode({0: 1} | ({1: values} if values else {})))
        segment.append(*next(read_changes(item, self.scope)))
        self.body += item

    def unseen(self, record: Record, seen: Iterable[Reference] = ()) -> set[Reference]:
        """The end of section 7: the parents of a decision or join that saw these sides."""
        others = {side for conflict in record.conflicts for side in conflict.sides} - {*seen}
        return {*seen} | {head for head in record.heads
                          if not others & {head, *record.reached[head]}}

    def seal(self) -> None:
        """S4, S7."""
        segment, packer = self.segment, zlib.compressobj(wbits=-15)
        segment.signature = self.client.key.sign(encode(segment.signed))
        segment.data = encode([1, segment.log, segment.first, segment.previous,
                               segment.secrets, segment.signature, len(segment.changes),
                               len(self.body), packer.compress(self.body) + packer.flush()])
        self.client.store.commit([segment])
        self.client.store.attach(segment)
        self.segment, self.body = None, b""


def invented(dice: random.Random, group: int) -> dict[int, object]:
    """The value of a group of a supplier."""
    at = dice.randrange(10**6)
    if group == 11:
        return {2: f"公司 {at}"} | ({3: [f"旧公司 {at}"]} if dice.random() < 0.3 else {})
    if group == 13:
        return {7: sorted(dice.sample(["CATERING", "MAINTENANCE", "PROPERTY", "SECURITY"], 2))}
    return {9: f"Contact {at}", 10: f"0951-{at:06}"}


def random_step(dice: random.Random, writer: Writer, record: Record) -> None:
    """A decision, a join, a withdrawal or restoration, or an edit of what is not disputed."""
    free = [group for group in (1, 11, 13, 15) if not record.disputed(group)]
    conflict: Conflict | None = dice.choice(record.conflicts or [None])
    chance = dice.random()
    if conflict and chance < 0.4:
        slot = conflict.name.split(".")[1]
        group = 1 if slot == "life" else int(slot.removeprefix("group-"))
        value = dice.choice(record.siblings[group]).values[group]
        writer.write(DECISION, {group: one(value)}, record, writer.unseen(record, conflict.sides))
    elif len(heads := writer.unseen(record)) > 1 and chance < 0.5:
        writer.write(JOIN, {}, record, heads)
    elif 1 in free and chance > 0.9:
        dead = any(change.values[1] != b"\xa1\x01\x00" for change in record.siblings.get(1, ()))
        writer.write(EDIT, {1: {1: int(not dead)}}, record, record.heads)
    elif groups := free[1:]:
        chosen = dice.sample(groups, dice.randint(1, len(groups)))
        writer.write(EDIT, {group: invented(dice, group) for group in chosen}, record, record.heads)


def random_edits(client: Client, count: int, seed: int) -> None:
    dice, writer = random.Random(seed), Writer(client, "province", f"random-{seed}")
    while count > 0:
        client.sync()
        records = [record for record in client.store.folds("province")
                   if record.type == "supplier" and record.visible]
        for record in dice.sample(records, min(len(records), 19)):
            random_step(dice, writer, record)
        for _ in range(1 if len(records) > 19 else 10):
            values = {group: invented(dice, group) for group in (11, 13, 15)}
            writer.write(EDIT, values, type="supplier")
        count -= len(writer.segment.changes)
        writer.seal()
