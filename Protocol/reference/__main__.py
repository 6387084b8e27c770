"""python3 reference keygen | sync | random | state | verify | vectors (see --help)"""
import base64
import json
import os
import random
import sys
from argparse import ArgumentParser
from http.client import HTTPException
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cbor import Refusal, one, sequence
from change import DECISION, EDIT, JOIN, Segment, scope_order
from client import Client, unseen, written
from store import Record, Store
from vectors import run


def random_step(dice: random.Random, record: Record | None) -> bytes:
    """A new supplier, a join, a decision of what is in conflict, or an edit of what is not."""
    at, group = dice.randrange(10**6), dice.choice([1, 11, 13, 15])
    values = {11: {2: f"公司 {at}"}, 13: {7: ["CATERING", dice.choice(["PROPERTY", "SECURITY"])]},
              15: {9: f"Contact {at}", 10: f"0951-{at:06}"}}
    if not record:
        return written(EDIT, values)
    if at % 5 == 0 and len(heads := unseen(record)) > 1:
        return written(JOIN, {}, record, heads)
    for slot, _, sides in record.conflicts:
        if slot == ("life" if group == 1 else f"group-{group}"):
            value = one(dice.choice(record.siblings[group]).values[group])
            return written(DECISION, {group: value}, record, unseen(record, sides))
    value = values.get(group, {1: int(at % 3 == 0)})  # withdraws or restores
    return written(EDIT, {group: value}, record, record.heads)


def random_edits(client: Client, count: int, seed: int) -> None:
    dice = random.Random(seed)
    while count > 0:
        client.sync()
        records = [record for record in client.store.folds("province")[0]
                   if record.type == "supplier" and record.visible]
        chosen = dice.sample(records, min(len(records), 19))
        chosen += [None] * (1 if len(records) > 19 else 10)
        client.seal("province", [random_step(dice, record) for record in chosen])
        count -= len(chosen)


def verify(store: Store, paths: list[Path]) -> None:
    """An auditor's checks of exported logs, the hub's control log among them."""
    found = []
    try:
        for path in paths:
            place = path
            for at, data in enumerate(sequence(path.read_bytes()), 1):
                place = f"{path}, segment {at}"
                found.append((Segment(data), place))
        store.scopes = sorted({segment.log.scope for segment, _ in found}, key=scope_order)
        for segment, place in sorted(found, key=lambda item: (item[0].log, item[0].first)):
            store.receive(segment)
    except Refusal as refusal:
        sys.exit(f"{place}: {refusal}")
    for log, tips in sorted(store.tips.items()):
        ends = [f"{at} {tip.hex()}" for at, tip in tips]
        print(f"{log}: {'FORKED: ' if len(ends) > 1 else ''}{', '.join(ends)}")


def main() -> None:
    parser = ArgumentParser(prog="reference", description=__doc__)
    parser.add_argument("command", choices=__doc__.split(" (")[0].split()[2::2])
    parser.add_argument("paths", nargs="*", type=Path, help="of verify and vectors")
    for name, kind, default in (
            ("hub", str, ""), ("node", str, ""), ("hub-node", str, "630000-hub"),
            ("hub-key", base64.b64decode, b""), ("secret-file", Path, None), ("store", Path, None),
            ("edits", int, 20), ("seed", int, 20)):
        parser.add_argument(f"--{name}", type=kind, default=default)
    parser.add_argument("--scope", action="append", default=[])
    parser.add_argument("--conflicts", action="store_true")
    given = parser.parse_intermixed_args()
    if given.command == "keygen":
        given.secret_file.write_text(os.urandom(32).hex())
    if given.secret_file:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given.secret_file.read_text()))
    if given.command == "keygen":
        return print(base64.b64encode(key.public_key().public_bytes_raw()).decode())
    if given.command == "vectors":
        sys.exit(not run(given.paths[0]))
    store = Store(given.hub_node, given.hub_key, given.scope, given.store)
    if given.command == "verify":
        return verify(store, given.paths)
    if given.command != "state":
        client = Client(store, given.hub, given.node, key)
        if given.command == "random":
            random_edits(client, given.edits, given.seed)
        client.sync()
    scopes = store.scopes or sorted({log.scope for log in store.tips}, key=scope_order)
    folds = {scope: store.folds(scope) for scope in scopes}
    records = [record for fold, _ in folds.values() for record in fold]
    conflicts = [conflict for record in records for conflict in record.plain_conflicts()]
    if given.command == "state":
        result = {"scopes": [{"scope": scope, "clock": store.digest(scope).hex(), "state": digest}
                             for scope, (_, digest) in folds.items()]}
        result |= {"conflicts": conflicts} if given.conflicts else {}
    else:
        result = {"rounds": client.rounds, "received": client.received, "sent": client.sent,
                  "waiting": sum(len(record.waiting) for record in records),
                  "conflicts": len(conflicts)}
    print(json.dumps(result))


if __name__ == "__main__":
    try:
        main()
    except (Refusal, OSError, ValueError, HTTPException) as failure:
        sys.exit(str(failure))
