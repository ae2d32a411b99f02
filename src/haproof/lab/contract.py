"""The HTTP contract of a node: its operations, its fields, and the names that a target file may fill in."""

from dataclasses import dataclass
from typing import Any

_PROCESS = "python target_dir port url dsn token token_file operator dir backup_dir node min_sync_replicas"
PROCESS_NAMES = frozenset(_PROCESS.split())
"""Template names of command lines, environment, URL and headers."""

CLUSTER_NAMES = PROCESS_NAMES | {"address"}
"""Those of a node on a host of its own: `address` is the host's."""

CLI_NAMES = PROCESS_NAMES | {"backup_id"}
BODY_NAMES = PROCESS_NAMES | {"id", "payload", "strategy", "backup_id"}
ROW_NAMES = frozenset({"id", "payload"})

_FIELDS = (
    "node_id role holder_id current_epoch acquired_at session_lock_held write_ready quorum_health "
    "write_block_active can_accept_protected_writes quorum_loss_reason last_lost_at last_restored_at "
    "detected_loss_count replication lag_status max_write_lag_ms max_replay_lag_ms replicas queried_at "
    "ready success previous_holder previous_epoch resigned_at message risk local_epoch durable_epoch "
    "unclosed_epochs holder_match recommended_action backups backup_id status file checksum bytes created_at "
    "id epoch events event_name category action outcome source timestamp actor resource_type resource "
    "fields"
)
FIELDS = frozenset(_FIELDS.split())
"""Every name of the HTTP contract that an answer can carry; `[api.fields]` may say where it lies instead."""


@dataclass(frozen=True)
class Operation:
    """One request of the HTTP contract; `body` is JSON with template strings, or None."""

    method: str
    path: str
    body: Any = None


OPERATIONS: dict[str, Operation] = {
    "status": Operation("GET", "/v1/ha/status"),
    "read_ready": Operation("GET", "/v1/health/read-ready"),
    "write_ready": Operation("GET", "/v1/health/write-ready"),
    "leader": Operation("GET", "/v1/health/leader"),
    "quorum": Operation("GET", "/v1/health/quorum"),
    "audit_health": Operation("GET", "/v1/health/audit"),
    "failover": Operation("POST", "/v1/ha/failover", {"reason": "lab"}),
    "split_brain": Operation("GET", "/v1/ha/split-brain"),
    "split_brain_recover": Operation(
        "POST",
        "/v1/ha/split-brain/recover",
        {"strategy": "{strategy}", "operator": "{operator}", "reason": "lab", "force": False},
    ),
    "backup_create": Operation("POST", "/v1/ha/backups", {}),
    "backup_list": Operation("GET", "/v1/ha/backups"),
    "backup_restore": Operation("POST", "/v1/ha/backups/{backup_id}/restore", {"confirm": True}),
    "protected_write": Operation("POST", "/v1/rollouts", {"id": "{id}", "payload": "{payload}"}),
    "audit_events": Operation("GET", "/v1/audit/events"),
}
"""The HTTP contract; a target file changes single operations or switches one off with `false`."""

HEADERS = {"Authorization": "Bearer {token}", "X-Operator": "{operator}"}
