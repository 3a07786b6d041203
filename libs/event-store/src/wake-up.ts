import { connect } from '@bestendig/postgres';
import type { Client } from 'pg';

/** With a listening connection polling is the safety net; without one it is all there is. */
const POLL_LISTENING_MS = 1_000;
const POLL_ALONE_MS = 100;
const RECONNECT_MS = 250;

/** Says when something may have been appended: at the notification that a commit sends, and now and then anyway. */
export class WakeUp {
  private client: Client | null = null;
  private connecting = false;
  private listening = false;
  private closed = false;
  private heard = 0;
  private readonly sleepers = new Set<() => void>();

  /** @param channel what commits of this log notify; a plain name. */
  constructor(
    private readonly databaseUrl: string,
    private readonly channel: string,
  ) {}

  /** To be taken before a read, so that what is appended during it is not slept over. */
  mark(): number {
    this.listen();
    return this.heard;
  }

  /** Returns at once where something was heard since the mark. */
  async sleep(mark: number, signal: AbortSignal): Promise<void> {
    if (this.heard !== mark || signal.aborted || this.closed) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, this.listening ? POLL_LISTENING_MS : POLL_ALONE_MS);
      this.sleepers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wakeAll();
    await this.client?.end();
  }

  private listen(): void {
    if (this.client !== null || this.connecting || this.closed) return;
    this.connecting = true;
    void this.connect();
  }

  private async connect(): Promise<void> {
    let client: Client | null = null;
    try {
      client = await connect({ databaseUrl: this.databaseUrl, name: 'event store (listen)' });
      this.hearFrom(client);
      await client.query(`listen ${this.channel}`);
      this.listening = true;
      this.wakeAll();
    } catch {
      this.client = null;
      void client?.end().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS).unref());
    } finally {
      this.connecting = false;
      if (this.closed) await client?.end().catch(() => undefined);
    }
  }

  private hearFrom(client: Client): void {
    this.client = client;
    const lost = (): void => {
      if (this.client === client) this.client = null;
      this.listening = false;
      this.wakeAll();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => this.wakeAll());
  }

  private wakeAll(): void {
    this.heard++;
    for (const wake of [...this.sleepers]) wake();
  }
}
