import { openReadStore, type ReadStore } from '@bestendig/read-store';
import { withInstallation } from '../installation';
import { readSettings } from '../settings';

/** Does the work on the read store of the installation, and leaves. */
export async function withReadStore(work: (readStore: ReadStore) => Promise<void>): Promise<void> {
  await withInstallation(readSettings(process.env), async ({ databaseUrl }) => {
    const readStore = await openReadStore(databaseUrl);
    try {
      await work(readStore);
    } finally {
      await readStore.close();
    }
  });
}
