import { createRequire } from 'node:module';

type ReadHeader = { readonly key: string; readonly value: Buffer | null };
type Decoder = { readVarIntArray: (read: (decoder: Decoder) => ReadHeader) => { reduce(...how: unknown[]): unknown } };

const { prototype } = createRequire(__filename)('kafkajs/src/protocol/decoder') as { readonly prototype: Decoder };
const readList = prototype.readVarIntArray;

/**
 * kafkajs 2.2.4 copies, for each header of a message, all those before it: ten thousand of them, 60 KB, hold the process for
 * more than ten seconds, and who sends such messages stops a consumer for good. Its only reader of lists is the one of headers,
 * and all that is asked of the list is that it is gathered by name; this one does so in one pass, on an object where no name
 * means anything else.
 */
prototype.readVarIntArray = function (this: Decoder, read) {
  const headers = Array.from(readList.call(this, read) as unknown as Iterable<ReadHeader>);
  return { reduce: () => byName(headers) };
};

function byName(headers: readonly ReadHeader[]): Readonly<Record<string, readonly (Buffer | null)[]>> {
  const gathered = Object.create(null) as Record<string, (Buffer | null)[]>;
  for (const { key, value } of headers) (gathered[key] ??= []).push(value);
  return gathered;
}
