/**
 * Whether a message may hold a BSN (burgerservicenummer). Outside government a BSN may be processed only where a law
 * says so (UAVG art. 46), so a message that may hold one is refused as a whole and no copy is kept.
 *
 * A candidate is exactly nine digits between non-alphanumeric characters, in one piece or in groups with dots or
 * spaces between, or a number with an exponent that has them, that pass the eleven test. Nothing tells a BSN from another such number, so all are refused. Exempt
 * is only what cannot be meant as one: UUIDs, RFC 3339 times, a decimal fraction, and organisation numbers in fields
 * that are typed for them.
 */

/** Digits with at most two dots or spaces between them; \s knows the non-breaking ones. */
const CHAINS = /\d(?:[.\s]{0,2}\d)*/g;
const UUIDS = /(?<![0-9A-Za-z])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])/g;
const TIMES = /(?<![0-9A-Za-z])(?:\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)?(?![0-9A-Za-z])/g;
/** `1.23456782e8`, as JSON and spreadsheets write numbers. Without a point only of nine digits and more: `12348E4` is a key. */
const EXPONENTIALS = /(?<![0-9A-Za-z])(?:\d{1,20}[.,]\d{1,20}|\d{9,20})[eE][+-]?\d{1,2}(?![0-9A-Za-z])/g;
const ALPHANUMERIC = /[0-9A-Za-z]/;

/** The organisation numbers a typed field takes. An RSIN has a BSN's form and passes its test. */
export const ORGANISATION = /^(?:kvk:\d{8}|oin:\d{20}|rsin:\d{9}|lhn:\d{9}L\d{2})$/;
/** Where such a field can stand in a message. */
const ORGANISATION_FIELDS = /^\/data(?:\/replacement)?\/(?:employer|provider|inleners\/\d+\/employer)$/;

/** Weights 9 to 2 and -1 for the last digit: the sum is divisible by 11. */
export function passesElevenTest(nineDigits: string): boolean {
  let sum = -(nineDigits.charCodeAt(8) - 48);
  for (let i = 0; i < 8; i++) sum += (9 - i) * (nineDigits.charCodeAt(i) - 48);
  return sum % 11 === 0;
}

/** Whether a text may hold a BSN. */
export function textMayHoldBsn(text: string): boolean {
  if (!hasNineDigits(text)) return false;
  const plain = toPlainDigits(text).replace(TIMES, '|').replace(UUIDS, '|');
  if (!hasNineDigits(plain)) return false;
  for (const match of plain.matchAll(CHAINS)) if (chainMayHoldBsn(plain, match[0], match.index)) return true;
  for (const [number] of plain.matchAll(EXPONENTIALS)) if (numberMayHoldBsn(Number(number.replace(',', '.')))) return true;
  return false;
}

function hasNineDigits(text: string): boolean {
  if (text.length < 9) return false;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Outside ASCII there are digits too: those are looked at more closely.
    if (((unit >= 48 && unit <= 57) || unit > 127) && ++digits === 9) return true;
  }
  return false;
}

/** Full-width and styled digits become plain ones; characters that do not show (zero width) are left out. */
function toPlainDigits(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return text.normalize('NFKC').replace(/\p{Cf}/gu, '');
  return text;
}

/** Looks at every run of neighbouring groups in a chain that has nine digits in all. */
function chainMayHoldBsn(text: string, chain: string, at: number): boolean {
  const groups = chain.split(/[.\s]+/);
  const separators = chain.split(/\d+/).slice(1, -1);
  const first = ALPHANUMERIC.test(text[at - 1] ?? '') ? 1 : 0;
  const last = groups.length - (ALPHANUMERIC.test(text[at + chain.length] ?? '') ? 1 : 0);
  for (let i = first; i < last; i++) {
    let digits = '';
    for (let j = i; j < last && digits.length < 9; j++) {
      digits += groups[j] ?? '';
      if (digits.length === 9 && passesElevenTest(digits) && !isDecimal(groups.slice(i, j + 1), separators.slice(i, j))) return true;
    }
  }
  return false;
}

/** `1234567.89` and `1 234 567.89` are sums of money, `0.12345678` is a fraction: their only dot is a decimal point. */
function isDecimal(groups: readonly string[], separators: readonly string[]): boolean {
  if (separators.at(-1) !== '.' || separators.slice(0, -1).some((separator) => separator.includes('.'))) return false;
  return (groups.at(-1)?.length ?? 0) <= 2 || (groups.length === 2 && groups[0] === '0');
}

/** A whole number of nine digits, or one with a fraction behind nine digits. */
export function numberMayHoldBsn(value: number | bigint): boolean {
  const whole = String(typeof value === 'bigint' ? value : Math.trunc(value)).replace('-', '');
  return /^\d{9}$/.test(whole) && passesElevenTest(whole);
}

/** Whether an organisation number stands in a field that is typed for it. */
export const isTypedOrganisation = (pointer: string, text: string): boolean => ORGANISATION.test(text) && ORGANISATION_FIELDS.test(pointer);
