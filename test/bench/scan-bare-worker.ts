import { parentPort, workerData } from 'node:worker_threads';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';

export type BareScanData = { readonly url: string; readonly namespace: string };

// The whole of this thread: read a log in its order with the server's own client, parsing nothing, whenever it is asked to.
const { url, namespace } = workerData as BareScanData;
const client = KurrentDBClient.connectionString(url.replace(/^[a-z]+(?=(\+discover)?:)/, 'kurrentdb'));

parentPort?.on('message', () => void scan().then((events) => parentPort?.postMessage(events)));

async function scan(): Promise<number> {
  let events = 0;
  const filter = { filterOn: 'streamName', prefixes: [`${namespace}.placement-`] } as NonNullable<
    NonNullable<Parameters<typeof client.readAll>[0]>['filter']
  >;
  for await (const { event } of client.readAll({ maxCount: Number.MAX_SAFE_INTEGER, filter }))
    if (event !== undefined) events += 1;
  return events;
}
