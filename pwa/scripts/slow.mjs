// Lets a program and all it started run for a quarter of the time: a machine four times slower, its Workers too, which the throttle
// of Chromium's tools leaves alone. It runs as a process of its own: node slow.mjs PID, until it is killed or PID ends.
import { readdirSync, readFileSync } from 'node:fs';

const [RUNS_MS, PAUSES, LOOKS_EVERY] = [5, 3, 25];
const root = Number(process.argv[2]);

/** The program and everything below it, Linux's way. */
function family() {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]));
    } catch {
      // it has just ended
    }
  }
  const below = (pid) => [pid, ...[...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => below(child))];
  return parents.has(root) ? below(root) : [];
}

function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // it has just ended
    }
  }
}

let pids = family();
let rounds = 0;
let resumedMs = performance.now() - RUNS_MS;
function pause() {
  rounds += 1;
  if (rounds % LOOKS_EVERY === 0) pids = family();
  if (pids.length === 0) process.exit();
  signal(pids, 'SIGSTOP');
  // Three times as long as it really ran: a busy machine wakes this program late.
  const until = performance.now() + PAUSES * (performance.now() - resumedMs);
  const resume = () => {
    if (performance.now() < until) {
      setTimeout(resume, 1);
      return;
    }
    signal(pids, 'SIGCONT');
    resumedMs = performance.now();
    setTimeout(pause, RUNS_MS);
  };
  resume();
}
process.on('SIGTERM', () => {
  signal(family(), 'SIGCONT');
  process.exit();
});
pause();
