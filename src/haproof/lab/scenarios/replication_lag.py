"""VAL14: a primary and a streaming standby, the lag between them at rest and under load, and its absence."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from haproof.core import raw_names
from haproof.core.targets import CATCH_UP_MS, HEAVY_DRAIN_MS, LIGHT_DRAIN_MS
from haproof.core.thresholds import derived
from haproof.kinds import replication_lag
from haproof.lab.cluster import Cluster, Node
from haproof.lab.environment import database
from haproof.lab.ground import ADMIN
from haproof.lab.lag_load import BACKLOG, HEAVY, LIGHT, SETUP, Load, Loader, content
from haproof.lab.measure import nearest_rank, worst
from haproof.lab.postgres import HONEST
from haproof.lab.replica_pair import ReplicaPair
from haproof.lab.scenario import Profile, Scenario, Stage
from haproof.lab.wal_lag import Lags, Sampler

STANDBY = "standby"
PRIMARY_SETTINGS = {
    "synchronous_standby_names": STANDBY,
    "synchronous_commit": "remote_apply",
    "wal_keep_size": "1GB",  # what the standby has not received must not be recycled while it is down
}
STANDBY_SETTINGS = {"wal_receiver_status_interval": "1s"}
RECORDED = (*HONEST, "synchronous_standby_names", "wal_writer_delay", "wal_keep_size")

CLUSTER = "The lab's own PostgreSQL pair (primary + standby); the target's nodes only read it"
ROLES = ("leader", "follower")
STREAMING_SECONDS = 20.0
SETTLE_SECONDS = 15.0
"""write_lag falls to NULL about a status interval after the last activity; 11.4 s was once measured."""

DRAIN_MARGIN_SECONDS = 1.0
VISIBLE_SECONDS = 5.0
IDLE_EVERY_SECONDS = 0.025
SAMPLE_EVERY_SECONDS = 0.001
BACKLOG_ROUNDS = 2


@dataclass(frozen=True)
class Plan:
    """How much a profile measures. A load goes on until `values` distinct lags, or one of the two caps."""

    idle_readings: int
    values: int
    rounds: int
    load_seconds: float
    probes: int


PLANS: dict[Profile, Plan] = {
    "quick": Plan(idle_readings=12, values=100, rounds=2, load_seconds=5.0, probes=10),
    "default": Plan(idle_readings=50, values=100, rounds=60, load_seconds=15.0, probes=100),
    "full": Plan(idle_readings=200, values=300, rounds=300, load_seconds=120.0, probes=300),
}


def run(stage: Stage) -> None:
    """The slice, from the base backup to the comparison of the rows."""
    plan = PLANS[stage.options.profile]
    stage.environment.update(cluster=CLUSTER, database=database(stage.ground))
    stage.step("start a primary and a streaming standby")
    primary = stage.server("primary", PRIMARY_SETTINGS)
    primary.start()
    standby = primary.standby(STANDBY, STANDBY_SETTINGS)
    standby.start()
    stage.settings.update(primary.settings(*RECORDED))
    stage.settings.update(
        standby.settings(*STANDBY_SETTINGS),
        load_synchronous_commit="off",
        load_payload="random bytes from the seed",
        visible_synchronous_commit="local",
        sample_interval_ms=SAMPLE_EVERY_SECONDS * 1000,
        sampling_cap=f"{plan.values} distinct values, {plan.rounds} rounds or {plan.load_seconds:g} s a load",
    )
    with ReplicaPair(primary, standby, stage.waits) as pair:
        scene = _Scene(stage, plan, pair)
        scene.start_nodes()
        scene.baseline()
        scene.idle()
        scene.load(LIGHT, LIGHT_DRAIN_MS, 95)
        scene.load(HEAVY, HEAVY_DRAIN_MS, 99)
        scene.lag_of_all_loads()
        scene.visible()
        scene.standby_away()
        scene.same_rows()
    scene.derive_thresholds()


class _Scene:
    """The two servers, the nodes that watch them, and what was sampled so far."""

    def __init__(self, stage: Stage, plan: Plan, pair: ReplicaPair) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.plan = plan
        self.pair = pair
        self.loader = Loader(pair.session(pair.primary), stage.random)
        self.loads: list[Lags] = []
        self.samples = ""
        self.cluster: Cluster

    def baseline(self) -> None:
        """The standby streams, and has replayed all that there is."""
        self.stage.step("wait for the standby to stream")
        streaming = self.stage.waits.until("the standby to stream", STREAMING_SECONDS, self.pair.streams)
        if streaming is not None:
            self.pair.primary.execute(SETUP)
        drained = self.pair.drained("all there is at the baseline", STREAMING_SECONDS)
        reading = self.pair.reading()
        self.draft.observe("baseline_state", reading.state if reading else None)
        self.draft.observe("baseline_gap_bytes", 0 if drained else self.pair.gap_bytes())
        self.stage.must(streaming and drained, "the standby does not stream what the primary holds")

    def start_nodes(self) -> None:
        """Two nodes that want one synchronous standby, and see it; nothing is measured before they speak."""
        self.stage.step("start two nodes that want one synchronous standby")
        streaming = self.stage.waits.until("the standby to stream", STREAMING_SECONDS, self.pair.streams)
        self.stage.must(streaming, "the standby does not stream from the primary")
        self.cluster = self.stage.cluster(self.pair.primary, min_sync_replicas=1)
        self.cluster.start()
        for node in self.cluster.nodes:
            ready, status = node.is_ready(), node.status()
            speaks = status.ok and status.text("role") in ROLES and status.text("quorum_health") is not None
            if not (ready and speaks):
                self.stage.journal.saw("no node of the contract", node=node.name, **status.summary())
                said = f"HTTP {status.status}" if status.status is not None else f"nothing ({status.trouble})"
                self.stage.must(
                    None, f"{node.name} is not ready, and answers a request for its status with {said}"
                )
        health = self.quorum("every node to be healthy with the standby", lambda health: health == "healthy")
        self.draft.observe("quorum_with_standby", health)

    def idle(self) -> None:
        """The lag at rest: each NULL is a reading of 0, because nothing is in flight."""
        self.stage.step("wait for write_lag to settle")
        settled = self.stage.waits.until("write_lag to be NULL", SETTLE_SECONDS, self.pair.nothing_in_flight)
        self.stage.settings["idle_settled"] = settled is not None
        self.stage.step(f"read write_lag at rest, {self.plan.idle_readings} times")
        began_s = time.monotonic()
        lags = Lags.after(self.pair.reading(), keep_all=True)
        readings = []
        for _ in range(self.plan.idle_readings):
            self.stage.waits.pause(IDLE_EVERY_SECONDS)
            reading = self.pair.reading()
            lags.saw(reading)
            if reading is not None:
                readings.append(reading.write_ms or 0)
        self.sampled("idle", lags, began_s)
        self.draft.metric("idle_p95_ms", nearest_rank(readings, 95))
        self.draft.metric("idle_n", lags.readings)
        self.draft.metric("idle_null_samples", lags.nulls)
        self.draft.metric("idle_samples_ms", lags.write.values)

    def load(self, load: Load, drain_limit_ms: int, percent: float) -> None:
        """Rounds of one load, each drained before the next, while the lag is sampled."""
        drains: list[float | None] = []
        wal_bytes: list[float] = []
        ends_s = time.monotonic() + self.plan.load_seconds
        with Sampler(self.pair.primary, ADMIN, STANDBY, SAMPLE_EVERY_SECONDS) as sampler:
            while sampler.measured < self.plan.values and len(drains) < self.plan.rounds:
                number = len(drains) + 1
                self.stage.step(f"{load.name} load, round {number}: {sampler.measured} distinct lags so far")
                wal_bytes.append(self.loader.write(load, number))
                seconds = drain_limit_ms / 1000 + DRAIN_MARGIN_SECONDS
                seen = self.pair.drained(f"round {number} of the {load.name} load", seconds)
                drains.append(seen.elapsed_ms if seen else None)
                if seen is None or time.monotonic() > ends_s:
                    break
        lags = sampler.lags
        self.sampled(load.name, lags, sampler.began_s, rounds=len(drains), drains_ms=drains)
        self.loads.append(lags)
        rows, row_bytes = self.loader.written(load)
        self.draft.metric(f"{load.name}_rows", rows)
        self.draft.metric(f"{load.name}_row_bytes", row_bytes)
        self.draft.metric(f"{load.name}_wal_bytes", nearest_rank(wal_bytes, 50))
        self.draft.metric(f"{load.name}_drain_ms", worst(drains))
        self.draft.metric(f"{load.name}_p{percent:g}_ms", nearest_rank(lags.write.values, percent))
        self.draft.metric(f"{load.name}_n", len(lags.write.values))
        self.draft.metric(f"{load.name}_samples_ms", lags.write.values)

    def lag_of_all_loads(self) -> None:
        """flush_lag and replay_lag over both loads."""
        flush = [value for lags in self.loads for value in lags.flush.values]
        replay = [value for lags in self.loads for value in lags.replay.values]
        self.draft.metric("flush_p95_ms", nearest_rank(flush, 95))
        self.draft.metric("replay_p95_ms", nearest_rank(replay, 95))

    def visible(self) -> None:
        """From the acknowledgement of a commit that is durable on the primary to its row on the standby."""
        self.stage.step(f"time {self.plan.probes} commits until they are visible on the standby")
        times: list[float | None] = []
        session = self.pair.session(self.pair.primary)
        session.execute(b"set synchronous_commit = local")
        while len(times) < self.plan.probes and None not in times:
            times.append(self.pair.visible_after_ms(session, len(times), VISIBLE_SECONDS))
        self.stage.journal.saw("visible", times_ms=times)
        measured = [seen for seen in times if seen is not None]
        if len(measured) == len(times):
            self.draft.metric("visible_p95_ms", nearest_rank(measured, 95))

    def standby_away(self) -> None:
        """Stop the standby, write a backlog, start it again: is it noticed, and does the backlog drain?"""
        self.stage.step("stop the standby")
        self.pair.standby.stop("fast")
        self.stage.journal.act("standby.stop", mode="fast")
        health = self.quorum("every node to miss the standby", lambda health: health != "healthy")
        self.draft.observe("quorum_without_standby", health)
        self.stage.step("write a backlog while the standby is away")
        wal_bytes = sum(self.loader.write(BACKLOG, number + 1) for number in range(BACKLOG_ROUNDS))
        self.stage.journal.act("backlog", rounds=BACKLOG_ROUNDS, wal_bytes=wal_bytes)
        self.stage.step("start the standby again")
        self.stage.journal.act("standby.start")
        seen = self.pair.standby_returns(CATCH_UP_MS / 1000 + DRAIN_MARGIN_SECONDS)
        self.draft.metric("catch_up_ms", seen.elapsed_ms if seen else None)
        health = self.quorum("every node to be healthy again", lambda health: health == "healthy")
        self.draft.observe("quorum_after_return", health)

    def same_rows(self) -> None:
        """After the last drain: count and digest of the load's rows on both servers."""
        self.stage.step("compare the rows of both servers")
        self.pair.drained("the last rows", HEAVY_DRAIN_MS / 1000 + DRAIN_MARGIN_SECONDS)
        for name, server in (("primary", self.pair.primary), ("standby", self.pair.standby)):
            rows, digest = content(server)
            self.draft.observe(f"{name}_rows", rows)
            self.draft.observe(f"{name}_digest", digest)

    def derive_thresholds(self) -> None:
        """The alerting thresholds, by the formulas of the contract."""
        metrics = self.draft.metrics
        computed = derived(metrics["idle_p95_ms"], metrics["light_p95_ms"])
        for name in ("healthy_ms", "degraded_ms", "alert_ms"):
            self.draft.metric(name, getattr(computed, name, None))

    def quorum(self, what: str, wanted: Callable[[str], bool]) -> str | None:
        """Wait until every node's `quorum_health` is as wanted; else what a node said last that was not."""
        timing = self.stage.target.timing
        last: dict[str, str | None] = {}

        def probe(node: Node) -> str | None:
            last[node.name] = health = node.status().text("quorum_health")
            return health if health is not None and wanted(health) else None

        found = self.stage.waits.each(
            what,
            timing.loss_deadline_s,
            {node.name: partial(probe, node) for node in self.cluster.nodes},
            every_s=timing.poll_interval_ms / 1000,
        )
        self.stage.journal.saw("quorum_health", **last)
        unwanted = [last[name] for name, seen in found.items() if seen is None]
        return unwanted[0] if unwanted else next(iter(last.values()))

    def sampled(self, phase: str, lags: Lags, began_s: float, **details: object) -> None:
        """Keep a phase's readings as raw evidence, and journal what it came to."""
        self.samples += "".join(json.dumps(line) + "\n" for line in lags.lines(phase, began_s))
        self.stage.save(raw_names.LAG_SAMPLES, self.samples)
        self.stage.journal.saw(
            "sampled",
            phase=phase,
            window_s=round(time.monotonic() - began_s, 3),
            readings=lags.readings,
            nulls=lags.nulls,
            absent=lags.absent,
            distinct=len(lags.write.values),
            largest_gap_bytes=lags.largest_gap_bytes,
            **details,
        )


SCENARIO = Scenario(
    slice=replication_lag.KIND,
    needs=("api.status",),
    metrics=(
        "idle_p95_ms",
        "idle_n",
        "idle_null_samples",
        "idle_samples_ms",
        "light_rows",
        "light_row_bytes",
        "light_wal_bytes",
        "light_p95_ms",
        "light_n",
        "light_samples_ms",
        "light_drain_ms",
        "heavy_rows",
        "heavy_row_bytes",
        "heavy_wal_bytes",
        "heavy_p99_ms",
        "heavy_n",
        "heavy_samples_ms",
        "heavy_drain_ms",
        "flush_p95_ms",
        "replay_p95_ms",
        "visible_p95_ms",
        "catch_up_ms",
        "healthy_ms",
        "degraded_ms",
        "alert_ms",
    ),
    observations=(
        "baseline_state",
        "baseline_gap_bytes",
        "quorum_with_standby",
        "quorum_without_standby",
        "quorum_after_return",
        "primary_rows",
        "standby_rows",
        "primary_digest",
        "standby_digest",
    ),
    run=run,
)
