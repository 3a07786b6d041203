/** `describe`, or a describe that is skipped and says why, in its name and aloud. */
export function describeWhere(missing: string | null, name: string, tests: () => void): void {
  if (missing === null) return void describe(name, tests);
  // eslint-disable-next-line no-console
  console.warn(`NOT RUN: ${name}: ${missing}.`);
  describe.skip(`${name} (not run: ${missing})`, tests);
}
