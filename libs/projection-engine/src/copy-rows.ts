import { dayNumber, isDay } from '@bestendig/placement-domain';

const FIRST_BYTES = 1_024;
const NO_BYTES = Buffer.alloc(0);
const NO_VIEW = new DataView(NO_BYTES.buffer, 0, 0);
/** PostgreSQL counts days and microseconds from 2000-01-01. */
const DAYS_TO_2000 = 10_957;
/** What PostgreSQL calls the type of an array's elements. */
const ELEMENTS = { uuid: 2_950, text: 25, integer: 23 } as const;
export const INSTANT_BYTES = 8;

/**
 * Rows as PostgreSQL's COPY reads them in its binary form: half the work of text for the server, and in one piece of memory
 * outside the heap, for there are millions. Whatever does not fit its type is not written, and false said of it.
 */
export class CopyRows {
  private bytes = NO_BYTES;
  private view = NO_VIEW;
  private at = 0;
  private lastInstant = '';
  private lastMicros = 0n;

  /** Bytes so far. May be set back, to forget what was written after. */
  get length(): number {
    return this.at;
  }
  set length(length: number) {
    this.at = Math.min(length, this.at);
  }

  /** What was written, while nothing more is. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  row(fields: number): void {
    this.room(2);
    this.view.setInt16(this.at, fields);
    this.at += 2;
  }

  nothing(): void {
    this.room(4);
    this.int(-1);
  }

  boolean(value: unknown): boolean {
    if (typeof value !== 'boolean') return false;
    this.room(5);
    this.int(1);
    this.bytes[this.at++] = value ? 1 : 0;
    return true;
  }

  smallint(value: unknown): boolean {
    if (typeof value !== 'number' || value << 16 >> 16 !== value) return false; // prettier-ignore
    this.room(6);
    this.int(2);
    this.view.setInt16(this.at, value);
    this.at += 2;
    return true;
  }

  integer(value: unknown): boolean {
    if (typeof value !== 'number' || (value | 0) !== value) return false;
    this.room(8);
    this.int(4);
    this.int(value);
    return true;
  }

  double(value: unknown): boolean {
    if (typeof value !== 'number') return false;
    this.room(12);
    this.int(8);
    // There is one zero.
    this.view.setFloat64(this.at, value + 0);
    this.at += 8;
    return true;
  }

  date(value: unknown): boolean {
    if (!isDay(value)) return false;
    this.room(8);
    this.int(4);
    this.int(dayNumber(value) - DAYS_TO_2000);
    return true;
  }

  /** UTC text with six decimals, or infinity. */
  instant(value: unknown): boolean {
    this.room(4 + INSTANT_BYTES);
    if (!this.instantAt(this.at + 4, value)) return false;
    this.int(INSTANT_BYTES);
    this.at += INSTANT_BYTES;
    return true;
  }

  /** Over an instant that stands there. */
  instantAt(at: number, value: unknown): boolean {
    // Rows of one moment come together.
    if (value !== this.lastInstant) {
      const micros = microsFrom2000(value);
      if (micros === null || typeof value !== 'string') return false;
      [this.lastInstant, this.lastMicros] = [value, micros];
    }
    this.view.setBigInt64(at, this.lastMicros);
    return true;
  }

  uuid(value: unknown): boolean {
    if (typeof value !== 'string' || value.length !== 36) return false;
    this.room(20);
    let to = this.at + 4;
    for (let from = 0; from < 36; from += 2) {
      if (from === 8 || from === 13 || from === 18 || from === 23) {
        if (value.charCodeAt(from) !== DASH) return false;
        from += 1;
      }
      const byte = (hexOf(value.charCodeAt(from)) << 4) | hexOf(value.charCodeAt(from + 1));
      if (byte < 0) return false;
      this.bytes[to++] = byte;
    }
    this.int(16);
    this.at += 16;
    return true;
  }

  text(value: unknown): boolean {
    if (typeof value !== 'string') return false;
    const { length } = value;
    this.room(4 + 3 * length);
    const from = this.at + 4;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code === 0 || code > 127) return this.anyText(value);
      this.bytes[from + index] = code;
    }
    this.int(length);
    this.at += length;
    return true;
  }

  private anyText(value: string): boolean {
    // PostgreSQL has no zero character in a text. Where there is one, it gives way to one of the same length or shorter.
    const written = this.bytes.write(value.replaceAll('\0', '\uFFFD'), this.at + 4, 'utf8');
    this.int(written);
    this.at += written;
    return true;
  }

  list(of: keyof typeof ELEMENTS, values: unknown): boolean {
    if (!Array.isArray(values)) return false;
    const from = this.at;
    this.room(24);
    this.at += 4;
    this.int(values.length > 0 ? 1 : 0);
    this.int(0);
    this.int(ELEMENTS[of]);
    if (values.length > 0) {
      this.int(values.length);
      this.int(1);
      for (const value of values) if (!this[of](value)) return false;
    }
    this.view.setInt32(from, this.at - from - 4);
    return true;
  }

  /** Whether the same bytes stand there as in these or other rows elsewhere. */
  same(from: number, until: number, others: CopyRows, othersFrom: number, othersUntil: number): boolean {
    if (until - from !== othersUntil - othersFrom) return false;
    const [bytes, otherBytes] = [this.bytes, others.bytes];
    for (let at = from, other = othersFrom; at < until; at += 1, other += 1)
      if (bytes[at] !== otherBytes[other]) return false;
    return true;
  }

  /** The bytes there as a text to look up by. */
  nameAt(from: number, to: number): string {
    return this.bytes.toString('latin1', from, to);
  }

  private int(value: number): void {
    this.view.setInt32(this.at, value);
    this.at += 4;
  }

  private room(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * this.bytes.length, this.at + more));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset, grown.length);
  }
}

const DASH = 45;
const ZERO = 48;

/** The value of a digit of a uuid, which is in small letters; negative for what is none. */
function hexOf(code: number): number {
  if (code >= ZERO && code <= 57) return code - ZERO;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

const FOREVER = 0x7fff_ffff_ffff_ffffn;
const INSTANT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\.(\d{6})Z$/;

/** Null for what is no moment. */
function microsFrom2000(instant: unknown): bigint | null {
  if (typeof instant !== 'string') return null;
  if (instant === 'infinity') return FOREVER;
  const [, day, hours, minutes, seconds, micros] = INSTANT.exec(instant) ?? [];
  if (!isDay(day)) return null;
  const whole = ((dayNumber(day) - DAYS_TO_2000) * 24 + Number(hours)) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return BigInt(whole) * 1_000_000n + BigInt(Number(micros));
}
