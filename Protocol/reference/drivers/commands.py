"""python3 reference keygen | sync | random | state | verify | vectors (see --help)"""
import base64
import json
import os
import sqlite3
import sys
from argparse import ArgumentParser
from http.client import HTTPException
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drivers.edits import random_edits
from drivers.vectors import plain_conflicts, run
from forms import Refusal, scope_order
from node import Client, Clock, Store, verified

def tell(clock: Clock) -> None:
    for log, tips in sorted(clock.items()):
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
    if given.command == "verify":
        files = {str(path): path.read_bytes() for path in given.paths}
        return tell(verified(given.hub_node, given.hub_key, files).tips)
    if given.command == "state" and given.store:
        given.store.stat()  # fails if there is none, instead of making one
    store = Store(given.hub_node, given.hub_key, given.scope, given.store or ":memory:")
    if given.command != "state":
        client = Client(store, given.hub, given.node, key.sign)
        if given.command == "random":
            random_edits(client, given.edits, given.seed)
        client.sync()
    scopes = store.scopes or sorted({log.scope for log in store.tips}, key=scope_order)
    folds = {scope: store.folds(scope) for scope in scopes}
    records = [record for fold, _ in folds.values() for record in fold]
    conflicts = [conflict for record in records for conflict in plain_conflicts(record)]
    if given.command == "state":
        result = {"scopes": [{"scope": scope, "clock": store.digest(scope).hex(), "state": digest}
                             for scope, (_, digest) in folds.items()]}
        result |= {"conflicts": conflicts} if given.conflicts else {}
    else:
        result = {"rounds": client.rounds, "received": client.received, "sent": client.sent,
                  "waiting": sum(len(record.waiting) for record in records),
                  "conflicts": len(conflicts)}
    print(json.dumps(result))

def run_command() -> None:
    try:
        main()
    except (Refusal, OSError, ValueError, HTTPException, sqlite3.Error) as failure:
        sys.exit(str(failure))
