// A control-plane node. PostgreSQL decides who leads: the session that holds an advisory lock.
const [me, port, dsn] = process.argv.slice(2);
const now = () => new Date().toISOString();
const events = []; // of this node; those of elections are kept in the database
const event = (name) => events.push({ event_name: name, timestamp: now(), actor: me });
let state = {}, healthy = false, losses = 0, reason = null, lost = null, restored = null;

function connect() { // one session that asks for the lock ten times a second; when it ends, so does the lock
  const psql = require("child_process").spawn("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", dsn]);
  const ask = () => psql.stdin.write(`select lead('${me}');\n`);
  require("readline").createInterface({ input: psql.stdout }).on("line", (line) => {
    state = JSON.parse(line);
    if (!healthy && losses) { restored = now(); event("ha.quorum.restored"); }
    healthy = true;
    setTimeout(ask, 100);
  });
  psql.stderr.on("data", (words) => { reason = String(words).trim(); });
  psql.stdin.on("error", () => {});
  psql.on("exit", () => {
    if (healthy) { losses++; lost = now(); event("ha.quorum.lost"); }
    healthy = false;
    setTimeout(connect, 100);
  });
  ask();
}
connect();

require("http").createServer((request, answer) => {
  const leads = healthy && state.holder === me;
  const status = {
    role: leads ? "leader" : "follower", holder_id: state.holder, current_epoch: state.epoch, acquired_at: state.at,
    quorum_health: healthy ? "healthy" : "lost", write_block_active: !healthy, can_accept_protected_writes: leads,
    quorum_loss_reason: reason, last_lost_at: lost, last_restored_at: restored, detected_loss_count: losses,
  };
  const audit = { events: [...(state.elections ?? []), ...events] };
  answer.end(JSON.stringify(request.url === "/v1/audit/events" ? audit : status));
}).listen(port, "127.0.0.1");
