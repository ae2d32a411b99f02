"""Make an Ed25519 key pair for 'haproof sign' and 'haproof verify'.

Writes the private key to KEY (PEM, PKCS #8, mode 0600) and the public key to KEY.pub (PEM). Neither is
ever overwritten. Exit status 0: made; 2: not made.
"""

import argparse

from haproof.cli.output import show

DEFAULT = "haproof.key"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "key", nargs="?", default=DEFAULT, metavar="KEY", help=f"private key to make (default: {DEFAULT})"
    )


def run(args: argparse.Namespace) -> int:
    """Make both files and say what they are for."""
    from haproof.attest.keys import generate
    from haproof.render.visible import visible

    public = generate(args.key)
    lines = (
        f"private key  {args.key}  (keep it: whoever has it can sign in your name)",
        f"public key   {args.key}.pub  (hand it to whoever verifies)",
        f"keyid        {public.keyid}",
    )
    show("".join(f"{visible(line)}\n" for line in lines).encode(), plain=True)
    return 0
