"""Keys, and checkpoints as C2SP signed notes with Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.text import Text

Entropy = Callable[[int], bytes]

_ED25519: Final = b"\x01"
_SEED: Final = 32
_PRIME: Final = 2**255 - 19
_ORDER_EIGHT: Final = int(
    "2707385501144840649318225287225658788936804267575313519463743609750303402022"
)
_SMALL_ORDER: Final = frozenset({0, 1, _PRIME - 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT})
"""The y of the eight points of Ed25519 whose multiple by eight is nothing."""
_NAME: Final = re.compile(r"[^\s+\u2014]{1,200}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE: Final = re.compile(r"\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})")
_VERIFIER: Final = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class BrokenNoteError(ValueError):
    """The text is no signed note, checkpoint or verifier key."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signature to expect: a name and an Ed25519 public key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature line (C2SP signed-note).

        They only say which key to try: four bytes can be made to match.
        """
        text = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(text).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @staticmethod
    def parse(text: str) -> Verifier:
        """Parse `name+hash+key`; raise BrokenNoteError for anything else."""
        match = _VERIFIER.fullmatch(text)
        if match is None:
            raise BrokenNoteError(text)
        key = _decode_base64(match[3])
        verifier = Verifier(match[1], key[1:])
        wrong_hash = verifier.key_id.hex() != match[2]
        if len(key) != 1 + _SEED or key[:1] != _ED25519 or wrong_hash:
            raise BrokenNoteError(text)
        return verifier

    def verify(self, body: str, signature: bytes) -> bool:
        """Tell whether this key signed `body`.

        A key of small order would sign any text, which the library lets pass: those
        points, and any in another spelling, are refused as `verify.py` refuses them.
        """
        if not (_is_sound(self.public) and _is_sound(signature[:_SEED])):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(
                signature, body.encode()
            )
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; it signs under the name of each log (its origin).

    `succeeds` are the notes by which each key before it named the next, oldest first;
    `home` is the folder it lies in, where what it signed is remembered.
    """

    seed: bytes
    succeeds: tuple[str, ...] = ()
    home: Path | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return "SigningKey(…)"

    def make_verifier(self, name: str) -> Verifier:
        """Make the public half, with which others check what this key signs."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(name, private.public_key().public_bytes_raw())

    def sign(self, body: str, name: str) -> str:
        """Sign `body` as a note signed under `name`."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        signature = self.make_verifier(name).key_id + private.sign(body.encode())
        line = base64.b64encode(signature).decode()
        return f"{body}\n\u2014 {name} {line}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of a log at one moment."""

    origin: str
    size: int
    root: bytes

    def format_body(self) -> str:
        """Format the text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as read, with its signatures; nothing is verified yet."""

    checkpoint: Checkpoint
    body: str
    signatures: tuple[tuple[str, bytes, bytes], ...]  # name, key id, signature

    @staticmethod
    def parse(text: str) -> SignedCheckpoint:
        """Parse the text of a signed note; raise BrokenNoteError for anything else."""
        # At the last blank line: what is signed may hold blank lines, signatures not.
        body, blank, tail = text.rpartition("\n\n")
        body += "\n"
        lines = body.split("\n")
        malformed = not blank or not tail.endswith("\n") or len(lines) < 4
        if malformed or _CONTROL.search(text):
            raise BrokenNoteError(text)
        signatures = []
        for line in tail[:-1].split("\n"):
            match = _SIGNATURE.fullmatch(line)
            if match is None:
                raise BrokenNoteError(line)
            blob = _decode_base64(match[2])
            signatures.append((match[1], blob[:4], blob[4:]))
        origin, size, root = lines[0], lines[1], _decode_base64(lines[2])
        if not re.fullmatch(r"0|[1-9][0-9]{0,17}", size) or len(root) != _SEED:
            raise BrokenNoteError(text)
        return SignedCheckpoint(
            Checkpoint(origin, int(size), root), body, tuple(signatures)
        )

    def is_signed_by(self, verifier: Verifier) -> bool:
        """Tell whether the verifier's key signed it."""
        return any(
            name == verifier.name
            and key_id == verifier.key_id
            and verifier.verify(self.body, signature)
            for name, key_id, signature in self.signatures
        )


def verify_note(body: str, tail: str, verifier: Verifier) -> bool:
    """Tell whether a verifier's key signed a note.

    Raises BrokenNoteError when it is no note.
    """
    for line in tail.removesuffix("\n").split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise BrokenNoteError(line)
        blob = _decode_base64(match[2])
        mine = (match[1], blob[:4]) == (verifier.name, verifier.key_id)
        if mine and verifier.verify(body, blob[4:]):
            return True
    return False


ROTATION: Final = "changqing key rotation 1"
KEY_NAME: Final = "changqing/key"


def sign_rotation(old: SigningKey, new: SigningKey) -> str:
    """Sign the note in which one key names the next; both sign it."""
    verifier, other = old.make_verifier(KEY_NAME), new.make_verifier(KEY_NAME)
    body = f"{ROTATION}\n{verifier}\n{other}\n"
    signed = new.sign(body, KEY_NAME).removeprefix(f"{body}\n")
    return f"{old.sign(body, KEY_NAME)}{signed}"


def read_rotation(text: str) -> tuple[bytes, bytes]:
    """Read the public keys before and after; BrokenNoteError unless both signed."""
    body, blank, tail = text.rpartition("\n\n")
    lines, signatures = body.split("\n"), tail.splitlines()
    if not blank or len(lines) != 3 or lines[0] != ROTATION or len(signatures) != 2:
        raise BrokenNoteError(text)
    keys = [Verifier.parse(line) for line in lines[1:]]
    for key, line in zip(keys, signatures, strict=True):
        match = _SIGNATURE.fullmatch(line)
        signed = b"" if match is None else _decode_base64(match[2])
        wrong = match is None or match[1] != key.name or signed[:4] != key.key_id
        if wrong or not key.verify(f"{body}\n", signed[4:]):
            raise BrokenNoteError(text)
    return keys[0].public, keys[1].public


def rotate_key(
    path: Path, entropy: Entropy = secrets.token_bytes, *, disk: Disk | None = None
) -> SigningKey:
    """Make a new key at `path`, named and signed for by the one that was there.

    The note is written before the key, so that a crash between them loses no key; a
    note whose key never came is replaced by the next rotation. Returns the new key;
    raises CaseError when a file cannot be read or written.
    """
    old, fresh = load_key(path, entropy), make_key(entropy)
    new = SigningKey(
        fresh.seed, (*old.succeeds, sign_rotation(old, fresh)), path.parent
    )
    disk = Disk() if disk is None else disk
    try:
        old_path = path.with_name(f"{path.name}.{len(new.succeeds)}.old")
        disk.step(f"keep {old_path.name}")
        _create_key_file(old_path, old)
        disk.replace(_locate_history(path), "\n".join(new.succeeds).encode())
        replaced = path.with_name(f"{path.name}.next")
        replaced.unlink(missing_ok=True)
        disk.step(f"make {replaced.name}")
        _create_key_file(replaced, new)
        disk.step(f"rename {replaced.name}")
        replaced.replace(path)
    except OSError as error:
        raise _make_unusable_error(path) from error
    return new


def _locate_history(path: Path) -> Path:
    return path.with_name(f"{path.name}.history")


def _read_rotations(path: Path, seed: bytes) -> tuple[str, ...]:
    """Read the notes that lead to the key of this seed, as far as they are kept."""
    try:
        text = _locate_history(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    public = SigningKey(seed).make_verifier(KEY_NAME).public
    notes = [
        f"{ROTATION}\n{part}".rstrip("\n") + "\n"
        for part in text.split(f"{ROTATION}\n")[1:]
    ]
    # A crash in `rotate_key` leaves a last note that leads to a key that never came.
    while notes and read_rotation(notes[-1])[1] != public:
        notes.pop()
    return tuple(notes)


def make_key(entropy: Entropy = secrets.token_bytes) -> SigningKey:
    """Make a fresh private key."""
    return SigningKey(entropy(_SEED))


def find_default_key_path(environ: Mapping[str, str], home: Path) -> Path:
    """Find the path of a user's key unless another place is named."""
    config = environ.get("XDG_CONFIG_HOME")
    base = Path(config) if config else home / ".config"
    return base / "changqing" / "signing-key"


def load_key(path: Path, entropy: Entropy = secrets.token_bytes) -> SigningKey:
    """Load the private key at `path`; one is made there if absent.

    Only its owner can read it.
    Two processes that make it at once end with the same key. Raises CaseError when the
    key, or the history of its rotations, cannot be read, written or understood.
    """
    try:
        if not path.exists():
            _create_key_file(path, make_key(entropy))
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise _make_unusable_error(path) from error
    try:
        seed = _decode_base64(text.strip())
    except BrokenNoteError as error:
        raise _make_unusable_error(path) from error
    if len(seed) != _SEED:
        raise _make_unusable_error(path)
    try:
        return SigningKey(seed, _read_rotations(path, seed), path.parent)
    except (OSError, UnicodeDecodeError, BrokenNoteError) as error:
        raise _make_unusable_error(_locate_history(path)) from error


def _create_key_file(path: Path, key: SigningKey) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(base64.b64encode(key.seed) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        # A link, since a rename would put this key in the place of one that another
        # process has just made, and may have signed with.
        try:
            os.link(fresh, path)
        except FileExistsError:
            return  # another process was first: its key is the key
    finally:
        fresh.unlink()


def _make_unusable_error(path: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(
                zh="签名密钥读不出或写不下",
                en="the signing key cannot be read or written",
            ),
            path=str(path),
            hint=Text(
                zh="检查该文件的权限；若已损坏，移走它，会另生成一把",
                en="check the file's permissions; if it is damaged, move it away and "
                "a new one is made",
            ),
        )
    )


def _is_sound(point: bytes) -> bool:
    """Whether the encoding of a point is the only one of it, and not of small order."""
    # The highest bit is the sign of x (RFC 8032, 5.1.2).
    y = int.from_bytes(point, "little") & ((1 << 255) - 1)
    return y < _PRIME and y not in _SMALL_ORDER


def _decode_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenNoteError(text) from error
    if base64.b64encode(raw).decode() != text:  # the last letter has bits to spare
        raise BrokenNoteError(text)
    return raw
