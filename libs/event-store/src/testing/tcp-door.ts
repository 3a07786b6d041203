import { connect, createServer, type Server, type Socket } from 'node:net';

/** A door to a server through which every connection can be cut at once, or nothing let through. */
export class TcpDoor {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  port = 0;

  private constructor(
    private readonly targetPort: number,
    private readonly targetHost: string,
  ) {}

  static async before(port: number, host: string): Promise<TcpDoor> {
    const door = new TcpDoor(port, host);
    const server = createServer((client) => door.pass(client));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    door.server = server;
    door.port = address.port;
    return door;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  close(): void {
    this.server?.close();
    this.cut();
  }

  private pass(client: Socket): void {
    const target = connect(this.targetPort, this.targetHost);
    const close = (): void => {
      client.destroy();
      target.destroy();
      this.sockets.delete(client);
    };
    this.sockets.add(client);
    for (const socket of [client, target]) socket.on('error', close).on('close', close).setNoDelay(true);
    client.pipe(target);
    target.pipe(client);
  }
}
