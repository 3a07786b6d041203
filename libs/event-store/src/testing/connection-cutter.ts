import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';

/** A door to PostgreSQL that can lose the answer to a commit: the commit is carried out and nobody hears of it. */
export class ConnectionCutter {
  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly state: { commitsToLose: number; lost: number },
  ) {}

  static async before(databaseUrl: string): Promise<ConnectionCutter> {
    const target = new URL(databaseUrl);
    const state = { commitsToLose: 0, lost: 0 };
    const server = createServer((client) => pass(client, connectTo(Number(target.port), target.hostname), state));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(address.port);
    return new ConnectionCutter(server, url.toString(), state);
  }

  loseNextCommits(count: number): void {
    this.state.commitsToLose = count;
  }

  get commitsLost(): number {
    return this.state.lost;
  }

  close(): void {
    this.server.close();
  }
}

function pass(client: Socket, server: Socket, state: { commitsToLose: number; lost: number }): void {
  const close = (): void => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on('error', close).on('close', close).setNoDelay(true);
  client.on('data', (bytes) => server.write(bytes));
  server.on('data', (bytes) => {
    if (state.commitsToLose > 0 && bytes.includes('COMMIT\0')) {
      state.commitsToLose--;
      state.lost++;
      close();
    } else client.write(bytes);
  });
}
