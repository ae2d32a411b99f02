"""An RFC 3161 timestamp of the envelope, checked offline: these bytes existed at a time that somebody else
than the signer vouches for. The only module that knows the `rfc3161-client` package.

The token is what `openssl ts -query -data ENVELOPE` and a timestamp authority give. It covers the envelope's
bytes, so it cannot be among the files that the envelope covers: its place is beside it (`TIMESTAMP_NAME`).
"""

import os
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from haproof.attest.inventory import ENVELOPE_NAME, TIMESTAMP_NAME, read_document
from haproof.attest.steps import Failed, NotChecked
from haproof.core.figures import cut
from haproof.core.instant import format_instant
from haproof.errors import UsageError
from haproof.extras import install_command
from haproof.named_file import NotAFile, read_named

LARGEST_TOKEN_BYTES = 1 << 20
NAME_CA = "name the CA certificate of the timestamp authority"


class Timestamp(Struct, frozen=True):
    """A timestamp to check: the file of the token (None: the one next to the envelope), and the file with the
    certificate of the authority's CA."""

    token: str | None
    authority: str


class Stamp(Struct, frozen=True):
    """What a checked token says. `at` is in UTC, `authority` how it names itself."""

    at: datetime
    authority: str


def timestamp_step(directory: str, wanted: Timestamp | None) -> Callable[[], tuple[str, str]] | None:
    """The step that checks a timestamp of the envelope; None where there is none and none was asked for.

    Its value is the stamped time, as RFC 3339. Raises UsageError where the certificates cannot be used.
    """
    beside = os.path.join(directory, TIMESTAMP_NAME)
    if wanted is None:
        return _unchecked if os.path.lexists(beside) else None
    authority = load_authority(wanted.authority)
    token = wanted.token or beside

    def step() -> tuple[str, str]:
        try:
            envelope = read_document(directory, ENVELOPE_NAME)
        except NotAFile as fault:
            raise Failed(f"no envelope that could have been stamped: {ENVELOPE_NAME} is {fault}") from None
        stamp = check(read_token(token), envelope, authority)
        at = format_instant(stamp.at)
        return at, f"the envelope existed at {at}, says {stamp.authority} (RFC 3161)"

    return step


def _unchecked() -> tuple[str, str]:
    """A timestamp that nobody asked to check."""
    raise NotChecked(f"{TIMESTAMP_NAME} is there: give the certificate of its authority's CA with --tsa-cert")


def load_authority(path: str) -> list[Any]:
    """The certificates of a PEM or DER file: the authority's CA, and those between the two where needed.

    Raises UsageError.
    """
    x509 = _x509()
    try:
        content = read_named(path, LARGEST_TOKEN_BYTES).content
        if b"-----BEGIN CERTIFICATE-----" in content:
            return list(x509.load_pem_x509_certificates(content))
        return [x509.load_der_x509_certificate(content)]
    except NotAFile as fault:
        raise UsageError(f"certificate {path!r} is {fault.so(NAME_CA)}") from None
    except ValueError:
        raise UsageError(f"{path!r} is not a certificate in PEM or DER: {NAME_CA}") from None


def read_token(path: str) -> bytes:
    """A token's bytes. Raises Failed where there is none to check."""
    try:
        return read_named(path, LARGEST_TOKEN_BYTES).content
    except NotAFile as fault:
        raise Failed(
            f"{cut(path)} is {fault.so('name the token that the authority answered with')}"
        ) from None


def check(token: bytes, envelope: bytes, authority: list[Any]) -> Stamp:
    """The time at which the authority saw the envelope. Raises Failed for anything but a valid token over it.

    Certificates are judged as of the token's own time: they may have expired since.
    """
    client = _client()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            response = client.decode_timestamp_response(token)
            if response.status != 0:
                said = cut("; ".join(response.status_string)) or f"status {response.status}"
                raise Failed(f"the timestamp authority refused: {said}")
            leaf = None if response.signed_data.certificates else _signer(response, authority)
            builder = client.VerifierBuilder(roots=list(authority), intermediates=[], tsa_certificate=leaf)
            builder.build().verify_message(response, envelope)
            info = response.tst_info
            return Stamp(info.gen_time.astimezone(UTC), _name(response))
    except client.VerificationError as fault:
        raise Failed(_why(str(fault))) from None
    except Failed:
        raise
    except Exception:  # noqa: BLE001 - whatever a parser says of a hostile token, it is none
        raise Failed("not a timestamp response (RFC 3161), or a damaged one") from None


def _why(fault: str) -> str:
    """The library's word in a sentence that says what to do."""
    if "Mismatch between messages" in fault:
        return "the timestamp is of other bytes than this envelope (was it signed again since?)"
    if "signer certificate not found" in fault:
        return "the token does not hold its authority's certificate: add it to the file given with --tsa-cert"
    if "verify error" in fault:
        reason = fault.partition("Verify error: ")[2].partition('"')[0]
        return f"the given certificates do not vouch for this timestamp ({reason or 'no chain to them'})"
    return f"not a valid timestamp ({cut(fault)})"


def _signer(response: Any, given: list[Any]) -> Any:
    """The given certificate whose key signed a token that holds no certificate; None where there is none."""
    signers = {(info.issuer, info.serial_number) for info in response.signed_data.signer_infos}
    return next((one for one in given if (one.issuer, one.serial_number) in signers), None)


def _name(response: Any) -> str:
    """How the authority names itself in the part of the token that it signed."""
    name: Any = getattr(response.tst_info.name, "value", None)
    return cut(name.rfc4514_string()) if hasattr(name, "rfc4514_string") else "an authority without a name"


def _x509() -> Any:
    _client()
    from cryptography import x509

    return x509


def _client() -> Any:
    """The package, or one sentence that says how to get it."""
    try:
        import rfc3161_client
    except ImportError:
        raise UsageError(
            f"timestamps need an optional package: run  {install_command('timestamp')}  and try again"
        ) from None
    return rfc3161_client
