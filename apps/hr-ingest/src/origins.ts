import type { ReceivedMessage } from '@bestendig/kafka';

/** A topic that was deleted and made anew counts its messages from 0 again: each of its lives has its own epoch. */
export type TopicLife = { readonly topic: string; readonly epoch: number };

/** Names a delivery for ever: `kafka:<topic>/<partition>#<offset>`, from the second life on `kafka:<topic>@<epoch>/...`. */
export const originOf = ({ topic, epoch }: TopicLife, { partition, offset }: Pick<ReceivedMessage, 'partition' | 'offset'>): string =>
  `kafka:${topic}${epoch === 1 ? '' : `@${epoch}`}/${partition}#${offset}`;

export const isFromKafka = (origin: string): boolean => origin.startsWith('kafka:');

/** The partition that a delivery came by. */
export const partitionOf = (origin: string): number => Number(/\/(\d+)#\d+$/.exec(origin)?.[1] ?? 0);
