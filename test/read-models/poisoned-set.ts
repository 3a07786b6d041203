import { createHash } from 'node:crypto';
import { canonicalJson } from '@bestendig/event-store';
import type { ProjectionSet } from '@bestendig/projection-engine';
import { READ_MODELS } from '@bestendig/read-models';

/** When the folds of a set throw. */
export type Poison = {
  /** Rows of a placement, for as long as one of these events is known of it. */
  readonly events?: ReadonlySet<string>;
  /** Rows of a placement, or of a person's chains, as luck has it: also such that another event mends it again. */
  readonly ofPlacements?: number;
  readonly ofChains?: number;
  /** Rows of the chains that begin with these placements. */
  readonly chainsOf?: ReadonlySet<string>;
};

/** The read models, with the same tables and the same fingerprint, and folds that throw. What is `mended` is asked each time. */
export function poisoned(poison: Poison, isMended: () => boolean = () => false): ProjectionSet {
  const [placement, ...ofPlacements] = READ_MODELS.ofPlacements;
  const [chain, ...ofChains] = READ_MODELS.ofChains;
  if (placement === undefined || chain === undefined) throw new Error('The read models have no projections.');
  return {
    ...READ_MODELS,
    ofPlacements: [
      placement,
      ...ofPlacements.map((projection): typeof projection => ({
        ...projection,
        collect: (placementId, states, changes) => {
          for (const { timeline } of isMended() ? [] : states) {
            const { facts, ...life } = timeline;
            const known = facts.find(({ eventId }) => poison.events?.has(eventId) === true);
            if (known !== undefined) throw new TypeError(`poison ${known.eventId}`);
            if (isUnlucky(life, poison.ofPlacements)) throw new RangeError('an unlucky life');
          }
          projection.collect(placementId, states, changes);
        },
      })),
    ],
    ofChains: [
      {
        ...chain,
        collect: (states, changes) => {
          for (const { chains } of isMended() ? [] : states)
            if (chains.some((one) => poison.chainsOf?.has(one.id) === true || isUnlucky(one, poison.ofChains)))
              throw new RangeError('an unlucky chain');
          chain.collect(states, changes);
        },
      },
      ...ofChains,
    ],
  };
}

/** One in twelve; alike for what was read from a store and what was not. */
function isUnlucky(value: unknown, salt: number | undefined): boolean {
  if (salt === undefined) return false;
  const text = canonicalJson(JSON.parse(JSON.stringify(value)));
  const digest = createHash('md5').update(`${salt} ${text}`).digest();
  return digest.readUInt16BE(0) % 12 === 0;
}
