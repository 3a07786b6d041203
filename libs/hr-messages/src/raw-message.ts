import { isTypedOrganisation, numberMayHoldBsn, textMayHoldBsn } from './bsn';
import { childPointer } from './pointers';

/** Levels of nesting; the deepest message of the contract has five. */
export const DEPTH_MAX = 16;
/** Values and property names together; the largest message of the contract has fewer than 150. */
export const PARTS_MAX = 2_000;

/** What must be known of a message before anything reads it. */
export type RawLook = {
  /** Pointers of the values and names that may hold a BSN. */
  readonly bsnAt: readonly string[];
  readonly tooDeep: boolean;
  readonly tooLarge: boolean;
  /** False where it holds what JSON cannot say. */
  readonly isJson: boolean;
};

type Part = { readonly value: unknown; readonly parent: Part | null; readonly name: string | number; readonly depth: number };

/**
 * Walks over all of a message, names and values, whatever its form. Without recursion, because nobody has looked at its
 * depth yet. At most a million parts are looked at: more than a body of the sizes that any door takes can hold.
 */
export function lookOver(message: unknown): RawLook {
  const bsnAt: string[] = [];
  let [tooDeep, isJson, parts] = [false, true, 0];
  const stack: Part[] = [{ value: message, parent: null, name: '', depth: 0 }];
  for (let part = stack.pop(); part !== undefined && parts < 1_000_000; part = stack.pop()) {
    parts++;
    const { value } = part;
    if (typeof value === 'string') {
      if (textMayHoldBsn(value) && !isTypedOrganisation(pointerOf(part), value)) bsnAt.push(pointerOf(part));
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      if (numberMayHoldBsn(value)) bsnAt.push(pointerOf(part));
      isJson &&= Number.isFinite(value);
    } else if (Array.isArray(value)) {
      tooDeep ||= part.depth >= DEPTH_MAX;
      for (let i = value.length - 1; i >= 0; i--) stack.push({ value: value[i], parent: part, name: i, depth: part.depth + 1 });
    } else if (isObject(value)) {
      tooDeep ||= part.depth >= DEPTH_MAX;
      isJson &&= typeof value['toJSON'] !== 'function';
      for (const name of Object.keys(value).reverse()) {
        parts++;
        const child = { value: value[name], parent: part, name, depth: part.depth + 1 };
        if (textMayHoldBsn(name)) bsnAt.push(pointerOf(child));
        stack.push(child);
      }
    } else {
      // A property without a value is none; everywhere else undefined is nothing that JSON can say.
      isJson &&= value === null || typeof value === 'boolean' || (value === undefined && part.parent !== null && typeof part.name === 'string');
    }
  }
  return { bsnAt, tooDeep, tooLarge: parts > PARTS_MAX, isJson };
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of a part far down only the beginning of the way is told. */
const POINTER_SEGMENTS_MAX = 32;

function pointerOf(part: Part): string {
  const names: (string | number)[] = [];
  for (let at: Part = part; at.parent !== null; at = at.parent) names.push(at.name);
  return names.reverse().slice(0, POINTER_SEGMENTS_MAX).reduce<string>(childPointer, '');
}

/**
 * Whether a value (a text, the headers of a request, a whole message) may hold a BSN in any string, number or property
 * name of it. The rule and what is exempt are in bsn.ts.
 */
export const mayHoldBsn = (value: unknown): boolean => lookOver(value).bsnAt.length > 0;
