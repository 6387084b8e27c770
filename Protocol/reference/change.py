"""Names (section 3), changes (section 4), hashes and segments (section 5), and their forms."""
import hashlib
import zlib
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cbor import (INT64, Refusal, array, atom, encode, fields, many, need, number, one, sequence,
                  table, text)

LANES = "control", "records", "events"
EDIT, DECISION, JOIN, VERDICT, VOID = range(1, 6)
KEYS = {EDIT: ({1, 5}, {3, 5}, {3, 4, 5}), DECISION: ({3, 5}, {3, 4, 5}), JOIN: ({3, 4},),
        VERDICT: ({3, 5, 6},), VOID: ({3, 6},)}  # C5 to C9
ZERO, HOLD, RELEASE = bytes(32), b"\xa1\x01\xf5", b"\xa1\x01\xf4"
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def verifies(key: bytes, signature: bytes, message: list) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, encode(message))
    except (InvalidSignature, ValueError):
        return False
    return True


def short(data: bytes) -> str:  # N9
    bits = "".join(f"{byte:08b}" for byte in data + b"\0")
    return "".join(CROCKFORD[int(bits[at:at + 5], 2)] for at in range(0, 8 * len(data), 5))


def scope_order(scope: str) -> tuple[bool, str]:
    return scope != "province", scope


class Log(NamedTuple):
    node: str
    incarnation: int
    scope: str
    lane: int

    def order(self) -> tuple:  # N5
        return self.lane, scope_order(self.scope), self.node, self.incarnation

    def __lt__(self, other: "Log") -> bool:
        return self.order() < other.order()

    def __str__(self) -> str:
        return f"{self.node}/{self.incarnation:016x}/{self.scope}/{LANES[self.lane]}"


class Reference(NamedTuple):
    log: Log
    number: int
    prefix: bytes

    def __str__(self) -> str:
        at = self.number.to_bytes(5, "big").lstrip(b"\0")
        return short(sha(str(self.log).encode())[:4] + at + self.prefix[:3])


def size(length: int) -> partial:
    return partial(atom, kind=bytes, fits=lambda data: len(data) == length)


BYTES, SECRET, HASH, SIGNATURE = partial(atom, kind=bytes), size(16), size(32), size(64)
UINT32, TIME = partial(number, high=2**32 - 1), partial(number, low=-INT64 - 1, high=INT64)
ONE = partial(number, low=1, high=1, rule="unsupported")  # version and suite
SEQUENCE = partial(number, low=1, high=2**40 - 1)
NODE = partial(text, pattern="[a-z0-9-]+", most=15)
SCOPE = partial(text, pattern="province|county/[0-9]{6}", rule="unsupported")
LANE = partial(number, high=2, rule="unsupported")
LOG = partial(array, of=(NODE, number, SCOPE, LANE), make=Log._make)
REFERENCE = partial(array, of=(LOG, SEQUENCE, size(8)), make=Reference._make)
TIP = partial(array, of=(SEQUENCE, HASH), make=tuple)
TIPS = partial(many, of=TIP, least=1, most=64, order=tuple)
CLOCK = partial(many, of=partial(array, of=(LOG, TIPS)), most=16384, order=itemgetter(0))
INDICES = partial(many, of=number, order=int)
HEADER = partial(fields, required={0, 8, 10}, of={
    0: partial(number, low=1, high=5, rule="unsupported"), 1: partial(text, pattern=".+", most=32),
    2: partial(many, of=REFERENCE, order=tuple), 3: number, 4: INDICES,
    5: partial(table, key=UINT32, of=INDICES, most=64), 6: number,
    8: partial(text, pattern="[A-Za-z0-9._-]+", most=32), 10: TIME})
PAYLOAD = partial(fields, required={0}, of={
    0: UINT32, 1: partial(table, key=UINT32, of=partial(atom, kind=dict)),
    2: partial(text, pattern=".*", most=4096)})
SEGMENT = partial(array, of=(
    ONE, LOG, SEQUENCE, HASH, partial(atom, kind=list), SIGNATURE,
    partial(number, low=1, high=512), partial(number, low=1, high=524288), BYTES))


def check_header(header: Any) -> dict:
    header = HEADER(header)
    kind, names, groups = header[0], header.get(2, []), header.get(5, {})
    keys = header.keys() & {1, 3, 4, 5, 6}
    named = [header[key] for key in (3, 6) if key in header]
    named += sum(groups.values(), header.get(4, []))
    need(keys & {1, 3})  # C2
    need(len(named) <= 257, "too-large")  # C14, and the record
    need({*named} <= {*range(len(names))})  # C3
    need(len({*named}) == len(names), "not-canonical")
    need(keys in KEYS[kind] and not (1 in keys and names), "inconsistent")
    need(groups.keys() == {0} if kind == VERDICT else 0 not in groups, "inconsistent")
    return header


class Change:
    """A change at its place, with references where the header has indices."""

    def __init__(self, log: Log, at: int, previous: bytes, secret: bytes, *pair: Any):
        header, payload = check_header(pair[0]), BYTES(pair[1])
        values = PAYLOAD(one(payload, INT64)).get(1, {})
        head, names, groups = encode(header), header.get(2, []), header.get(5, {})
        self.values = {group: encode(value) for group, value in values.items()}
        self.kind, self.type, self.previous = header[0], header.get(1, ""), previous
        need(len(head + encode(payload)) <= 65536, "too-large")  # C14
        need(values.keys() == groups.keys(), "inconsistent")  # C12
        need(self.kind != VERDICT or self.values[0] in (HOLD, RELEASE), "inconsistent")  # C8
        need(all(name.log.scope == log.scope for name in names), "inconsistent")  # C13
        salt = sha(secret, at.to_bytes(8, "big"))[:16]
        self.hash = sha(encode([1, log, at, previous]), head, sha(salt, payload))  # S1 to S3
        self.name = Reference(log, at, self.hash[:8])
        self.record = names[header[3]] if 3 in header else self.name
        self.target = names[header[6]] if 6 in header else None
        self.needs = {*names} if self.kind != VOID else set()  # M1
        # What its author was shown: the values of each group, and under None the heads
        self.shown = {group: [names[index] for index in indices]
                      for group, indices in [(None, header.get(4, [])), *groups.items()]}


def blocks(first: int, last: int) -> int:
    return (last - 1) // 512 - (first - 1) // 512 + 1  # S2


class Segment:
    def __init__(self, data: bytes):
        need(len(data) <= 528384, "too-large")
        (_, self.log, self.first, previous, self.secrets, self.signature, count, length,
         packed) = SEGMENT(one(data))  # S4
        need(self.first + count <= 2**40, "too-large")
        need((previous == ZERO) == (self.first == 1), "inconsistent")
        need(None not in self.secrets, "unsupported")  # S5
        array(self.secrets, of=(SECRET,) * blocks(self.first, self.first + count - 1))
        inflater = zlib.decompressobj(-15)
        try:
            body = inflater.decompress(packed, length + 1)
        except zlib.error:
            raise Refusal("malformed") from None
        need(len(body) == length and inflater.eof and not inflater.unused_data)  # S6
        items = sequence(body)
        need(len(items) == 2 * count)
        self.data, self.changes = data, []
        for at, header, payload in zip(range(self.first, 2**40), items[::2], items[1::2]):
            secret = self.secrets[blocks(self.first, at) - 1]
            self.changes.append(Change(self.log, at, previous, secret, header, payload))
            previous = self.changes[-1].hash
        self.signed = ["creditsync segment", 1, self.log, at, previous]  # S7
