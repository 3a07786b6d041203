import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventStore } from '@bestendig/event-store';
import { APPEND_GATES } from '@bestendig/event-store/testing';
import { openIntake } from '@bestendig/intake';
import { openKafka, type Kafka } from '@bestendig/kafka';
import { createTestDatabase, describeWithKafka, type TestDatabase, type TestKafka } from '@bestendig/testing';
import { Client } from 'pg';
import { until } from '../e2e/kafka/running-ingest';
import { build, type Built } from './built';
import {
  deliver,
  expectHandledOnce,
  inDisorder,
  killIngest,
  lagOf,
  startIngest,
  uniqueTopics,
  type Handled,
} from './ingest-checks';
import { factsOf, firstOutcomes, type Delivered } from './undisturbed';

/** Messages of the batch that is broken off, and of one before it: by then the process is connected to all it needs. */
const BATCH = 60;

jest.setTimeout(120_000);

/** What is there of the batch when the process is killed: all that the steps before it write, and nothing of the steps after. */
type There = {
  readonly facts: boolean;
  readonly letters: boolean;
  readonly letterRows: boolean;
  readonly rows: boolean;
  readonly told: boolean;
};

type Gate = 'append' | 'letterRows' | 'rows';

type Step = {
  readonly step: string;
  /** The process waits at a lock of ours for what this step writes. */
  readonly gate: Gate;
  /** Then the broker is stopped, and the gate opened: it gets as far as the next thing that it sends. */
  readonly then?: 'brokerStops' | 'brokerTakesItUnanswered';
  /** PostgreSQL carries out what waits at the gate, though who asked for it is dead, when its successor waits there too. */
  readonly isCarriedOutLater?: true;
  readonly there: There;
};

const NOTHING: There = { facts: false, letters: false, letterRows: false, rows: false, told: false };
const [FACTS, LETTERS, LETTER_ROWS] = [
  { ...NOTHING, facts: true },
  { ...NOTHING, facts: true, letters: true },
  { ...NOTHING, facts: true, letters: true, letterRows: true },
];

const STEPS: readonly Step[] = [
  { step: 'before the append', gate: 'append', there: NOTHING },
  { step: 'after the append, before the dead letters', gate: 'append', then: 'brokerStops', there: FACTS },
  { step: 'after the dead letters, before their rows', gate: 'letterRows', there: LETTERS },
  {
    step: 'after the dead letters, while their rows are written',
    gate: 'letterRows',
    isCarriedOutLater: true,
    there: LETTERS,
  },
  { step: 'after the rows of dead letters, before those of the ledger', gate: 'rows', there: LETTER_ROWS },
  {
    step: 'after the rows of dead letters, while those of the ledger are written',
    gate: 'rows',
    isCarriedOutLater: true,
    there: LETTER_ROWS,
  },
  {
    step: 'after the rows of the ledger, before outcomes are told',
    gate: 'rows',
    then: 'brokerStops',
    there: { ...LETTER_ROWS, rows: true },
  },
  {
    step: 'after outcomes are told, before the offset is committed',
    gate: 'rows',
    then: 'brokerTakesItUnanswered',
    there: { ...LETTER_ROWS, rows: true, told: true },
  },
];

/** Reads go on; what the step writes waits. */
const GATES: Readonly<Record<Gate, { readonly lock: string; readonly waiting: string }>> = {
  append: APPEND_GATES.atFirst,
  letterRows: { lock: 'lock table intake.dead_letter in share mode', waiting: 'insert into intake.dead_letter%' },
  rows: { lock: 'lock table intake.delivery in share mode', waiting: 'insert into intake.delivery%' },
};

describeWithKafka(
  'hr-ingest killed at a step',
  (broker) => {
    let [built, kafka]: [Built, Kafka] = [null as never, null as never];
    // Killed one after the other, and looked at afterwards: a broker takes a member for dead after ten seconds.
    const scenes = new Map<Step, Scene>();
    beforeAll(async () => {
      built = await build();
      kafka = openKafka({ brokers: [broker().broker], clientId: 'test', tls: false, sasl: null });
    });
    afterEach(() => broker().own?.resume());
    afterAll(async () => {
      for (const scene of scenes.values()) await scene.remove();
      await kafka.close();
      built.remove();
    });

    test.each(STEPS)('$step: so much is there', async (step) => {
      const scene = await Scene.make(built, kafka, broker());
      scenes.set(step, scene);
      expect(await scene.killAt(step)).toEqual(step.there);
    });

    test.each(STEPS)('$step: the next one goes on, and nothing is skipped or doubled', async (step) => {
      const scene = scenes.get(step);
      if (scene?.isKilled !== true) throw new Error('It was not killed there.');
      if (step.isCarriedOutLater) await scene.openGateForTwo(step.gate);
      await scene.expectHandledOnce();
      await scene.remove();
    });
  },
  { mustBeOwn: true },
);

/** One hr-ingest with topics and a database of its own, and what was sent to it. */
class Scene {
  /** And the next one is started. */
  isKilled = false;
  private ingest: ChildProcess;
  private readonly deliveries: Delivered[] = [];
  private isRemoved = false;

  private constructor(
    private readonly start: () => ChildProcess,
    private readonly broker: TestKafka,
    private readonly database: TestDatabase,
    private readonly at: Handled,
    /** Holds the gate, in a transaction. */
    private readonly holder: Client,
    /** Looks on from outside it: within one, PostgreSQL would show for ever what it showed first. */
    private readonly watcher: Client,
  ) {
    this.ingest = start();
  }

  static async make(built: Built, kafka: Kafka, broker: TestKafka): Promise<Scene> {
    const database = await createTestDatabase();
    const topics = uniqueTopics();
    // One partition: what is sent at once is handled as one batch.
    await kafka.makeTopics([{ name: topics.facts, partitions: 1 }]);
    const store = await openEventStore({ databaseUrl: database.url, eventStoreDb: null });
    const at = { kafka, store, intake: await openIntake(database.url), topics };
    const [holder, watcher] = [
      new Client({ connectionString: database.url }),
      new Client({ connectionString: database.url }),
    ];
    await Promise.all([holder.connect(), watcher.connect()]);
    return new Scene(
      () => startIngest(built, database.url, broker.broker, topics),
      broker,
      database,
      at,
      holder,
      watcher,
    );
  }

  /** Gives what was there of the batch. The next process is started, and has not begun yet. */
  async killAt({ gate, then, isCarriedOutLater }: Step): Promise<There> {
    await this.send(1);
    await until(async () => (await lagOf(this.at)) === 0);
    const before = await this.counted();
    await this.holder.query('begin');
    await this.holder.query(GATES[gate].lock);
    await this.send(2);
    await until(async () => (await this.waiting(gate)) > 0);
    if (then !== undefined) await this.goOnWithoutBroker(gate, then);
    await killIngest(this.ingest);
    if (then === 'brokerStops') await this.startBrokerAnew();
    const after = await this.counted();
    expect(await lagOf(this.at)).toBe(BATCH);
    if (then === undefined && isCarriedOutLater === undefined) {
      // The death of who asked is known to PostgreSQL before it gets to it.
      await this.watcher.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'bestendig %' and wait_event_type = 'Lock'`,
      );
      await until(async () => (await this.waiting(gate)) === 0);
      await this.holder.query('commit');
    }
    this.ingest = this.start();
    this.isKilled = true;
    return grown(before, after);
  }

  async openGateForTwo(gate: Gate): Promise<void> {
    await until(async () => (await this.waiting(gate)) === 2);
    await this.holder.query('commit');
  }

  async expectHandledOnce(): Promise<void> {
    const counts = await expectHandledOnce(this.at, this.deliveries);
    for (const outcome of ['accepted', 'parked', 'duplicate', 'deadLetter', 'refused'])
      expect(counts).toHaveProperty(outcome);
  }

  async remove(): Promise<void> {
    if (this.isRemoved) return;
    this.isRemoved = true;
    await killIngest(this.ingest);
    await Promise.all([this.holder.end(), this.watcher.end(), this.at.store.close(), this.at.intake.close()]);
    await this.database.drop();
  }

  private async send(seed: number): Promise<void> {
    const sender = await this.at.kafka.openSender();
    this.deliveries.push(...(await deliver(sender, this.at.topics.facts, inDisorder(BATCH, seed))));
    await sender.close();
  }

  /** The process does what waited at the gate, and is then left with a broker that does not answer. */
  private async goOnWithoutBroker(gate: Gate, then: NonNullable<Step['then']>): Promise<void> {
    const { own } = this.broker;
    const written = gate === 'append' ? 'facts' : 'rows';
    const { told, ...before } = await this.counted();
    own?.pause();
    await this.holder.query('commit');
    await until(async () => (await this.countedInPostgres())[written] > before[written]);
    if (then === 'brokerStops') return;
    // What it has sent by the moment that it is frozen the broker takes; it gets no answer, and so commits nothing.
    for (let tries = 0; ; tries += 1) {
      await sleep(300);
      this.ingest.kill('SIGSTOP');
      own?.resume();
      const isTold = await until(async () => (await firstOutcomes(this.at.kafka, this.at.topics.outcomes)).size > told, 1_500).then(() => true, () => false); // prettier-ignore
      if (isTold) return;
      if (tries > 10) throw new Error('The outcomes were not told.');
      own?.pause();
      this.ingest.kill('SIGCONT');
    }
  }

  /** Killed while it stood still: of what was sent to it meanwhile it has read nothing. */
  private async startBrokerAnew(): Promise<void> {
    await this.broker.own?.kill();
    await this.broker.own?.start();
  }

  /** Statements that wait at the gate. */
  private async waiting(gate: Gate): Promise<number> {
    const { rows } = await this.watcher.query<{ waiting: number }>(`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`, [GATES[gate].waiting]); // prettier-ignore
    return rows[0]?.waiting ?? 0;
  }

  private async counted(): Promise<Counted> {
    const { kafka, topics } = this.at;
    const letters = [...(await kafka.lag('nobody', `${topics.facts}.DLT`)).values()].reduce(
      (sum, count) => sum + count,
      0,
    );
    return { ...(await this.countedInPostgres()), letters, told: (await firstOutcomes(kafka, topics.outcomes)).size };
  }

  private async countedInPostgres(): Promise<Pick<Counted, 'facts' | 'letterRows' | 'rows'>> {
    const { rows } = await this.watcher.query<Record<'letterRows' | 'rows', number>>(
      `select (select count(*)::int from intake.dead_letter) as "letterRows", (select count(*)::int from intake.delivery) as rows`,
    );
    return { facts: (await factsOf(this.at.store)).length, ...(rows[0] ?? { letterRows: 0, rows: 0 }) };
  }
}

type Counted = Readonly<Record<keyof There, number>>;

const grown = (before: Counted, after: Counted): There => ({
  facts: after.facts > before.facts,
  letters: after.letters > before.letters,
  letterRows: after.letterRows > before.letterRows,
  rows: after.rows > before.rows,
  told: after.told > before.told,
});
