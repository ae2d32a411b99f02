"""The tables. `haproof_ha` is the node's own and never part of a backup; `app` is what backups cover."""

import time

from haproof.node.session import Session

# Two nodes that start together must not both create the tables; any number that is not the leadership lock's.
_SETUP_LOCK = 7_230_145_001

_CREATE_SECONDS = 10.0

_EXISTS = "SELECT to_regclass('haproof_ha.backups') IS NOT NULL AND to_regclass('app.rollouts') IS NOT NULL"

_CREATE = f"""
BEGIN;
SET LOCAL synchronous_commit = local;
SELECT pg_advisory_xact_lock({_SETUP_LOCK});
CREATE SCHEMA IF NOT EXISTS haproof_ha;
CREATE TABLE IF NOT EXISTS haproof_ha.leadership_state (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    current_epoch bigint NOT NULL DEFAULT 0,
    holder_id text,
    acquired_at timestamptz
);
INSERT INTO haproof_ha.leadership_state (singleton) VALUES (true) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS haproof_ha.leader_epochs (
    epoch bigint PRIMARY KEY,
    holder_id text,
    acquired_at timestamptz,
    resigned_at timestamptz,
    notes text
);
CREATE TABLE IF NOT EXISTS haproof_ha.audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL UNIQUE,
    event_name text NOT NULL,
    category text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    source text NOT NULL,
    "timestamp" timestamptz NOT NULL,
    actor text NOT NULL,
    resource_type text NOT NULL,
    resource text NOT NULL,
    fields jsonb NOT NULL
);
CREATE OR REPLACE FUNCTION haproof_ha.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $refuse$
BEGIN
    RAISE EXCEPTION 'haproof_ha.audit_events is append only';
END
$refuse$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON haproof_ha.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION haproof_ha.refuse_change();
CREATE TABLE IF NOT EXISTS haproof_ha.backups (
    backup_id text PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('completed', 'failed')),
    file text,
    checksum text,
    bytes bigint,
    created_at timestamptz NOT NULL,
    rows bigint
);
CREATE SCHEMA IF NOT EXISTS app;
CREATE TABLE IF NOT EXISTS app.rollouts (
    id text PRIMARY KEY,
    payload text NOT NULL,
    epoch bigint NOT NULL,
    node_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMIT;
"""


def ensure(session: Session, deadline: float) -> None:
    """Create what is missing; nothing is changed, and nothing locked, where all is there."""
    if session.run(_EXISTS, deadline=deadline) == [("t",)]:
        return
    # Done once in the life of a database, and slower than a poll may be.
    session.script(_CREATE.encode(), deadline=max(deadline, time.monotonic() + _CREATE_SECONDS))
