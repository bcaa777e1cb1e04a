/**
 * Tablets for the simulator: the product's own device core on disks in memory, driven over stdio in lock-step.
 *
 *     node pwa/scripts/device_stdio.ts       one command a line (JSON), one answer a line; a list of commands gets a list
 *
 * A device is a disk and the tabs that are open on it, the first being tab 0. `device` names it; `tab` is 0 where it is
 * left out. Time is always given (`now`, ms); chance comes from the `seed` of `open`. Answers: the object below, or
 * {"error": code}. What is in [ ] may be left out.
 *
 *     open       device member seed [rules]     → {author}     a fresh disk and one tab; `rules`: {"rounds": false, …} switches
 *                                                              rules of src/device/rules.ts off
 *     tab        device                         → {tab author} one more tab on the same disk
 *     write      device [tab] now change        → {edit}       change: {kind id event set [over: "shown" | "all"]}
 *                [dies: true]                   → {}           the write aborts: the number is taken, nothing is kept
 *     request    device [tab] now               → {call request}   `call` names it for `receive`
 *     receive    device [tab] now call reply    → {outcome}    {kind: late | full | stored, complete, again, wipe, differing, repaired, erased}
 *     too_large  device [tab] call              → {}           the server answered 400 or 413
 *     reload     device [tab] [ids]             → {}           another tab changed these records (all, where left out) and edits
 *     dismiss    device [tab] seq               → {}           somebody dealt with what needed attention
 *     snapshot   device name                    → {}           remembers the disk under a name
 *     crash      device [name]                  → {author}     all tabs die; the disk as it is, or as it was; one new tab
 *     shown      device [tab]                   → {records}    id → {kind event author view conflicts waiting}: what a person sees
 *     live       device [tab] id                → {author fields}  field → [[dot, value] of its live versions, the shown one first]
 *     absent     device [tab]                   → {dots}       edits of the outbox that should be on the screen and are not
 *     dump       device [tab]                   → {epoch cursors records outbox kept refused digests}
 *                                                              records: id → its streams; edits: [dot, answer, hidden]
 *     close      device                         → {}
 */
import { createInterface } from 'node:readline';
import type { Call } from '../src/device/calls.ts';
import { Core } from '../src/device/core.ts';
import type { EditRow } from '../src/device/disk.ts';
import { MemoryDisk } from '../src/device/memory.ts';
import { ALL, type Rules } from '../src/device/rules.ts';
import type { Change } from '../src/device/types.ts';
import { conflicts, view, winner } from '../src/sync/apply.ts';
import { streamDigest } from '../src/sync/digest.ts';
import { dotOf, type Edit, type SyncRecord } from '../src/sync/edits.ts';

type Answer = Readonly<Record<string, unknown>>;

interface Command {
  readonly do: keyof typeof COMMANDS;
  readonly device: string;
  readonly tab?: number;
  readonly now: number;
  readonly member: string;
  readonly seed: number;
  readonly rules?: Partial<Rules>;
  readonly change: Change;
  readonly dies?: boolean;
  readonly call: number;
  readonly reply: unknown;
  readonly ids?: readonly string[];
  readonly id: string;
  readonly seq: number;
  readonly name?: string;
}

/** A disk on which the next write can be made to fail, as when the browser is killed. */
class MortalDisk extends MemoryDisk {
  dies = false;

  override async append(edit: Parameters<MemoryDisk['append']>[0]): ReturnType<MemoryDisk['append']> {
    if (!this.dies) return super.append(edit);
    this.dies = false;
    throw new Error('killed');
  }
}

class Tablet {
  readonly disk = new MortalDisk();
  readonly snapshots = new Map<string, unknown>();
  readonly calls = new Map<number, Call>();
  readonly #member: string;
  readonly #rules: Rules;
  readonly #random: () => number;
  readonly #always: string;
  tabs: Core[] = [];
  #lastCall = 0;

  constructor({ member, seed, rules }: Command) {
    this.#member = member;
    this.#rules = { ...ALL, ...rules };
    this.#random = generator(seed);
    this.#always = this.#author();
  }

  #author(): string {
    const figures = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return Array.from({ length: 11 }, () => figures[Math.floor(this.#random() * 64)]).join('');
  }

  async start(): Promise<Core> {
    const newAuthor = (): string => (this.#rules.freshAuthor ? this.#author() : this.#always);
    const core = await Core.open(this.disk, { member: this.#member, newAuthor, rules: this.#rules });
    this.tabs.push(core);
    return core;
  }

  note(call: Call): number {
    this.calls.set(++this.#lastCall, call);
    return this.#lastCall;
  }
}

const tablets = new Map<string, Tablet>();

function find({ device, tab = 0 }: Command): { tablet: Tablet; core: Core } {
  const tablet = tablets.get(device);
  const core = tablet?.tabs[tab];
  if (!tablet || !core) throw new Error(`no tab ${tab} on ${device}`);
  return { tablet, core };
}

function callOf(command: Command): { core: Core; call: Call } {
  const { tablet, core } = find(command);
  const call = tablet.calls.get(command.call);
  if (!call) throw new Error(`no call ${command.call}`);
  tablet.calls.delete(command.call);
  return { core, call };
}

const COMMANDS = {
  async open(command: Command): Promise<Answer> {
    const tablet = new Tablet(command);
    tablets.set(command.device, tablet);
    return { author: (await tablet.start()).author };
  },

  async tab(command: Command): Promise<Answer> {
    const { tablet } = find(command);
    const core = await tablet.start();
    return { tab: tablet.tabs.length - 1, author: core.author };
  },

  async write(command: Command): Promise<Answer> {
    const { tablet, core } = find(command);
    tablet.disk.dies = command.dies ?? false;
    try {
      return { edit: await core.write(command.change, command.now) };
    } catch (error) {
      if (command.dies) return {};
      throw error;
    } finally {
      tablet.disk.dies = false;
    }
  },

  async request(command: Command): Promise<Answer> {
    const { tablet, core } = find(command);
    const call = await core.request(command.now);
    return { call: tablet.note(call), request: call.request };
  },

  async receive(command: Command): Promise<Answer> {
    const { core, call } = callOf(command);
    const outcome = await core.receive(call, command.reply, command.now);
    if (outcome.kind !== 'stored') return { outcome };
    const { changed: _, erased, ...rest } = outcome;
    return { outcome: { ...rest, erased: [...erased] } };
  },

  async too_large(command: Command): Promise<Answer> {
    const { core, call } = callOf(command);
    await core.tooLarge(call);
    return {};
  },

  async reload(command: Command): Promise<Answer> {
    const { core } = find(command);
    await (command.ids ? core.reloadSome(command.ids) : core.reload());
    return {};
  },

  async dismiss(command: Command): Promise<Answer> {
    await find(command).core.dismiss(command.seq);
    return {};
  },

  async snapshot(command: Command): Promise<Answer> {
    const { tablet } = find(command);
    tablet.snapshots.set(command.name ?? '', tablet.disk.snapshot());
    return {};
  },

  async crash(command: Command): Promise<Answer> {
    const { tablet } = find({ ...command, tab: 0 });
    if (command.name !== undefined) {
      if (!tablet.snapshots.has(command.name)) throw new Error(`no snapshot ${command.name}`);
      tablet.disk.restore(tablet.snapshots.get(command.name));
    }
    tablet.tabs = [];
    tablet.calls.clear();
    return { author: (await tablet.start()).author };
  },

  async shown(command: Command): Promise<Answer> {
    const { core } = find(command);
    const records = [...core.ids()].flatMap((id) => {
      const record = core.shown(id);
      return record ? [[id, { ...seen(record), waiting: core.isWaiting(id) }] as const] : [];
    });
    return { records: Object.fromEntries(records) };
  },

  async live(command: Command): Promise<Answer> {
    const record = find(command).core.shown(command.id);
    const fields = [...(record?.live ?? [])].map(([name, versions]) => {
      const first = winner(name, versions);
      return [name, [first, ...versions.filter((v) => v !== first)].map((v) => [dotOf(v.a, v.n), v.value])] as const;
    });
    return { author: record?.author ?? '', fields: Object.fromEntries(fields) };
  },

  async absent(command: Command): Promise<Answer> {
    const { core } = find(command);
    const rows = [...core.state.outbox.values()].filter((row) => !row.hidden && !isOnScreen(row.edit, core.shown(row.edit.id)));
    return { dots: rows.map(({ edit }) => dotOf(edit.a, edit.n)) };
  },

  async dump(command: Command): Promise<Answer> {
    const { state } = find(command).core;
    const streams = [...state.streams.values()];
    const holding = (name: string): SyncRecord[] =>
      [...state.records.values()].filter((held) => held.streams.has(name)).map((h) => h.record);
    return {
      epoch: state.meta.epoch,
      cursors: Object.fromEntries(streams.map((stream) => [stream.name, stream.cursor])),
      records: Object.fromEntries([...state.records].map(([id, held]) => [id, [...held.streams.keys()].sort()])),
      outbox: [...state.outbox.values()].map(edited),
      kept: [...state.kept.values()].map(edited),
      refused: [...state.refused.values()].map(edited),
      digests: Object.fromEntries(streams.map(({ name }) => [name, streamDigest(holding(name))])),
    };
  },

  async close(command: Command): Promise<Answer> {
    tablets.delete(command.device);
    return {};
  },
};

const edited = ({ edit, ack, hidden }: EditRow): readonly unknown[] => [dotOf(edit.a, edit.n), ack, hidden];

/** Whether every field of an edit is live in a record, or replaced by somebody who saw it. */
function isOnScreen(edit: Edit, record: SyncRecord | null): boolean {
  return Object.keys(edit.set).every((name) => {
    const isLive = record?.live.get(name)?.some((v) => v.a === edit.a && v.n >= edit.n) ?? false;
    return isLive || (record?.past.get(name)?.get(edit.a) ?? 0) >= edit.n;
  });
}

function seen(record: SyncRecord): Answer {
  const settled = [...conflicts(record)].map(([name, versions]) => [name, versions.map((v) => v.value)] as const);
  const { kind, event, author } = record;
  return { kind, event, author, view: view(record), conflicts: Object.fromEntries(settled) };
}

/** Mulberry32: 0 … 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function obey(command: Command): Promise<Answer> {
  try {
    const act = Object.hasOwn(COMMANDS, command.do) ? COMMANDS[command.do] : undefined;
    if (!act) throw new Error(`no command ${String(command.do)}`);
    return await act(command);
  } catch (error) {
    return { error: (error as { code?: string }).code ?? String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Command | Command[];
  const answers: Answer[] = [];
  for (const command of Array.isArray(asked) ? asked : [asked]) answers.push(await obey(command));
  process.stdout.write(`${JSON.stringify(Array.isArray(asked) ? answers : answers[0])}\n`);
}
