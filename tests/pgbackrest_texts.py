"""What `pgbackrest verify` prints: the texts of pgBackRest 2.45, but for the names."""

FULL, INCREMENTAL = "20261129-005154F", "20261129-005154F_20261129-005215I"
HEALTHY = f"""stanza: lab
status: ok
  archiveId: 15-1, total WAL checked: 16, total valid WAL: 16
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: {FULL}, status: valid, total files checked: 967, total valid files: 967
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: {INCREMENTAL}, status: valid, total files checked: 968, total valid files: 968
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
"""
DAMAGED_WAL = HEALTHY.replace("status: ok", "status: error").replace(
    "total valid WAL: 16\n    missing: 0, checksum invalid: 0, size invalid: 0, other: 0",
    "total valid WAL: 15\n    missing: 0, checksum invalid: 0, size invalid: 0, other: 1",
)
COUNTS = "\n    missing: 0, checksum invalid: "
DAMAGED_BACKUP = (
    HEALTHY.replace("status: ok", "status: error")
    .replace("status: valid", "status: invalid")
    .replace(f"valid files: 967{COUNTS}0", f"valid files: 966{COUNTS}1")
    .replace(f"valid files: 968{COUNTS}0", f"valid files: 967{COUNTS}1")
)
BRIEF = """stanza: lab
status: error
  archiveId: 15-1, total WAL checked: 16, total valid WAL: 15
    other: 1
"""
"""The same without `--verbose`: only what is wrong is counted, and good backups are not named."""
