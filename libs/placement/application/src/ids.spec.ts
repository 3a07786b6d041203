import { v5, validate, version } from 'uuid';
import { canonicalJson } from '@bestendig/event-store';
import { commandEventId, messageEventId, reactionEventId } from './event-ids';
import { keptDigest, keyId } from './keys';

const SECRET = Buffer.alloc(32, 7);

// Fixed for ever: were one of these to change, messages that are in a log would be recorded again.
test('ids are the ones they always were', () => {
  expect(messageEventId('urn:nld:oin:00000001003214345000:systeem:hr', 'm-1', 0)).toBe('e3494027-03ac-5eaa-87f2-8ed44063e4d9');
  expect(commandEventId({ organisation: 'o', caller: 'c', route: 'r', placement: 'p', idempotencyKey: 'k' }, 0)).toBe('fb8179ee-5b5c-5508-9a96-3d4d0c6ba05a');
  expect(reactionEventId('moveMisdirectedFacts', 'e', 1)).toBe('faabbe7c-7cb0-5289-8c4b-b69d77cdca12');
  expect(keyId(SECRET, 'placement', 'urn:nld:oin:00000001003214345000:systeem:hr', 'A-1')).toBe('f3dcb2b0-17d0-8735-a05a-8862ff44704a');
  expect(keptDigest(SECRET, 'ab')).toBe('951dbd8359c3b1c4c0a120221bbb0b5d4748bc082214cb8a88b4f4f1a2028027');
});

test('an event id is the uuidv5 of its text', () => {
  for (const id of ['m-1', 'ü', '"\\', 'x'.repeat(300)]) expect(messageEventId('s', id, 3)).toBe(v5(canonicalJson(['s', id, 3]), '5b7a1f0e-3c2d-4e8f-9a6b-1d0c7e5f4a32'));
});

test('a key has another UUID for each kind, source and secret', () => {
  const ids = [keyId(SECRET, 'person', 's', 'k'), keyId(SECRET, 'personLink', 's', 'k'), keyId(SECRET, 'person', 't', 'k'), keyId(SECRET, 'person', 's', 'l'), keyId(Buffer.alloc(32, 8), 'person', 's', 'k')];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect([validate(id), version(id)]).toEqual([true, 8]);
});
