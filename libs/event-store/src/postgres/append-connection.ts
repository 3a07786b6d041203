import type { Client } from 'pg';
import { connectPipelined, type LockLimits } from './connection';

/** The one connection that a store appends through: whoever needs it waits for his turn, and it is made again where it was lost. */
export class AppendConnection {
  private client: Client | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly databaseUrl: string,
    private readonly limits: LockLimits,
  ) {}

  /** @throws what the work throws, and where it cannot be connected to. */
  inTurn<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const mine = this.turn.then(async () => work(this.client ?? (await this.connect())));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** After its last turn. */
  async close(): Promise<void> {
    await this.turn;
    await this.client?.end();
  }

  /** It is used no more, by nobody. */
  forget(client: Client): void {
    if (this.client === client) this.client = null;
    void client.end().catch(() => undefined);
  }

  /** False once it was lost or forgotten. */
  isInUse(client: Client): boolean {
    return this.client === client;
  }

  private async connect(): Promise<Client> {
    const client = await connectPipelined(this.databaseUrl, this.limits);
    this.client = client;
    // Lost while nothing was asked of it: the next append is not to find out first.
    const lost = (): void => void (this.client = this.client === client ? null : this.client);
    client.on('error', lost).on('end', lost);
    return client;
  }
}
