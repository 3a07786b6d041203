import 'reflect-metadata';
import { printFailure } from './failure';
import { createProgram } from './program';

/** Connections that do not close by themselves must not keep a finished command from ending. */
const LINGER_MS_MAX = 3_000;

// Whoever reads the output may stop reading (`| head`): that ends no import.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

createProgram()
  .parseAsync()
  .then(
    () => 0,
    (error: unknown) => printFailure(error),
  )
  .then((code) => {
    process.exitCode = code;
    setTimeout(() => process.exit(code), LINGER_MS_MAX).unref();
  })
  .catch(() => process.exit(1));
