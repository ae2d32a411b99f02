"""What the lab can put under test: each system is one module, and one line in the list of its kind."""

DATABASES: tuple[str, ...] = ("patroni", "pg_auto_failover", "repmgr")
"""The built-in database systems, as `--target` names them; `built_in.MAKERS` makes them. Here, because
naming them needs no database driver."""
