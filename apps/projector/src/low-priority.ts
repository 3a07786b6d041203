import { constants, setPriority } from 'node:os';

// Imported before all else: loading takes processor time too. A rebuild takes what questions and recording leave; where the
// system does not allow it, its share.
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // It is a courtesy.
}
