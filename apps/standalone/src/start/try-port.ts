import { createServer } from 'node:net';

/** Whether the API could listen now. @throws the error of the attempt */
export function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

/** Whether nobody listens at a port of this machine. */
export const isFree = (port: number): Promise<boolean> =>
  tryPort('127.0.0.1', port).then(
    () => true,
    () => false,
  );
