"""The two tables of the workload, and every statement on them."""

WATCHED_ONE_IN = 100
"""One row in so many is among those that readers ask for: all of them would make a history of reads and
nothing else."""

SETUP = """
create table if not exists haproof_rows
  (id text primary key, trial text not null, watched boolean not null);
create table if not exists haproof_lists
  (key integer primary key, trial text not null, value bigint[] not null)
"""
TABLES = ("haproof_rows", "haproof_lists")

WHERE = "select case when not pg_is_in_recovery() then pg_walfile_name(pg_current_wal_insert_lsn()) end"
"""The WAL file that the server writes, whose name begins with the timeline; null on a standby."""

INSERT = "insert into haproof_rows (id, trial, watched) values (%s, %s, %s)"
READ = "select id from haproof_rows where trial = %s and watched order by id"
WHO_WROTE = (
    "select count(distinct split_part(id, '/', 2)) from haproof_rows "
    "where trial = %s and starts_with(split_part(id, '/', 2), %s)"
)
"""How many clients whose names begin so have a row in a trial."""

ALL_ROWS = "select id from haproof_rows where trial = %s order by id"
ALL_LISTS = "select key, value from haproof_lists where trial = %s order by key"

APPEND = "update haproof_lists set value = value || %s::bigint where key = %s"
READ_LIST = "select value from haproof_lists where key = %s"
