"""What is done with the thresholds: a query that exports write_lag, alerting rules over it, and their test.

postgres_exporter exports bytes and reply times of `pg_stat_replication`, but none of its lags; so the query
comes with the rules. Files are YAML, written by hand: no library is needed, and the numbers are ours.

The states are those of the report: healthy up to `healthy_ms`, degraded up to `degraded_ms`, alert above it;
above `alert_ms` the alert comes after a minute in place of five.
"""

from dataclasses import dataclass

QUERIES_FILE = "postgres-exporter-queries.yml"
RULES_FILE = "prometheus-rules.yml"
RULES_TEST_FILE = "prometheus-rules-test.yml"

LAG = "pg_stat_replication_write_lag_seconds"
STANDBYS = "pg_streaming_standbys_count"
STATE = "haproof:write_lag:state"


@dataclass(frozen=True)
class Thresholds:
    """In milliseconds, and what they were derived from, in words."""

    healthy_ms: float
    degraded_ms: float
    alert_ms: float
    derived_from: str

    def seconds(self, name: str) -> str:
        """One of them in seconds, in decimal digits without an exponent."""
        return _digits(getattr(self, name) / 1000)


def queries() -> str:
    """For postgres_exporter's `--extend.query-path`."""
    return f"""\
# write_lag for postgres_exporter (--extend.query-path=THIS-FILE): the exporter itself has none.
# On a standby both queries give no row, so nothing is exported there. An idle standby's write_lag is NULL
# (nothing in flight) and is exported as 0. The role needs pg_monitor: without it every lag is NULL.
pg_stat_replication_write_lag:
  query: |
    SELECT application_name, max(coalesce(extract(epoch FROM write_lag), 0))::float8 AS seconds
    FROM pg_stat_replication
    WHERE state = 'streaming'
    GROUP BY application_name
  master: true
  metrics:
    - application_name:
        usage: "LABEL"
        description: "Name of the standby"
    - seconds:
        usage: "GAUGE"
        description: "{LAG}: time until a standby has written what the primary has flushed"
pg_streaming_standbys:
  query: |
    SELECT count(*) FILTER (WHERE state = 'streaming') AS count
    FROM pg_stat_replication
    HAVING NOT pg_is_in_recovery()
  master: true
  metrics:
    - count:
        usage: "GAUGE"
        description: "{STANDBYS}: standbys that stream from this primary"
"""


def rules(thresholds: Thresholds) -> str:
    """Recording rule and alerts. A series that vanishes and a standby that is gone alert too: both look like
    a lag of nothing."""
    healthy, degraded, alert = (
        thresholds.seconds(name) for name in ("healthy_ms", "degraded_ms", "alert_ms")
    )
    return f"""\
# Derived from {thresholds.derived_from}.
# Check with: promtool check rules {RULES_FILE} && promtool test rules {RULES_TEST_FILE}
# They need {LAG} and {STANDBYS}: see {QUERIES_FILE}.
groups:
  - name: haproof-replication-lag
    rules:
      - record: {STATE}
        expr: >-
          (max by (instance, application_name) ({LAG}) > bool {healthy})
          + (max by (instance, application_name) ({LAG}) > bool {degraded})
        labels:
          states: "0 healthy, 1 degraded, 2 alert"
      - alert: PostgreSQLReplicationLagDegraded
        expr: max by (instance, application_name) ({LAG}) > {healthy}
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "write_lag of {{{{ $labels.application_name }}}} is above the healthy range"
          description: "{{{{ $value | humanizeDuration }}}} for 5 minutes; healthy is up to {healthy} s."
      - alert: PostgreSQLReplicationLagHigh
        expr: max by (instance, application_name) ({LAG}) > {degraded}
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "write_lag of {{{{ $labels.application_name }}}} is far above the healthy range"
          description: "{{{{ $value | humanizeDuration }}}} for 5 minutes; the limit is {degraded} s."
      - alert: PostgreSQLReplicationLagAlert
        expr: max by (instance, application_name) ({LAG}) > {alert}
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "write_lag of {{{{ $labels.application_name }}}} is above the alert threshold"
          description: "{{{{ $value | humanizeDuration }}}} for a minute; the threshold is {alert} s."
      - alert: PostgreSQLNoStandby
        expr: {STANDBYS} == 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "no standby streams from {{{{ $labels.instance }}}}"
          description: "A primary without a standby has no lag, and nobody to fail over to."
      - alert: PostgreSQLReplicationLagUnknown
        expr: absent({STANDBYS})
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "replication lag is not known: {STANDBYS} is exported by no primary"
          description: "Exporter, query, its role's rights or the primary is gone: no lag alert can fire."
      - alert: PostgreSQLReplicationLagVanished
        expr: ({STANDBYS} > 0) unless on (instance) {LAG}
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "standbys stream from {{{{ $labels.instance }}}}, and their write_lag is not exported"
          description: "Check the query of {QUERIES_FILE} and that the exporter's role has pg_monitor."
"""


def rules_test(thresholds: Thresholds) -> str:
    """For `promtool test rules`: which alerts fire in each situation, and that no others do."""
    healthy, degraded, alert = thresholds.healthy_ms, thresholds.degraded_ms, thresholds.alert_ms
    lagging = "PostgreSQLReplicationLag"
    cases = (
        _case(_lag(healthy) + _standbys(1), 0),
        _case(_lag(healthy * 1.01) + _standbys(1), 1, f"{lagging}Degraded"),
        _case(_lag(degraded * 1.01) + _standbys(1), 2, f"{lagging}Degraded", f"{lagging}High"),
        _case(
            _lag(alert * 1.01) + _standbys(1), 2, f"{lagging}Alert", f"{lagging}Degraded", f"{lagging}High"
        ),
        _case(_standbys(0), None, "PostgreSQLNoStandby"),
        _case(_standbys(1), None, f"{lagging}Vanished"),
        _case("", None, f"{lagging}Unknown"),
    )
    return f"""\
rule_files:
  - {RULES_FILE}
evaluation_interval: 1m
tests:
{"".join(cases)}"""


def _lag(lag_ms: float) -> str:
    labels = 'instance="primary:9187", application_name="standby1"'
    return f"      - series: '{LAG}{{{labels}}}'\n        values: '{_digits(lag_ms / 1000)}x15'\n"


def _standbys(count: int) -> str:
    return f"      - series: '{STANDBYS}{{instance=\"primary:9187\"}}'\n        values: '{count}x15'\n"


def _case(series: str, state: int | None, *alerts: str) -> str:
    """One situation after ten minutes: exactly these alerts fire, and the recorded state is this one."""
    firing = "".join(
        f"          - labels: '{{alertname=\"{name}\"}}'\n            value: 1\n" for name in sorted(alerts)
    )
    known = "" if state is None else f"          - labels: '{{}}'\n            value: {state}\n"
    return f"""\
  - interval: 1m
    input_series:{f"{chr(10)}{series}" if series else " []"}{"" if series else chr(10)}\
    promql_expr_test:
      - expr: count by (alertname) (ALERTS{{alertstate="firing"}})
        eval_time: 10m
        exp_samples:{f"{chr(10)}{firing}" if firing else f" []{chr(10)}"}\
      - expr: max({STATE})
        eval_time: 10m
        exp_samples:{f"{chr(10)}{known}" if known else f" []{chr(10)}"}"""


def _digits(number: float) -> str:
    """Decimal digits without an exponent."""
    return f"{number:.9f}".rstrip("0").rstrip(".")
