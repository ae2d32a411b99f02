"""`python -m haproof` is `haproof`."""

from haproof.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
