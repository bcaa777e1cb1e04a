/** A line between browsers and the server that can fall silent, as a hotspot's does that lost its network: it stays open, and nothing comes through. */
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { Demo } from './demo.ts';

export class Line {
  readonly #demo: Demo;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #held: (() => void)[] | undefined;

  private constructor(demo: Demo) {
    this.#demo = demo;
    this.#server = createServer((socket) => this.#carries(socket));
  }

  /** A line that is open, to a server that runs. */
  static async to(demo: Demo): Promise<Line> {
    const line = new Line(demo);
    await new Promise<void>((done) => line.#server.listen(0, '127.0.0.1', done));
    return line;
  }

  /** For a browser: it finds the server by this line, under the address that everybody uses. */
  get rule(): string {
    const address = this.#server.address();
    if (!address || typeof address !== 'object') throw new Error('the line is closed');
    return `MAP localhost:${this.#demo.port} 127.0.0.1:${address.port}`;
  }

  /** From here on nothing comes through, and nobody is told. */
  fallsSilent(): void {
    this.#held ??= [];
  }

  /** All comes through again; what was said meanwhile, too. */
  speaks(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const pass of held) pass();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #carries(here: Socket): void {
    const there = connect(this.#demo.port, '127.0.0.1');
    this.#passes(here, there);
    this.#passes(there, here);
  }

  #passes(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (part) => this.#sooner(() => to.write(part)));
    from.on('end', () => this.#sooner(() => to.end()));
    from.on('error', () => this.#sooner(() => to.destroy()));
    from.on('close', () => this.#sockets.delete(from));
  }

  /** Now, or once the line speaks again. */
  #sooner(pass: () => void): void {
    if (this.#held) this.#held.push(pass);
    else pass();
  }
}
