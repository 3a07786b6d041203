import type { EndOutcome } from './chains-types';
import type { ContractForm, Day, EndCode, ProefplaatsingAuthority } from './facts';

/**
 * Rules that carry a date in law or in an official list: a row has the day from which it holds, and the moment from
 * which it was known, so that an answer "as known at" uses no rule of later. Where the moment of publication was not
 * verified, a row is known from the date of its law, or else from the first day it holds. A row is never edited; a
 * changed rule is a new row.
 */
export type PolicyRow = {
  /** First day on which the row holds. */
  readonly from: Day;
  /** Moment of publication, in the form of recordedAt. */
  readonly knownFrom: string;
  readonly source: string;
};

const EVER: Day = '0001-01-01';
const ALWAYS_KNOWN = '0001-01-01T00:00:00.000000Z';

/** The row that holds on `day`, of those known at `knownAt` (all, when left out); null before the first. Rows ascend by `from`. */
export function rowOn<Row extends PolicyRow>(rows: readonly Row[], day: Day, knownAt?: string): Row | null {
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row !== undefined && row.from <= day && isKnown(row, knownAt)) return row;
  }
  return null;
}

function isKnown(row: PolicyRow, knownAt: string | undefined): boolean {
  return knownAt === undefined || row.knownFrom <= knownAt;
}

/**
 * Keten: more contracts than `contracts`, or more than `months` months with the gaps between them, and the last one is
 * permanent; a gap of more than `gapMonths` months begins a new chain (BW 7:668a; DOMAIN 2.1).
 */
export type KetenPolicy = PolicyRow & {
  readonly contracts: number;
  readonly months: number;
  readonly gapMonths: number;
};
export const KETEN: readonly KetenPolicy[] = [
  { from: '1999-01-01', knownFrom: '1999-01-01T00:00:00.000000Z', contracts: 3, months: 36, gapMonths: 3, source: 'BW 7:668a, Wet flexibiliteit en zekerheid' },
  { from: '2015-07-01', knownFrom: '2014-06-14T00:00:00.000000Z', contracts: 3, months: 24, gapMonths: 6, source: 'BW 7:668a, Wet werk en zekerheid (Stb 2014, 216)' },
  { from: '2020-01-01', knownFrom: '2019-05-29T00:00:00.000000Z', contracts: 3, months: 36, gapMonths: 6, source: 'BW 7:668a, Wet arbeidsmarkt in balans (Stb 2019, 219)' },
]; // prettier-ignore

/**
 * Which forms the keten counts. BBL is exempt (DOMAIN 2.1); appointments under public law follow sector rules, uitzend
 * its own phases, and for Wsw the rule was not verified: none of these is counted.
 */
export const COUNTS_IN_KETEN: { readonly [form in ContractForm]: boolean } = {
  arbeidsovereenkomst: true,
  payroll: true,
  bbl: false,
  publiekrechtelijk: false,
  uitzend: false,
  wsw: false,
};

/** How long a proefplaatsing may last: at once (`firstMonths`), and in all with its extensions (`totalMonths`). DOMAIN 1.2. */
export type ProefplaatsingPolicy = PolicyRow & { readonly firstMonths: number; readonly totalMonths: number };
export const PROEFPLAATSING: { readonly [authority in ProefplaatsingAuthority]: readonly ProefplaatsingPolicy[] } = {
  // Two months is the standard; a motivated request may ask for more, six at most.
  uwv: [{ from: EVER, knownFrom: ALWAYS_KNOWN, firstMonths: 6, totalMonths: 6, source: 'WW 76a, Wet WIA 37, Wajong 2:24' }],
  gemeente: [
    { from: EVER, knownFrom: ALWAYS_KNOWN, firstMonths: 6, totalMonths: 6, source: 'local rules before the law of 30-11-2022' },
    { from: '2023-07-01', knownFrom: '2022-12-13T00:00:00.000000Z', firstMonths: 2, totalMonths: 6, source: 'Participatiewet 8a lid 2 d (Stb 2022, 499; in force by Stb 2022, 500)' },
  ],
}; // prettier-ignore

/** Proeftijd: none in a contract of at most `noneUpToMonths` months, and none after a proefplaatsing (DOMAIN 1.2, 2.1). */
export type ProeftijdPolicy = PolicyRow & {
  readonly noneUpToMonths: number;
  readonly noneAfterProefplaatsing: boolean;
};
export const PROEFTIJD: readonly ProeftijdPolicy[] = [
  { from: EVER, knownFrom: ALWAYS_KNOWN, noneUpToMonths: 0, noneAfterProefplaatsing: true, source: 'WW 76a, Wet WIA 37' },
  { from: '2015-01-01', knownFrom: '2014-06-14T00:00:00.000000Z', noneUpToMonths: 6, noneAfterProefplaatsing: true, source: 'BW 7:652, Wet werk en zekerheid (Stb 2014, 216)' },
]; // prettier-ignore

/** An end code of the loonaangifte: when it exists, and what it says of the end (DOMAIN 2.4; outcomes of MEASURES 3). */
export type EndCodePolicy = PolicyRow & {
  readonly code: EndCode;
  /** Last day on which the code exists; null while it does. */
  readonly until: Day | null;
  /** `continues`: no end at all. */
  readonly outcome: EndOutcome | 'continues';
  readonly pensionOrDeath: boolean;
};

const CODES_2020 = { from: '2020-01-01', knownFrom: '2020-01-01T00:00:00.000000Z', until: null, pensionOrDeath: false, source: 'Loonaangifte 2020' } as const; // prettier-ignore
const CODES_2023 = { from: '2023-01-01', knownFrom: '2023-01-01T00:00:00.000000Z', until: null, pensionOrDeath: false, source: 'Loonaangifte 2023' } as const; // prettier-ignore
const CODES_2026 = { from: '2026-01-01', knownFrom: '2026-01-01T00:00:00.000000Z', until: null, pensionOrDeath: false, source: 'Loonaangifte 2026' } as const; // prettier-ignore

export const END_CODES: readonly EndCodePolicy[] = [
  { ...CODES_2020, code: '01', outcome: 'uitval' }, // in the proeftijd
  { ...CODES_2020, code: '02', outcome: 'otherUnknown', until: '2022-12-31' }, // gave way to 05 and 06; MEASURES 3 gives it no outcome
  { ...CODES_2020, code: '03', outcome: 'uitval' }, // ontbinding
  { ...CODES_2020, code: '04', outcome: 'uitval' }, // mutual consent, the employer's initiative
  { ...CODES_2023, code: '05', outcome: 'uitval' }, // long-term incapacity
  { ...CODES_2023, code: '06', outcome: 'uitval' }, // economic reasons
  { ...CODES_2020, code: '20', outcome: 'otherUnknown' }, // by the employee
  { ...CODES_2020, code: '21', outcome: 'uitval' }, // dringende reden
  { ...CODES_2020, code: '30', outcome: 'otherUnknown' }, // end of a fixed term
  { ...CODES_2020, code: '31', outcome: 'otherKnown' }, // by law, other
  { ...CODES_2026, code: '32', outcome: 'otherKnown', pensionOrDeath: true }, // pension
  { ...CODES_2026, code: '33', outcome: 'otherKnown', pensionOrDeath: true }, // death
  { ...CODES_2026, code: '34', outcome: 'otherKnown' }, // by law, other
  { ...CODES_2020, code: '40', outcome: 'uitval' }, // uitzendbeding, sickness
  { ...CODES_2020, code: '41', outcome: 'otherUnknown' }, // uitzendbeding, other
  { ...CODES_2023, code: '50', outcome: 'uitval' }, // public law
  { ...CODES_2023, code: '51', outcome: 'otherKnown' }, // public law
  { ...CODES_2020, code: '90', outcome: 'continues' }, // administrative
  { ...CODES_2023, code: '91', outcome: 'continues' }, // with a new employer
  { ...CODES_2023, code: '92', outcome: 'continues' }, // a next contract with the same employer
  { ...CODES_2020, code: '99', outcome: 'otherUnknown' },
];

/** What an end code says, whenever it is used (one used outside its dates is read by what it says: MEASURES 3); null if unlisted. */
export function endCodePolicy(code: EndCode, knownAt?: string): EndCodePolicy | null {
  for (const row of END_CODES) if (row.code === code && isKnown(row, knownAt)) return row;
  return null;
}

/** Each moment at which a policy row became known, ascending: between two of them no timeline changes by policy. */
export const POLICY_MOMENTS: readonly string[] = [
  ...new Set(
    [...KETEN, ...PROEFPLAATSING.uwv, ...PROEFPLAATSING.gemeente, ...PROEFTIJD, ...END_CODES]
      .map((row) => row.knownFrom)
      .filter((moment) => moment !== ALWAYS_KNOWN),
  ),
].sort();

/** Whether the same policy rows were known at both moments. */
export function isKnownAlike(knownAt: string | undefined, later: string): boolean {
  return knownAt !== undefined && !POLICY_MOMENTS.some((moment) => knownAt < moment && moment <= later);
}
