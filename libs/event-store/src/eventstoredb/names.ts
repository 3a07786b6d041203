import type { ServerFilter } from './connection';

const OURS = /^[A-Za-z][A-Za-z0-9]*-/;

/** How streams of one log are called on a server that may hold several logs: a namespace and a dot before the name. */
export class Names {
  private readonly prefix: string;
  /** Lets through the streams of this log and no others. */
  readonly filter: ServerFilter;

  constructor(readonly namespace: string) {
    this.prefix = namespace === '' ? '' : `${namespace}.`;
    // Of another log the name has a dot before the first dash; of the server itself a dollar sign.
    this.filter = namespace === '' ? { on: 'stream', regex: OURS.source } : { on: 'stream', prefixes: [this.prefix] };
  }

  onServer(stream: string): string {
    return this.prefix + stream;
  }

  /** Null for a stream that is not of this log. */
  ours(onServer: string): string | null {
    if (!onServer.startsWith(this.prefix)) return null;
    const stream = onServer.slice(this.prefix.length);
    return OURS.test(stream) ? stream : null;
  }

  ofCategories(categories: readonly string[]): ServerFilter {
    return { on: 'stream', prefixes: categories.map((category) => `${this.prefix}${category}-`) };
  }

  /** The stream that says what was done to another, its deletion included. */
  metadataOf(stream: string): string {
    return `$$${this.onServer(stream)}`;
  }
}
