/** A name that looks like one of a contract, `hoursPerWeek`: begins small, at most three digits and those at the end. */
const PLAIN_NAME = /^[a-z][A-Za-z_-]{0,31}[0-9]{0,3}$/;

/** What stands in a pointer for a property name that is not shown, because a sender can put anything in a name. */
export const MASK = '*';

/**
 * RFC 6901 pointer of a child. An array's index is shown; a name only where it is plain: a name chosen by a sender could
 * itself be what must not be repeated.
 */
export const childPointer = (parent: string, name: string | number): string =>
  `${parent}/${typeof name === 'number' ? name : shownName(name)}`;

/** A name as it may be shown: itself where it is plain. */
export const shownName = (name: string): string => (PLAIN_NAME.test(name) ? name : MASK);
