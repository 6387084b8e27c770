#!/usr/bin/env python3
"""Makes the small corpora that the fuzzers start from: Tests/Fuzz/Corpus/NAME.

Mostly the protocol's vectors as they are; what a vector wraps (a body within a segment, a header
within an entry) is taken out of it. The rest is written here. Names are hashes of the content, so
making them again changes nothing.
"""

import base64
import hashlib
import itertools
import json
import pathlib
import random
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VECTORS = ROOT / "Protocol" / "vectors"
CORPUS = ROOT / "Tests" / "Fuzz" / "Corpus"
# libFuzzer works best on small inputs; a corpus is for shapes, not for sizes.
LARGEST = 2048


def add(target, data):
    if 0 < len(data) <= LARGEST:
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def head(data, offset):
    """Major type, argument, and where the content begins."""
    first = data[offset]
    short = first & 31
    if short < 24:
        return first >> 5, short, offset + 1
    size = 1 << (short - 24)
    return first >> 5, int.from_bytes(data[offset + 1 : offset + 1 + size]), offset + 1 + size


def skip(data, offset):
    """Where the item that begins here ends."""
    major, argument, offset = head(data, offset)
    if major in (2, 3):
        return offset + argument
    for _ in range({4: argument, 5: 2 * argument}.get(major, 0)):
        offset = skip(data, offset)
    return offset


def body(segment):
    """The inflated entries of a segment: its last element."""
    _, count, offset = head(segment, 0)
    for _ in range(count - 1):
        offset = skip(segment, offset)
    _, length, start = head(segment, offset)
    return zlib.decompress(segment[start : start + length], -15)


def entries(data):
    """Header and payload of each entry."""
    offset = 0
    while offset < len(data):
        end = skip(data, offset)
        _, length, start = head(data, end)
        yield data[offset:end], data[start : start + length], data[offset : start + length]
        offset = start + length


def from_vectors():
    for file in sorted(VECTORS.glob("*/*.cbor")):
        data = file.read_bytes()
        about = json.loads(file.with_suffix(".json").read_text())
        accepted = about["shows"] == "accept"
        reading = about["settings"].get("as", "")
        folder = file.parent.name
        if folder == "decode":
            add("Change" if reading in ("change", "header", "payload") else "Exchange", data)
            if accepted:
                add("CBOR", data)
        elif folder == "proof":
            add("Proof", data)
            if accepted:
                add("Proof", base64.b64encode(data))
        elif folder == "segment":
            add("Segment", data)
            if accepted:
                add("Entries", body(data))
                for parts in itertools.islice(entries(body(data)), 2):
                    for part in parts:
                        add("Change", part)
        elif folder == "short-id":
            add("Names", data)
        elif folder == "store":
            for record in about["outcome"].get("records", [])[:1] if accepted else []:
                state = bytes.fromhex(record["canonical"])
                # What a store keeps goes on: visible, nothing held, waiting, wanted or disputed.
                groups = head(state, skip(state, skip(state, 1)))[1]
                rest = bytes([0xF5, 0x80, 0x80, 0x80, 0x80 + groups]) + b"\xf4" * groups + b"\x80"
                add("State", bytes([0x8B]) + state[1:] + rest)


FIELDS = {
    "uscc": "916329007104910195", "name": "示例物业服务有限公司", "formerNames": ["示例乙", "示例甲"],
    "orgForm": "ENTERPRISE", "regDivision": "632521", "regStatus": "ACTIVE",
    "categories": ["CATERING", "PROPERTY"], "smeClass": "SMALL", "contactPerson": "张某",
    "contactPhone": "0974-0000000", "supplier": "ayfmz9015g0g40r", "source": "OFFICIAL_REF",
    "decisionBody": "某市场监管局", "decisionNo": "〔2026〕1号", "decisionDate": "2026-10-01",
    "legalBasis": ["《某法》第一条"], "polarity": "BAD", "conductCode": "C-01",
    "facts": "第一行\n第二行", "severity": "GENERAL", "penaltyFrom": "2026-10-01",
    "penaltyTo": "2027-10-01", "publicityMode": "PUBLIC", "publicityFrom": "2026-10-08",
    "publicityMinEnd": "2027-01-08", "publicityMaxEnd": "2027-10-08", "expiry": "2027-10-08",
    "evidence": ["a1" * 32], "kind": "REPAIR", "occurredAt": 1790000000000, "site": "一号楼",
    "checkpoint": "CP-1", "standardItem": "S-3", "result": "已修复", "slaDue": 1790000600000,
    "arrivedAt": 1790000300000, "doneAt": 1790000500000, "overdue": False, "rating": 5,
    "corrects": "ayfmz9015g0g40r", "note": "备注", "node": "632521-01",
    "publicKey": "A" * 43 + "=", "scopes": ["county/632521", "province"], "title": "共和县",
    "reason": "更正",
}  # fmt: skip


def written():
    for name, value in FIELDS.items():
        add("Fields", json.dumps({name: value}, ensure_ascii=False).encode())
    for count in (5, 20, len(FIELDS)):
        some = dict(list(FIELDS.items())[:count])
        add("Fields", json.dumps(some, ensure_ascii=False).encode())
    for text in (
        '{"a":[1,-2,{"b":null}],"c":true,"d":false}', ' [ "\\u00e9\\ud83d\\ude00\\n\\/" , 0 ]\n',
        '{"é":1,"é":2}', '"\\ud800"', "[9223372036854775807,-9223372036854775808]", "1e3", "1.5",
        "-0", "[" * 33 + "]" * 33, '{"a":1,"a":2}', '"中文𐅑"', "nul", '"\x01"', "[1,]",
        "\ufefftrue", '"\ufffe"',
    ):  # fmt: skip
        add("JSON", text.encode())
    add("JSON", b'"\xff"')
    for text in (
        "group-12", "life", "parallel", "rule-1", "group-01", "province", "county/632521",
        "632521-01", "2026-11-21", "zhang.san", "ayfmz9015g0g40r", "AYFMZ9OI5G0G40R",
        "ayfmz901h6bay.group-11", "%61%79?limit=50&cursor=000000g0000", "county%2F632521",
        "duplicate.supplier.916329007104910195", "91630000710000000X", "ＡＢ１２", "%E4%B8%AD",
    ):  # fmt: skip
        add("Names", text.encode())
    for seed in range(24):
        bits = hashlib.shake_256(bytes([seed])).digest(24 + 4 * seed)
        # Fates with nothing lost and nothing forked lead deeper.
        add("Fold", bytes(b & 0xEF for b in bits))


def sequences():
    """Scripts for the simulator: the head and some steps, as ByteScript reads them."""
    choices = random.Random(7)
    for steps in [6, 12, 20, 40] * 3:
        budget, guard, clocks = choices.choice([0, 200]), choices.randrange(2), choices.randrange(256)
        rates = [choices.choice([0, 0, choices.randrange(120)]) for _ in range(14)]
        start = [choices.randrange(4), choices.randrange(256), budget, guard, clocks, 0] + rates
        add("Sequence", bytes(start) + choices.randbytes(4 * steps))


if __name__ == "__main__":
    from_vectors()
    written()
    sequences()
    for folder in sorted(CORPUS.iterdir()):
        files = list(folder.iterdir())
        print(f"{folder.name}: {len(files)} files, {sum(f.stat().st_size for f in files)} bytes")
