"""Runs conformance vectors: NAME.json says what the bytes of NAME.cbor come to."""
import json
from pathlib import Path

from forms import (CLOCK, CROCKFORD, INT64, LOG, PAYLOAD, RECEIPT, REFERENCE, ZERO, Change, Log,
                   Refusal, Segment, atom, check_header, encode, need, one, read_message,
                   read_proof, sequence, sha, verifies)
from node import Client, Record, Store

unhex = bytes.fromhex
DECODE = {"log": lambda data: {"name": str(LOG(one(data)))},
          "reference": lambda data: {"short_id": str(REFERENCE(one(data)))},
          "clock": lambda data: {"digest": sha(encode(CLOCK(one(data)))).hex()},
          "header": lambda data: check_header(one(data)),
          "payload": lambda data: PAYLOAD(one(data, INT64)),
          "change": lambda data: vars(Change(Log("any", 0, "province", 1), 1, ZERO, ZERO,
                                             *sequence(data)))}

def decode(data: bytes, given: dict) -> dict:
    kind = given["as"]
    return DECODE[kind](data) if kind in DECODE else {"segments": len(read_message(kind, data)[1])}

def short_id(data: bytes, given: dict) -> dict:
    """N9, as people type it."""
    plain = atom(one(data), str).lower().translate(str.maketrans("oil", "011"))
    need(one(data).isascii() and {*plain} <= {*CROCKFORD})
    bits = "".join(f"{CROCKFORD.index(letter):05b}" for letter in plain)
    whole = len(bits) // 8 * 8
    name = bytes(int(bits[at:at + 8], 2) for at in range(0, whole, 8))
    need(len(bits) - whole < 5 and "1" not in bits[whole:] and 8 <= len(name) <= 12 and name[4])
    return {"canonical": plain, "sequence": int.from_bytes(name[4:-3], "big")}

def segment(data: bytes, given: dict) -> dict:
    read = Segment(data)
    need(verifies(unhex(given["key"]), read.signature, read.signed), "bad-signature")
    return {"log": str(read.log), "first": read.first,
            "hashes": [change.hash.hex() for change in read.changes]}

def receipt(data: bytes, given: dict) -> dict:
    *about, signature = RECEIPT(one(data))
    signed = ["creditsync receipt", 1, *about]
    need(verifies(unhex(given["hub_key"]), signature, signed), "bad-signature")
    return {}

def proof(data: bytes, given: dict) -> dict:
    """A1 to A6; the last three are the hub's checks."""
    keys = {name: unhex(key) for name, key in given["keys"].items()}
    about = ["answer", given["status"]] if "status" in given else ["request", given["method"]]
    about += [given["path"], given["peer"], sha(unhex(given["body"]))]
    time, nonce, boot = read_proof(data, keys, about)
    if "status" in given:
        need(nonce.hex() == given["nonce"], "signature-invalid")
    else:
        need(boot == int(given["boot"], 16), "boot")
        need(abs(time - given["now"]) <= 300_000, "clock")
        need(nonce.hex() not in given["used_nonces"], "replay")
    return {"time": time}

def fill(segments: list[bytes], given: dict) -> tuple[Store, list[str]]:
    here, results = Store(given["hub"], unhex(given["hub_key"]), given["scopes"]), []
    for data in segments:
        try:
            results.append(f"stored {here.receive(Segment(data))}".replace("stored 0", "known"))
        except Refusal as refusal:
            results.append(f"refused {refusal}")
    return here, results

def store(data: bytes, given: dict) -> dict:
    states, results = [], []
    for order in given["orders"]:
        here, run = fill([sequence(data)[at] for at in order], given)
        folds = {scope: here.folds(scope) for scope in here.scopes}
        records = [record for fold, _ in folds.values() for record in fold if record.type != "node"]
        conflicts = [conflict for record in records for conflict in plain_conflicts(record)]
        states.append({"scopes": {scope: {"clock": here.digest(scope).hex(), "state": digest}
                                  for scope, (_, digest) in folds.items()},
                       "conflicts": sorted(conflicts, key=lambda conflict: conflict["name"]),
                       "records": [plain(record) for record in records]})
        results.append(run)
    need(all(state == states[0] for state in states), "depends on the order")
    return states[0] | {"results": results}

def plain_conflicts(record: Record) -> list[dict]:
    return [{"name": f"{record.name}.{slot}", "class": kind, "sides": [*map(str, sides)]}
            for slot, kind, sides in record.conflicts]

def plain(record: Record) -> dict:
    agreed = {group: record.last_agreed(group) for group in record.disputed}
    return {"id": str(record.name), "type": record.type, "visible": record.visible,
            "waiting": len(record.waiting), "canonical": record.canonical().hex(),
            "disputed": [{"group": group, "last_agreed": name and str(name)}
                         for group, name in agreed.items()]}

def send(data: bytes, given: dict) -> dict:
    client = Client(fill(sequence(data), given)[0], "", given["node"], None)
    client.limit = given["budget"]
    client.deferred = [LOG(one(unhex(log))) for log in given["deferred"]]
    names = {REFERENCE(one(unhex(mark))) for mark in given["marks"]}
    client.marks = {change.name.log: change for change in client.store.changes.values()
                    if change.name in names}
    if given["hub_clock"]:
        client.shown["province"] = dict(CLOCK(one(unhex(given["hub_clock"]))))
    request, segments = client.request()
    return {"marks": [encode(mark).hex() for mark in request.get(2, ())],
            "clock_sent": len(request[1][0]) == 3,
            "sends": [f"{one.log} {one.first}-{one.changes[-1].name.number}" for one in segments]}

def run(folder: Path) -> bool:
    """Prints what differs; True if nothing does."""
    kinds = {"decode": decode, "short-id": short_id, "segment": segment, "receipt": receipt,
             "proof": proof, "store": store, "send": send}
    failed, files = 0, sorted(folder.glob("*/*.json"))
    for file in files:
        vector = json.loads(file.read_text())
        try:
            data = file.with_suffix(".cbor").read_bytes()
            outcome = {"accepted": True} | kinds[file.parent.name](data, vector["settings"])
        except Refusal as refusal:
            outcome = {"accepted": False, "error": str(refusal)}
        if any(outcome.get(key) != value for key, value in vector["outcome"].items()):
            failed += 1
            print(f"{file.parent.name}/{file.stem}: {outcome}, not {vector['outcome']}")
    print(f"{len(files) - failed} of {len(files)} vectors pass")
    return not failed
