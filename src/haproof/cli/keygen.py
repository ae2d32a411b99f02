"""Make an Ed25519 key pair for 'haproof sign' and 'haproof verify'.

Writes the private key to KEY (PEM, PKCS #8, mode 0600) and the public key to KEY.pub (PEM). Neither is
ever overwritten, and no private key is put into a git working tree that does not ignore it. At a terminal it
asks for a passphrase that encrypts the private key. Exit status 0: made; 2: not made.
"""

import argparse
import os

from haproof.cli import passphrase
from haproof.cli.output import show

DEFAULT = "haproof.key"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "key", nargs="?", default=DEFAULT, metavar="KEY", help=f"private key to make (default: {DEFAULT})"
    )
    protection = parser.add_mutually_exclusive_group()
    passphrase.declare(protection)
    protection.add_argument(
        "--no-passphrase", action="store_true", help="do not ask: the private key is not encrypted"
    )


def run(args: argparse.Namespace) -> int:
    """Make both files and say what they are for."""
    from haproof.attest.keys import generate, refuse_place
    from haproof.places import refuse_signed
    from haproof.render.visible import visible

    refuse_signed(os.path.dirname(args.key) or ".", "keep keys apart from evidence")
    refuse_place(args.key)
    secret = _secret(args)
    public = generate(args.key, secret)
    kept = (
        "encrypted with the passphrase" if secret else "not encrypted: whoever reads it can sign in your name"
    )
    lines = (
        f"private key  {args.key}  ({kept})",
        f"public key   {args.key}.pub  (give it to whoever verifies)",
        f"keyid        {public.keyid}",
    )
    show("".join(f"{visible(line)}\n" for line in lines).encode(), plain=True)
    return 0


def _secret(args: argparse.Namespace) -> bytes | None:
    """The new key's passphrase."""
    if args.passphrase_fd is not None:
        return passphrase.from_descriptor(args.passphrase_fd)
    if args.no_passphrase or not passphrase.somebody_there():
        return None
    return passphrase.new_at_terminal()
