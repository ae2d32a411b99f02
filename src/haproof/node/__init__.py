"""The reference control-plane node: a separate program, `python -m haproof.node`.

It shares nothing with the rest of the package but the wheel it is shipped in: it imports none of it, and
nothing imports it. The lab knows it as a command line and an HTTP contract, like any other system under test.

::

    http  ──▶  api  ──▶  program.Node  ──▶  decide.Rules   (pure: what follows from what was seen)
                │            │ threads: leadership · monitor · scribe
                ▼            ▼
             writes · backups · restore  ──▶  store  ──▶  session  (libpq, every wait with a deadline)
"""
