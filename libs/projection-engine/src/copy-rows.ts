import { dayNumber, isDay } from '@bestendig/placement-domain';

const FIRST_BYTES = 1_024;
const NO_BYTES = Buffer.alloc(0);
const NO_VIEW = new DataView(NO_BYTES.buffer, 0, 0);
/** PostgreSQL counts days and microseconds from 2000-01-01. */
const DAYS_TO_2000 = 10_957;
const TWO_32 = 4_294_967_296;
const FOREVER = { high: 0x7f_ff_ff_ff, low: -1 };
const DASH = 45;
const ZERO = 48;
/** What stands between the numbers of a moment. */
const SIGNS = [[10, 'T'], [13, ':'], [16, ':'], [19, '.'], [26, 'Z']] as const; // prettier-ignore
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
  private lastInstant = 'infinity';
  private lastMicros: Micros = FOREVER;

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
    const { high, low } = this.lastMicros;
    this.view.setInt32(at, high);
    this.view.setInt32(at + 4, low);
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
      // Negative where one of the two is.
      const byte = ((HEX[value.charCodeAt(from)] ?? -1) << 4) | (HEX[value.charCodeAt(from + 1)] ?? -1);
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
    const { bytes, view } = this;
    let at = from;
    let other = othersFrom;
    for (; at + 4 <= until; at += 4, other += 4) if (view.getInt32(at) !== others.view.getInt32(other)) return false;
    for (; at < until; at += 1, other += 1) if (bytes[at] !== others.bytes[other]) return false;
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

/** The value of each digit of a uuid, which is in small letters; negative for what is none. */
const HEX = new Int8Array(128).fill(-1);
for (const digit of '0123456789abcdef') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** A number of eight bytes: the sign is in the first four. */
type Micros = { readonly high: number; readonly low: number };

/** Null for what is no moment. */
function microsFrom2000(instant: unknown): Micros | null {
  if (instant === 'infinity') return FOREVER;
  if (typeof instant !== 'string' || !hasForm(instant)) return null;
  const day = instant.slice(0, 10);
  const [hours, minutes, seconds] = [digits(instant, 11, 13), digits(instant, 14, 16), digits(instant, 17, 19)];
  if (!isDay(day) || !(hours < 24 && minutes < 60 && seconds < 60)) return null;
  const whole = ((dayNumber(day) - DAYS_TO_2000) * 24 + hours) * 3_600 + minutes * 60 + seconds;
  const micros = whole * 1e6 + digits(instant, 20, 26);
  if (Number.isNaN(micros)) return null;
  if (Number.isSafeInteger(micros)) return { high: Math.floor(micros / TWO_32), low: (micros % TWO_32) | 0 };
  const exact = BigInt(whole) * 1_000_000n + BigInt(digits(instant, 20, 26));
  return { high: Number(exact >> 32n), low: Number(BigInt.asIntN(32, exact)) };
}

const hasForm = (instant: string): boolean =>
  instant.length === 27 && SIGNS.every(([at, sign]) => instant.charCodeAt(at) === sign.charCodeAt(0));

/** The number that these digits make; NaN where there are others than digits. */
function digits(text: string, from: number, until: number): number {
  let number = 0;
  for (let at = from; at < until; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
