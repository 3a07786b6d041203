import { callerOf, maySpeakFor, parseTokens, requireSafeHost } from './callers';
import { createApi } from './create-api';

const TOKEN = 'a-token-of-many-characters';
const OIN = 'oin:00000001003214345000';

test('tokens come as a list or as JSON, the organisation with or without its prefix', () => {
  const expected = [{ token: TOKEN, actor: 'hr', organisation: OIN }];
  expect(parseTokens(`${TOKEN}:hr:${OIN}`)).toEqual(expected);
  expect(parseTokens(` ${TOKEN}:hr:00000001003214345000 , `)).toEqual(expected);
  expect(parseTokens(JSON.stringify(expected))).toEqual(expected);
});

test.each(['', '[]', '[', '[3]', 'short:hr:oin:00000001003214345000', `${TOKEN}:hr:kvk:12345678`, `${TOKEN}::${OIN}`])('tokens that are not right are refused, without repeating them: %s', (text) => {
  expect(() => parseTokens(text)).toThrow(expect.objectContaining({ code: 'tokensInvalid', message: expect.not.stringContaining('short') }) as Error);
});

test('without tokens only this machine is listened to', async () => {
  for (const host of ['127.0.0.1', '127.8.0.1', 'localhost', '::1']) requireSafeHost(host, []);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'example.org']) expect(() => requireSafeHost(host, [])).toThrow(expect.objectContaining({ code: 'loopbackOnly' }) as Error);
  requireSafeHost('0.0.0.0', parseTokens(`${TOKEN}:hr:${OIN}`));
  await expect(createApi({ databaseUrl: 'postgres://127.0.0.1:1/none', secret: Buffer.alloc(32), host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'loopbackOnly' });
});

test('a bearer token stands for its actor and organisation; any other is nobody', () => {
  const tokens = parseTokens(`${TOKEN}:hr:${OIN},another-token-of-many:audit:00000009999999999000`);
  expect(callerOf(`Bearer ${TOKEN}`, tokens)).toEqual({ actor: 'hr', organisation: OIN });
  for (const wrong of [undefined, '', 'Bearer', 'Bearer x', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) expect(() => callerOf(wrong, tokens)).toThrow(expect.objectContaining({ code: 'unauthenticated' }) as Error);
  expect(callerOf(undefined, [])).toEqual({ actor: 'local', organisation: null });
});

test('a caller speaks for its own organisation only; without tokens for all', () => {
  expect(maySpeakFor({ actor: 'hr', organisation: OIN }, OIN)).toBe(true);
  expect(maySpeakFor({ actor: 'hr', organisation: OIN }, 'oin:00000009999999999000')).toBe(false);
  expect(maySpeakFor({ actor: 'local', organisation: null }, OIN)).toBe(true);
});
