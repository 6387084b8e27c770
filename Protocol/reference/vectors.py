"""Runs conformance vectors: NAME.json says what the bytes of NAME.cbor come to."""
import json
from pathlib import Path

from cbor import Refusal, encode, need, one, sequence
from client import BOOT, NONCE, TIME, Client, read_message, read_proof, read_receipt
from model import (Change, Log, Reference, Segment, digest, read_changes, read_clock,
                   read_payload, read_short, sha, short, verifies)
from state import Record, state_digest
from store import Store

unhex = bytes.fromhex
DECODE = {"header": lambda data: Change.read(one(data)) and {},
          "payload": lambda data: read_payload(data) and {},
          "change": lambda data: list(read_changes(data)) and {},
          "log": lambda data: {"name": str(Log.read(one(data)))},
          "reference": lambda data: {"short_id": str(Reference.read(one(data)))},
          "clock": lambda data: {"digest": digest(read_clock(one(data))).hex()},
          "wake": lambda data: read_message("wake", data) and {}}


def decode(data: bytes, given: dict) -> dict:
    outcome = DECODE[given["as"]](data) if given["as"] in DECODE else {
        "segments": len(read_message(given["as"], data)[1])}
    need(b"".join(map(encode, sequence(data))) == data)
    return {"accepted": True} | outcome


def short_id(data: bytes, given: dict) -> dict:
    parts = read_short(one(data))
    return {"accepted": True, "canonical": short(*parts), "sequence": parts[1]}


def segment(data: bytes, given: dict) -> dict:
    read = Segment.read(data)
    need(verifies(unhex(given["key"]), read.signature, read.signed), "bad-signature")
    return {"accepted": True, "log": str(read.log), "first": read.first,
            "hashes": [change.hash.hex() for change in read.changes]}


def receipt(data: bytes, given: dict) -> dict:
    log, at, digest, signature = read_receipt(one(data))
    message = ["creditsync receipt", 1, log, at, digest]
    need(verifies(unhex(given["hub_key"]), signature, message), "bad-signature")
    return {"accepted": True}


def proof(data: bytes, given: dict) -> dict:
    """A1 to A6; the last three are the hub's checks."""
    keys = {name: unhex(key) for name, key in given["keys"].items()}
    about = ["answer", given["status"]] if "status" in given else ["request", given["method"]]
    body = sha(unhex(given["body"]))
    signed = read_proof(data, keys, [*about, given["path"], given["peer"], body])
    if "status" in given:
        need(signed[NONCE].hex() == given["nonce"], "signature-invalid")
        return {"accepted": True, "time": signed[TIME]}
    need(signed[BOOT] == int(given["boot"], 16), "boot")
    need(abs(signed[TIME] - given["now"]) <= 300_000, "clock")
    need(signed[NONCE].hex() not in given["used_nonces"], "replay")
    return {"accepted": True}


def filled(segments: list[bytes], given: dict) -> tuple[Store, list[str]]:
    here, results = Store(given["hub"], unhex(given["hub_key"]), given["scopes"]), []
    for data in segments:
        try:
            count = here.receive(Segment.read(data))
            results.append(f"stored {count}" if count else "known")
        except Refusal as refusal:
            results.append(f"refused {refusal.rule}")
    return here, results


def plain_record(record: Record) -> dict:
    agreed = [(group, record.last_agreed(group)) for group in record.siblings
              if record.disputed(group)]
    return {"id": str(record.name), "type": record.type, "visible": record.visible,
            "waiting": len(record.waiting), "canonical": record.canonical.hex(),
            "disputed": [{"group": group, "last_agreed": change and str(change.name)}
                         for group, change in agreed]}


def plain_state(here: Store) -> dict:
    folds = {scope: here.folds(scope) for scope in here.scopes}
    records = [record for fold in folds.values() for record in fold if record.type != "node"]
    conflicts = [conflict.plain for record in records for conflict in record.conflicts]
    return {"records": list(map(plain_record, records)),
            "conflicts": sorted(conflicts, key=lambda conflict: conflict["name"]),
            "scopes": {scope: {"clock": here.digest(scope).hex(), "state": state_digest(fold).hex()}
                       for scope, fold in folds.items()}}


def store(data: bytes, given: dict) -> dict:
    segments = sequence(data)
    runs = [filled([segments[at] for at in order], given) for order in given["orders"]]
    states = [plain_state(here) for here, _ in runs]
    same = all(state == states[0] for state in states)
    return states[0] | {"results": [results for _, results in runs]} if same else {}


def send(data: bytes, given: dict) -> dict:
    here, _ = filled(sequence(data), given)
    client = Client(here, "", given["node"], None)
    client.limit = given["budget"]
    client.deferred = {Log.read(one(unhex(log))) for log in given["deferred"]}
    names = {Reference.read(one(unhex(mark))) for mark in given["marks"]}
    client.marks = {change.name.log: change for change in here.changes.values()
                    if change.name in names}
    if given["hub_clock"]:
        client.shown["province"] = read_clock(one(unhex(given["hub_clock"])))
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
            outcome = kinds[file.parent.name](data, vector["settings"])
        except Refusal as refusal:
            outcome = {"accepted": False, "error": refusal.rule}
        if outcome != vector["outcome"]:
            failed += 1
            print(f"{file.parent.name}/{file.stem}: {outcome}, not {vector['outcome']}")
    print(f"{len(files) - failed} of {len(files)} vectors pass")
    return not failed
