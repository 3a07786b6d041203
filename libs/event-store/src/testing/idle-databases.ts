/** A database that a test made, and drops. */
export type Database = { readonly url: string; drop(): Promise<void> };

/** Databases that tests use one after the other: emptied in between, since making one takes long. */
export class IdleDatabases {
  private readonly idle: Database[] = [];
  private readonly all: Database[] = [];

  constructor(
    private readonly create: () => Promise<Database>,
    private readonly empty: (url: string) => Promise<void>,
  ) {}

  async take(): Promise<Database> {
    const idle = this.idle.pop();
    if (idle !== undefined) return idle;
    const database = await this.create();
    this.all.push(database);
    return database;
  }

  async giveBack(database: Database): Promise<void> {
    await this.empty(database.url);
    this.idle.push(database);
  }

  async drop(): Promise<void> {
    for (const database of this.all) await database.drop();
  }
}
