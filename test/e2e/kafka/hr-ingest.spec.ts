import { createHash } from 'node:crypto';
import { deadLetterTopic } from '@bestendig/hr-ingest';
import { EXAMPLES } from '@bestendig/hr-messages';
import { describeWithKafka } from '@bestendig/testing';
import { hrMessage, registered, signed, SOURCE } from '../api/messages';
import { binary, RunningIngest, structured, until, OWN_SOURCE } from './running-ingest';
import { allOf } from './whole-topic';

jest.setTimeout(120_000);

describeWithKafka('HR facts from Kafka', (kafka) => {
  let ingest: RunningIngest;
  beforeEach(async () => {
    ingest = await RunningIngest.start(kafka().broker);
  });
  afterEach(() => ingest.stop());

  test('every example of the contract, in binary and in structured mode: recorded, told, in the ledger', async () => {
    const messages = Object.values(EXAMPLES).flatMap((example, n) => {
      const message = { ...example, data: { ...example.data, employment: `every-${n}` } };
      return [binary({ ...message, id: `${example.id}-binary` }), structured({ ...message, id: `${example.id}-structured` })];
    });
    const sent = await ingest.send(...messages);
    await ingest.handled();
    const [outcomes, events] = [await ingest.outcomes(), await ingest.events()];
    expect(outcomes).toHaveLength(messages.length);
    expect(outcomes.filter(({ data }) => !['accepted', 'parked'].includes(String(data['outcome'])))).toEqual([]);
    expect(new Set(events.map(({ origin }) => origin))).toEqual(new Set(sent.map(({ partition, offset }) => `kafka:${ingest.options.factsTopic}/${partition}#${offset}`)));
    expect((await ingest.intake.counts()).reduce((sum, { count }) => sum + count, 0)).toBe(messages.length);
  });

  test('an outcome is keyed as its message was, in the partition of the same number, under an id that follows from the delivery', async () => {
    const [place] = await ingest.send(binary(registered('E-1', 'P-1')));
    await ingest.handled();
    const [told] = await ingest.outcomes();
    const [event] = await ingest.events();
    expect(told).toMatchObject({
      key: 'E-1',
      partition: place?.partition,
      attributes: { ce_specversion: '1.0', ce_type: 'nl.bestendig.hr-outcome.v1', ce_source: OWN_SOURCE, ce_sequence: '0'.repeat(20) },
      data: { outcome: 'accepted', verdict: null, reason: null, source: SOURCE, delivery: event?.origin, eventIds: [event?.id], placementId: event?.stream.slice('placement-'.length), recordedAt: event?.recordedAt },
    });
    expect(told?.attributes['ce_id']).toBe(nameBasedUuid('8f0d2f3e-6f0b-5d3c-9a53-0f1f3c9a7be1', event?.origin ?? ''));
  });

  test('an outcome says when it was decided, and of which placement where something was recorded', async () => {
    const message = signed('E-1', '2024-01-01');
    await ingest.send(binary(message), binary(message), { key: 'E-1', value: 'rubbish' }, { key: 'E-1', value: '{"bsn":"123456782"}' });
    await ingest.handled();
    await ingest.send(binary(registered('E-1', 'P-1', { effectiveDate: '2024-01-01' })));
    await until(async () => (await ingest.outcomes()).length === 6);
    const rows = new Map((await ingest.intake.list({ limit: 9 })).map((row) => [row.origin, row]));
    const [waited, registration] = await ingest.events();
    const placement = waited?.stream.slice('placement-'.length);
    const said = (await ingest.outcomes()).map(({ attributes, data }) => {
      const taken = rows.get(String(data['delivery']))?.receivedAt;
      return [data['outcome'] ?? data['verdict'], attributes['ce_time'] === taken ? 'taken' : attributes['ce_time'], attributes['ce_subject']];
    });
    expect(said.slice(0, 4)).toEqual([['parked', waited?.recordedAt, placement], ['duplicate', 'taken', placement], ['deadLetter', 'taken', undefined], ['refused', 'taken', undefined]]); // prettier-ignore
    expect(said.slice(4).sort()).toEqual([['accepted', registration?.recordedAt, placement], ['stands', registration?.recordedAt, placement]]);
  });

  test('the same message in another delivery is a duplicate and carries the first outcome', async () => {
    const message = registered('E-1', 'P-1');
    await ingest.send(binary(message), structured(message));
    await ingest.handled();
    expect((await ingest.outcomes()).map(({ data }) => [data['outcome'], data['first']])).toEqual([
      ['accepted', null],
      ['duplicate', { outcome: 'accepted', reason: null }],
    ]);
    expect(await ingest.events()).toHaveLength(1);
  });

  test('a fact that waited and stands later is told once more, behind its first outcome', async () => {
    const contract = signed('E-1', '2024-01-01');
    await ingest.send(binary(contract));
    await ingest.handled();
    await ingest.send(binary(registered('E-1', 'P-1', { effectiveDate: '2024-01-01' })));
    await until(async () => (await ingest.outcomes()).length === 3);
    const told = (await ingest.outcomes()).filter(({ data }) => data['messageId'] === contract.id);
    expect(told.map(({ key, data }) => [key, data['outcome'], data['verdict'], data['reason']])).toEqual([
      ['E-1', 'parked', null, 'notRegistered'],
      [null, null, 'stands', null],
    ]);
    expect(new Set(told.map(({ partition, data }) => `${partition} ${String(data['delivery'])}`)).size).toBe(1);
    const [first = '', later = ''] = told.map(({ attributes }) => attributes['ce_sequence']);
    expect(later > first).toBe(true);
  });

  describe('what cannot be taken', () => {
    const reasons = async () => (await ingest.outcomes()).map(({ data }) => [data['outcome'], data['reason'], data['fields']]);

    test('is set aside with its bytes, key and headers, and where it came from', async () => {
      const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x01]);
      const [place] = await ingest.send({ key: 'k', value: bytes, headers: [['content-type', 'application/json'], ['ce_id', 'x'], ['own', 'a'], ['own', 'b']] }); // prettier-ignore
      await ingest.handled();
      expect(await reasons()).toEqual([['deadLetter', 'notUtf8', []]]);
      const [letter] = await ingest.deadLetters();
      expect(letter?.value).toEqual(bytes);
      expect(letter?.key?.toString()).toBe('k');
      const headers = letter?.headers.map(([name, value]) => [name, value.toString()]) ?? [];
      expect(headers.slice(0, 4)).toEqual([['content-type', 'application/json'], ['ce_id', 'x'], ['own', 'a'], ['own', 'b']]); // prettier-ignore
      expect(Object.fromEntries(headers)).toMatchObject({
        ...{ 'kafka_dlt-original-topic': ingest.options.factsTopic, 'kafka_dlt-original-partition': String(place?.partition), 'kafka_dlt-original-offset': place?.offset },
        ...{ 'kafka_dlt-exception-fqcn': 'notUtf8', 'kafka_dlt-cycle': '0', 'kafka_dlt-delivery': `kafka:${ingest.options.factsTopic}/${place?.partition}#${place?.offset}` },
      });
    });

    test.each([
      ['no value', { value: null }],
      ['no JSON', { value: '{"a":' }],
      ['XML', { value: '<a/>', contentType: 'application/xml' }],
      ['more than it may have', { value: JSON.stringify({ a: 'x'.repeat(300_000) }) }],
    ])('%s, and yet a name in its headers, is found by that', async (_, { value, contentType = 'application/json' }: { value: string | null; contentType?: string }) => {
      const { source, id } = registered('E-1', 'P-1');
      await ingest.send({ key: 'E-1', value, headers: [['content-type', contentType], ['ce_source', source], ['ce_id', id], ['ce_type', 'a type']] }); // prettier-ignore
      await ingest.handled();
      expect((await ingest.outcomes()).map(({ data }) => [data['source'], data['messageId']])).toEqual([[source, id]]);
      expect((await ingest.intake.byMessage(source, id)).all).toHaveLength(1);
    });

    test('a name that is none, or comes twice, is not taken', async () => {
      const { source } = registered('E-1', 'P-1');
      await ingest.send({ key: 'a', value: null, headers: [['ce_source', 'no source'], ['ce_id', '']] }, { key: 'b', value: null, headers: [['ce_source', source], ['ce_source', source], ['ce_id', 'x']] }); // prettier-ignore
      await ingest.handled();
      expect((await ingest.outcomes()).map(({ data }) => [data['source'], data['messageId']])).toEqual([[null, null], [null, null]]); // prettier-ignore
    });

    test('breaks the contract: all that is wrong is named, no value of it', async () => {
      await ingest.send(binary(registered('E-1', 'P-1', { region: 'Amersfoort', hoursPerWeek: 99 })));
      await ingest.handled();
      expect(await reasons()).toEqual([['deadLetter', 'invalid', ['/data/region', '/data/hoursPerWeek']]]);
      const [letter] = await ingest.deadLetters();
      const said = letter?.headers.find(([name]) => name === 'kafka_dlt-exception-message')?.[1].toString();
      expect(said).toBe('/data/region: pattern; /data/hoursPerWeek: outOfRange');
    });

    test('reuses an id for other content', async () => {
      const message = registered('E-1', 'P-1');
      await ingest.send(binary(message), binary({ ...message, data: { ...message.data, region: 'AM14' } }));
      await ingest.handled();
      expect((await reasons())[1]).toEqual(['deadLetter', 'idReusedWithOtherContent', ['/id']]);
      expect(await ingest.deadLetters()).toHaveLength(1);
    });

    test.each([
      ['no value', { key: 'k', value: null }, 'noValue'],
      ['an empty one', { key: 'k', value: '' }, 'noValue'],
      ['no JSON', { key: 'k', value: '{"a":' }, 'notJson'],
      ['a list', { key: 'k', value: '[1]' }, 'noCloudEvent'],
      ['the same name twice', { key: 'k', value: '{"a":1,"a":2}' }, 'nameTwice'],
      ['a batch', { key: 'k', value: '[]', headers: [['content-type', 'application/cloudevents-batch+json']] as const }, 'batch'],
      ['Avro', { key: 'k', value: 'x', headers: [['content-type', 'application/avro'], ['ce_id', '1']] as const }, 'contentType'],
      ['an attribute twice', { key: 'k', value: '{}', headers: [['ce_id', '1'], ['ce_ID', '2']] as const }, 'headerTwice'],
      ['too long a key', { key: 'k'.repeat(5_000), value: '{}' }, 'tooLarge'],
      ['more than it may have', { key: 'k', value: JSON.stringify({ a: 'x'.repeat(300_000) }) }, 'tooLarge'],
    ])('%s', async (_, message, code) => {
      await ingest.send(message);
      await ingest.handled();
      expect((await reasons()).map(([outcome, reason]) => [outcome, reason])).toEqual([['deadLetter', code]]);
    }); // prettier-ignore
  });

  describe('what may hold a BSN leaves no copy', () => {
    const BSN = '123456782';
    const inData = binary(registered('E-1', 'P-1', { departmentCode: BSN }));
    test.each([
      ['in the data', inData, ['/data/departmentCode']],
      ['as the key', binary(registered('E-1', 'P-1'), BSN), ['#key']],
      ['in a header', { ...binary(registered('E-1', 'P-1')), headers: [['x-employee', BSN]] as const }, ['#header']],
      ['in what cannot be read', { key: 'k', value: `{"bsn": ${BSN}` }, ['#value']],
      ['as a number with an exponent in what cannot be read', { key: 'k', value: '{"a":1,"a":1.23456782e8}' }, ['#value']],
      ['as a number with a fraction in what cannot be read', { key: 'k', value: `{"bsn": ${BSN}.0` }, ['#value']],
      ['as a number with an exponent', { key: 'k', value: '{"bsn":1.23456782E+8}' }, ['/bsn']],
      ['in UTF-16', { key: 'k', value: Buffer.from(`bsn ${BSN}`, 'utf16le') }, ['#value']],
      ['in a header of tracing', { ...binary(registered('E-1', 'P-1')), headers: [['tracestate', `a=${BSN}`]] as const }, ['#header']],
      ['in escapes of what cannot be read', { key: 'k', value: `{"a":1,"a":"${[...BSN].map((digit) => `\\u003${digit}`).join('')}"}` }, ['#value']],
      ['under a name that comes twice', { key: 'k', value: `{"a":"${BSN}","a":1}` }, ['#value']],
    ])('%s', async (_, message, fields) => {
      await ingest.send(message);
      await ingest.handled();
      const [told, ...more] = await ingest.outcomes();
      expect(more).toEqual([]);
      expect(told?.data).toMatchObject({ outcome: 'refused', reason: 'mayHoldBsn', fields, source: null, messageId: null, eventIds: [] });
      expect(told?.key).toBe(told?.data['delivery']);
      expect(await ingest.deadLetters()).toEqual([]);
      expect(await ingest.events()).toEqual([]);
      const kept = JSON.stringify([await ingest.intake.list({ limit: 10 }), await ingest.outcomes()]);
      expect(kept).not.toContain(BSN);
    });
  });

  test('redelivered from offset zero: the same outcomes under the same ids, nothing recorded or set aside again', async () => {
    const message = registered('E-1', 'P-1');
    await ingest.send(binary(message), binary(signed('E-1', '2024-01-01')), structured(message), { key: 'k', value: 'rubbish' }, binary(hrMessage('ContractSigned', 'E-1', { form: 'none' })));
    await ingest.handled();
    const before = { outcomes: await ingest.outcomes(), events: await ingest.events(), letters: await ingest.deadLetters(), rows: await ingest.intake.list({ limit: 100 }) };
    await ingest.pause();
    const group = `${ingest.options.group}-again`;
    ingest.goOn({ group });
    await until(async () => [...(await ingest.kafka.lag(group, ingest.options.factsTopic)).values()].every((lag) => lag === 0));
    const after = { outcomes: await ingest.outcomes(), events: await ingest.events(), letters: await ingest.deadLetters(), rows: await ingest.intake.list({ limit: 100 }) };
    const told = (list: typeof after.outcomes) => new Set(list.map((one) => JSON.stringify(one)));
    expect(after.outcomes.length).toBe(2 * before.outcomes.length);
    expect(told(after.outcomes)).toEqual(told(before.outcomes));
    expect([after.events, after.letters, after.rows]).toEqual([before.events, before.letters, before.rows]);
  });

  test('a dead letter is sent again on request, one cycle further, as a delivery of its own', async () => {
    await ingest.send({ key: 'E-1', value: 'rubbish', headers: [['own', 'header']] });
    await ingest.handled();
    const [letter] = await ingest.intake.deadLetters.list({ limit: 9 });
    expect(letter).toMatchObject({ topic: `${ingest.options.factsTopic}.DLT`, offset: '0', cycle: 0, code: 'notJson' });
    expect(await ingest.intake.deadLetters.ask({ by: 'petra' })).toBe(1);
    await until(async () => (await ingest.intake.deadLetters.list({ limit: 9 })).length === 2);
    const [second, first] = await ingest.intake.deadLetters.list({ limit: 9 });
    expect(first).toMatchObject({ askedBy: 'petra', sentAt: expect.any(String) as string });
    expect(second).toMatchObject({ cycle: 1, sentAt: null });
    const letters = await ingest.deadLetters();
    expect(letters.map(({ headers }) => headers.find(([name]) => name === 'own')?.[1].toString())).toEqual(['header', 'header']);
  });

  test('where the facts have more partitions than the dead letters, none is lost, and each is sent again to where it came from', async () => {
    await ingest.pause();
    await grow(ingest, 5);
    ingest.goOn();
    const sender = await ingest.kafka.openSender();
    const places = await sender.send(ingest.options.factsTopic, [0, 3, 4].map((partition) => ({ key: null, value: `rubbish ${partition}`, partition }))); // prettier-ignore
    await sender.close();
    await until(async () => (await ingest.intake.deadLetters.list({ limit: 9 })).length === 3);
    expect((await ingest.deadLetters()).map(({ value }) => value?.toString()).sort()).toEqual(['rubbish 0', 'rubbish 3', 'rubbish 4']);
    expect(await ingest.intake.deadLetters.ask({ by: 'petra' })).toBe(3);
    await until(async () => (await ingest.intake.deadLetters.list({ limit: 9 })).length === 6);
    const { factsTopic } = ingest.options;
    const again = await ingest.kafka.read(factsTopic, places.map(({ partition, offset }) => ({ partition, offset: String(Number(offset) + 1) }))); // prettier-ignore
    expect(again.map((message) => message?.value?.toString())).toEqual(['rubbish 0', 'rubbish 3', 'rubbish 4']);
  });

  test('another letter in the place of one that is asked for is not sent', async () => {
    await ingest.send({ key: 'k', value: 'rubbish one' });
    await ingest.handled();
    await ingest.pause();
    await remake(ingest, deadLetterTopic(ingest.options.factsTopic));
    ingest.goOn();
    await ingest.send({ key: 'k', value: 'rubbish two' });
    await ingest.handled();
    const [, first] = await ingest.intake.deadLetters.list({ limit: 9 });
    expect(await ingest.intake.deadLetters.ask({ by: 'petra', origins: [first?.origin ?? ''] })).toBe(1);
    await until(async () => (await ingest.intake.deadLetters.list({ limit: 9 })).some(({ problem }) => problem === 'noLongerKept'));
    expect((await allOf(ingest.kafka, ingest.options.factsTopic)).map(({ value }) => value?.toString())).toEqual(['rubbish one', 'rubbish two']);
  });

  test('what may hold a BSN leaves no key behind in a topic that was made anew either', async () => {
    await ingest.send(binary(registered('E-1', 'P-1')));
    await ingest.handled();
    await ingest.pause();
    await remake(ingest);
    await ingest.send({ ...binary(signed('E-1', '2024-01-01')), key: '123456782', partition: (await ingest.outcomes())[0]?.partition ?? 0 });
    ingest.goOn({ group: `${ingest.options.group}-anew` });
    await until(async () => (await ingest.outcomes()).length === 2);
    expect(JSON.stringify(await ingest.outcomes())).not.toContain('123456782');
  });

  test('a topic that was made anew is not taken for the one before: it stops, and goes on with its next epoch', async () => {
    await ingest.send(binary(registered('E-1', 'P-1')));
    await ingest.handled();
    await ingest.pause();
    const anew = `${ingest.options.group}-anew`;
    await ingest.kafka.close();
    await remake(ingest);
    const later = registered('E-1', 'P-1');
    await ingest.send(binary(later));
    ingest.goOn({ group: anew });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await ingest.events()).toHaveLength(1);
    await ingest.pause();
    ingest.goOn({ group: anew, factsTopicEpoch: 2 });
    await until(async () => (await ingest.events()).length === 2);
    expect((await ingest.events())[1]?.origin).toContain(`${ingest.options.factsTopic}@2/`);
  });
});

/** UUID version 5 by RFC 9562, 5.5, reckoned anew: ids that integrators count by must never change. */
function nameBasedUuid(namespace: string, name: string): string {
  const bytes = createHash('sha1').update(Buffer.from(namespace.replaceAll('-', ''), 'hex')).update(name).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Deletes the topic of the facts and makes it again. Only a test deletes one, so the port cannot. */
async function remake(ingest: RunningIngest, topic = ingest.options.factsTopic): Promise<void> {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: [...ingest.options.kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await until(async () => !(await admin.listTopics()).includes(topic));
  await admin.disconnect();
  await ingest.kafka.makeTopics([{ name: topic, partitions: 3 }]);
}

async function grow({ options }: RunningIngest, partitions: number): Promise<void> {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: [...options.kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic: options.factsTopic, count: partitions }] });
  await admin.disconnect();
}
