/** `python -m server …`, run by one process that has everything imported (tests/support/ready.py). */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PYTHON = path.join(ROOT, '.venv/bin/python');

/** One run of it. */
export interface Run {
  readonly pid: number;
  /** Its exit code; `null` as long as it runs. */
  code: number | null;
  readonly ended: Promise<number>;
  /** What it has printed so far. */
  printed(): string;
}

interface Told {
  readonly pid: number;
  readonly code?: number;
}

const withoutSettings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ONTHAAL_')));

class Program {
  readonly #process: ChildProcess;
  readonly #asked: ((pid: number) => void)[] = [];
  readonly #ended = new Map<number, (code: number) => void>();

  constructor() {
    this.#process = spawn(PYTHON, ['-m', 'tests.support.ready'], {
      cwd: ROOT,
      env: withoutSettings(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#process.stdout) createInterface({ input: this.#process.stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Told));
  }

  #hear({ pid, code }: Told): void {
    if (code === undefined) this.#asked.shift()?.(pid);
    else this.#ended.get(pid)?.(code);
  }

  /** Runs a command; `out`: the file that its output goes to. */
  async run(words: readonly string[], settings: Record<string, string>, out: string): Promise<Run> {
    rmSync(out, { force: true }); // a folder that was copied has another's
    const begun = new Promise<Run>((resolve) => this.#asked.push((pid) => resolve(this.#follow(pid, out))));
    this.#process.stdin?.write(`${JSON.stringify({ words, settings, out })}\n`);
    return begun;
  }

  #follow(pid: number, out: string): Run {
    const ended = new Promise<number>((resolve) => this.#ended.set(pid, resolve));
    const run: Run = { pid, code: null, ended, printed: () => (existsSync(out) ? readFileSync(out, 'utf8') : '') };
    void ended.then((code) => {
      run.code = code;
    });
    return run;
  }
}

let program: Program | undefined;

/** The one of this process; it ends with it. */
export function theProgram(): Program {
  program ??= new Program();
  return program;
}
