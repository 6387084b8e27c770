"""What bytes say: encoding (section 2), names (3), changes (4), segments (5), messages (8, 10)."""
import hashlib
import re
import zlib
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, Callable, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Form = Callable[[Any], Any]  # gives back what fits it, and refuses the rest
INT64, UINT64 = 2**63 - 1, 2**64 - 1
SIMPLE = {20: False, 21: True, 22: None}
LANES = "control", "records", "events"
EDIT, DECISION, JOIN, VERDICT, VOID = range(1, 6)
KEYS = {EDIT: ({1, 5}, {3, 5}, {3, 4, 5}), DECISION: ({3, 5}, {3, 4, 5}), JOIN: ({3, 4},),
        VERDICT: ({3, 5, 6},), VOID: ({3, 6},)}  # C5 to C9
ZERO, HOLD, RELEASE = bytes(32), b"\xa1\x01\xf5", b"\xa1\x01\xf4"
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

class Refusal(Exception):
    """A broken rule, by its name."""

def need(holds: Any, rule: str = "malformed") -> None:
    if not holds:
        raise Refusal(rule)

def encode(value: Any) -> bytes:
    match value:
        case None | bool():
            return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
        case int():
            major, count, rest = value < 0, max(value, ~value), b""
        case bytes():
            major, count, rest = 2, len(value), value
        case str():
            major, count, rest = 3, len(value.encode()), value.encode()
        case dict():
            pairs = sorted(encode(key) + encode(item) for key, item in value.items())
            major, count, rest = 5, len(value), b"".join(pairs)
        case list() | tuple():
            major, count, rest = 4, len(value), b"".join(map(encode, value))
    if count < 24:
        return bytes([major << 5 | count]) + rest
    size = next(size for size in range(4) if count < 256 ** (1 << size))
    return bytes([major << 5 | 24 + size]) + count.to_bytes(1 << size, "big") + rest

def decode(data: BinaryIO, top: int = UINT64, depth: int = 10) -> Any:
    """The next item, without integers above `top`; the depth is a payload's (C12)."""
    need(head := data.read(1))
    major, info = divmod(head[0], 32)
    need(info < 31 or not 2 <= major <= 5, "not-canonical")  # E1
    need(info < 28 and major != 6 and (major < 7 or info in SIMPLE))  # E2
    if major == 7:
        return SIMPLE[info]
    size = 1 << info - 24 if info > 23 else 0
    need(len(head := data.read(size)) == size)
    count = int.from_bytes(head, "big") if size else info
    need(count <= (top, INT64, 528384, 65536, 65536, 65536)[major], "too-large")  # E3, E7
    if major < 2:
        return ~count if major else count
    if major < 4:
        need(len(chunk := data.read(count)) == count)  # E6
        need(major == 2 or chunk.decode(errors="replace").encode() == chunk)  # E4
        return chunk if major == 2 else chunk.decode()
    need(depth, "too-large")
    items = [decode(data, top, depth - 1) for _ in range(count * (major - 3))]
    need(major == 4 or all(type(key) is int for key in items[::2]))  # E5
    return items if major == 4 else dict(zip(items[::2], items[1::2]))

def sequence(data: bytes, top: int = UINT64) -> list:
    """All items of the data, of which each has one encoding."""
    items, stream = [], BytesIO(data)
    while stream.tell() < len(data):
        items.append(decode(stream, top))
    need(b"".join(map(encode, items)) == data, "not-canonical")
    return items

def one(data: bytes, top: int = UINT64) -> Any:
    need(len(items := sequence(data, top)) == 1)  # E6
    return items[0]

def atom(value: Any, kind: type, fits: Form = lambda _: True, rule: str = "malformed") -> Any:
    need(type(value) is kind)
    need(fits(value), rule)
    return value

def number(value: Any, low: int = 0, high: int = UINT64, rule: str = "") -> int:
    need(atom(value, int) >= low, rule or "malformed")
    need(value <= high, rule or "too-large")
    return value

def text(value: Any, pattern: str, most: int = 65536, rule: str = "malformed") -> str:
    need(len(atom(value, str).encode()) <= most, "too-large")
    need(re.fullmatch(pattern, value, re.DOTALL), rule)
    return value

def array(value: Any, of: tuple, least: int = 0, make: Form = list) -> Any:
    need(type(value) is list and (least or len(of)) <= len(value) <= len(of))
    return make(form(item) for form, item in zip(of, value))

def many(value: Any, of: Form, least: int = 0, most: int = 65536, order: Form = None) -> list:
    need(len(atom(value, list)) >= least)
    need(len(value) <= most, "too-large")
    items = [of(item) for item in value]
    need(not order or all(order(a) < order(b) for a, b in zip(items, items[1:])), "not-canonical")
    return items

def table(value: Any, key: Form, of: Form, most: int = 65536) -> dict:
    need(len(atom(value, dict)) <= most, "too-large")
    return {key(name): of(item) for name, item in value.items()}

def fields(value: Any, required: set[int], of: dict[int, Form]) -> dict:
    need(required <= atom(value, dict).keys())
    need(value.keys() <= of.keys(), "unsupported")
    need(all(value[key] not in ([], {}) for key in value.keys() - required), "not-canonical")  # E8
    return {key: of[key](item) for key, item in value.items()}

def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()

def verifies(key: bytes, signature: bytes, message: list) -> bool:
    with suppress(InvalidSignature, ValueError):
        Ed25519PublicKey.from_public_bytes(key).verify(signature, encode(message))
        return True
    return False

def scope_order(scope: str) -> tuple[bool, str]:
    return scope != "province", scope

class Log(NamedTuple):
    node: str
    incarnation: int
    scope: str
    lane: int

    def __lt__(self, other: "Log") -> bool:  # N5
        return ((self.lane, scope_order(self.scope), *self)
                < (other.lane, scope_order(other.scope), *other))

    def __str__(self) -> str:
        return f"{self.node}/{self.incarnation:016x}/{self.scope}/{LANES[self.lane]}"

class Reference(NamedTuple):
    log: Log
    number: int
    prefix: bytes

    def __str__(self) -> str:  # N9
        at = self.number.to_bytes(5, "big").lstrip(b"\0")
        short = sha(str(self.log).encode())[:4] + at + self.prefix[:3]
        bits = "".join(f"{byte:08b}" for byte in short + b"\0")
        return "".join(CROCKFORD[int(bits[at:at + 5], 2)] for at in range(0, 8 * len(short), 5))

BYTES = partial(atom, kind=bytes)
PREFIX, SECRET, HASH, SIGNATURE = (
    partial(BYTES, fits=lambda data, size=size: len(data) == size) for size in (8, 16, 32, 64))
UINT32, TIME = partial(number, high=2**32 - 1), partial(number, low=-INT64 - 1, high=INT64)
ONE = partial(number, low=1, high=1, rule="unsupported")  # version and suite
SEQUENCE = partial(number, low=1, high=2**40 - 1)
SCOPE = partial(text, pattern="province|county/[0-9]{6}", rule="unsupported")
LOG = partial(array, make=Log._make, of=(partial(text, pattern="[a-z0-9-]+", most=15), number,
                                         SCOPE, partial(number, high=2, rule="unsupported")))
REFERENCE = partial(array, of=(LOG, SEQUENCE, PREFIX), make=Reference._make)
TIP = partial(array, of=(SEQUENCE, HASH), make=tuple)
TIPS = partial(many, of=TIP, least=1, most=64, order=tuple)
CLOCK = partial(many, of=partial(array, of=(LOG, TIPS)), most=16384, order=lambda item: item[0])
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
RECEIPT = partial(array, of=(LOG, SEQUENCE, HASH, SIGNATURE))
REFUSAL = partial(array, of=(partial(number, low=1, high=9, rule="malformed"),
                             lambda log: log if log is None else LOG(log),
                             partial(number, high=2**40 - 1), number))
RULES = ("malformed", "not-canonical", "too-large", "unsupported", "unknown-node",
         "bad-signature", "gap", "scope-not-granted", "inconsistent")  # X4
NAMES, WANTED = (partial(many, of=REFERENCE, most=most) for most in (64, 4096))
REPORTS = partial(many, of=partial(array, of=(SCOPE, HASH, CLOCK), least=2), most=64,
                  order=lambda report: scope_order(report[0]))
ITEMS = {0: ONE, 1: REPORTS, 2: NAMES, 3: NAMES, 4: partial(number, high=4194304),
         5: partial(many, of=RECEIPT, most=4096), 6: partial(many, of=REFUSAL, most=4096),
         7: WANTED, 9: partial(many, of=LOG, most=4096, order=lambda log: log),
         8: partial(atom, kind=bool, fits=bool, rule="not-canonical")}
MESSAGES = {"wake": ({0, 1}, {0, 1}), "exchange-request": ({0, 1, 4}, {0, 1, 2, 3, 4, 9}),
            "exchange-answer": ({0, 1}, {0, 1, 2, 5, 6, 7, 8})}
PROOF = partial(array, of=(BYTES, partial(fields, required=set(), of={}),
                           partial(atom, kind=type(None)), SIGNATURE))
PROTECTED = partial(fields, required={1, 4, -65537, -65538, -65539}, of={
    1: TIME, 4: BYTES, -65537: TIME, -65538: SECRET, -65539: number})

def check_header(header: Any) -> dict:
    header = HEADER(header)
    kind, names, groups = header[0], header.get(2, []), header.get(5, {})
    keys = header.keys() & {1, 3, 4, 5, 6}
    named = [header[key] for key in keys & {3, 6}] + sum(groups.values(), header.get(4, []))
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

    def merges_with(self, other: "Change") -> bool:
        """K5: without equal values each writes a group, and no group is written by both."""
        both = self.values.keys() & other.values.keys()
        return (self.values.keys() != both != other.values.keys()
                and all(self.values[group] == other.values[group] for group in both))

class Segment:
    """A run of changes of one log (S4), whose signature is still to be verified."""

    def __init__(self, data: bytes):
        need(len(data) <= 528384, "too-large")
        (_, self.log, self.first, previous, self.secrets, self.signature, count, length,
         packed) = SEGMENT(one(data))
        need(self.first + count <= 2**40, "too-large")
        need((previous == ZERO) == (self.first == 1), "inconsistent")
        need(None not in self.secrets, "unsupported")  # S5
        blocks = sorted({(at - 1) // 512 for at in range(self.first, self.first + count)})  # S2
        secrets = dict(zip(blocks, array(self.secrets, of=(SECRET,) * len(blocks))))
        inflater, body = zlib.decompressobj(-15), b""
        with suppress(zlib.error):
            body = inflater.decompress(packed, length + 1)
        need(len(body) == length and inflater.eof and not inflater.unused_data)  # S6
        need(len(items := sequence(body)) == 2 * count)
        self.data, self.changes = data, []
        for at, header, payload in zip(range(self.first, 2**40), items[::2], items[1::2]):
            secret = secrets[(at - 1) // 512]
            self.changes.append(Change(self.log, at, previous, secret, header, payload))
            previous = self.changes[-1].hash
        self.signed = ["creditsync segment", 1, self.log, at, previous]  # S7

def read_message(kind: str, data: bytes) -> tuple[dict, list[bytes]]:
    """The map of a message, and its segments; X1 to X6."""
    (message, *segments), (required, keys) = sequence(data) or [None], MESSAGES[kind]
    message = fields(message, required, {key: ITEMS[key] for key in keys})
    need(kind != "wake" or not segments and all(len(report) == 2 for report in message[1]))
    return message, many(segments, BYTES, most=4096)

def read_proof(data: bytes, keys: dict[str, bytes], payload: list) -> tuple[int, bytes, int]:
    """Time, nonce and boot number of a proof that its node signed; A1 to A3."""
    try:
        head, _, _, signature = PROOF(one(data))
        algorithm, node, *rest = PROTECTED(one(head)).values()
    except Refusal:
        raise Refusal("signature-malformed") from None
    need(algorithm == -8, "signature-algorithm")
    key = keys.get(node.decode(errors="replace"), b"")
    need(verifies(key, signature, ["Signature1", head, b"", encode(payload)]), "signature-invalid")
    return rest
