"""python3 reference keygen | sync | random | state | verify | vectors (see --help)"""
import argparse
import base64
import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import vectors
from cbor import Refusal, sequence
from client import Client, Failure
from model import Segment, scope_order
from state import state_digest
from store import Store
from writer import random_edits


def verify(store: Store, paths: list[Path]) -> None:
    """An auditor's checks of exported logs: the hub's control log first, as it registers nodes."""
    segments = []
    for path in paths:
        for place, data in enumerate(sequence(path.read_bytes())):
            try:
                segments.append((Segment.read(data), f"{path}, segment {place + 1}"))
            except Refusal as fault:
                sys.exit(f"{path}, segment {place + 1}: {fault}")
    store.scopes = sorted({segment.log.scope for segment, _ in segments}, key=scope_order)
    for segment, place in sorted(segments, key=lambda item: (item[0].log, item[0].first)):
        try:
            store.receive(segment)
        except Refusal as fault:
            sys.exit(f"{place}, {segment.log} from {segment.first}: {fault.rule}")
    for log in sorted(store.tips):
        ends = [f"{at} {tip.hex()}" for at, tip in store.clock(log.scope)[log]]
        print(f"{log}: {'FORKED: ' if len(ends) > 1 else ''}{', '.join(ends)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="reference", description=__doc__)
    parser.add_argument("command", choices=__doc__.split(" (")[0].split()[2::2])
    parser.add_argument("paths", nargs="*", type=Path, help="of verify and vectors")
    for name in ("hub", "node"):
        parser.add_argument(f"--{name}")
    for name in ("store", "secret-file"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--hub-node", default="630000-hub")
    parser.add_argument("--hub-key", type=base64.b64decode, default=b"", help="base 64")
    parser.add_argument("--scope", action="append", default=[])
    for name in ("edits", "seed"):
        parser.add_argument(f"--{name}", type=int, default=20)
    parser.add_argument("--conflicts", action="store_true")
    given = parser.parse_intermixed_args()
    if given.command == "keygen":
        secret = os.urandom(32)
        given.secret_file.write_text(secret.hex())
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        return print(base64.b64encode(public).decode())
    if given.command == "vectors":
        sys.exit(not vectors.run(given.paths[0]))
    store = Store(given.hub_node, given.hub_key, given.scope, given.store)
    if given.command == "verify":
        return verify(store, given.paths)
    if given.command != "state":
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given.secret_file.read_text()))
        client = Client(store, given.hub, given.node, key)
        if given.command == "random":
            random_edits(client, given.edits, given.seed)
        client.sync()
    scopes = store.scopes or sorted({log.scope for log in store.tips}, key=scope_order)
    folds = {scope: store.folds(scope) for scope in scopes}
    records = sum(folds.values(), [])
    conflicts = [conflict.plain for record in records for conflict in record.conflicts]
    if given.command == "state":
        result = {"scopes": [{"scope": scope, "clock": store.digest(scope).hex(),
                              "state": state_digest(folds[scope]).hex()} for scope in scopes]}
        result |= {"conflicts": conflicts} if given.conflicts else {}
    else:
        result = {"rounds": client.rounds, "received": client.received, "sent": client.sent,
                  "waiting": sum(len(record.waiting) for record in records),
                  "conflicts": len(conflicts)}
    print(json.dumps(result))


if __name__ == "__main__":
    try:
        main()
    except (Failure, Refusal, OSError) as failure:
        sys.exit(str(failure))
