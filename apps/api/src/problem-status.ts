import type { ProblemCode } from './problem';

type Answered = { readonly status: number; readonly title: string };

const invalid = (title: string): Answered => ({ status: 400, title });
/** The request is right, but the placement (or link) as it is now does not allow it. */
const conflict = (title: string): Answered => ({ status: 409, title });
/** The request can never be carried out as it is. */
const unprocessable = (title: string): Answered => ({ status: 422, title });
const unavailable = (title: string): Answered => ({ status: 503, title });
const defect: Answered = { status: 500, title: 'A defect on our side' };

/** Every code with the status it is answered under: a code that is forgotten here does not compile. */
export const ANSWERED: Readonly<Record<ProblemCode, Answered>> = {
  // the API's own
  invalid: invalid('The request does not follow the contract'),
  mayHoldBsn: invalid('The request may hold a BSN'),
  unauthenticated: { status: 401, title: 'Not authenticated' },
  otherOrganisation: { status: 403, title: 'Not for this organisation' },
  notFound: { status: 404, title: 'Not found' },
  deadLetterUnknown: { status: 404, title: 'Unknown dead letter' },
  methodNotAllowed: { status: 405, title: 'Not a method of this path' },
  preconditionRequired: { status: 428, title: 'If-Match is required' },
  unsupportedMediaType: { status: 415, title: 'Unsupported media type' },
  bodyTooLarge: { status: 413, title: 'The body is too large' },
  internal: defect,
  // the application's
  contention: unavailable('Others kept writing to the same placement'),
  placementUnknown: { status: 404, title: 'Unknown placement' },
  revisionMismatch: { status: 412, title: 'The placement has changed' },
  idReusedWithOtherContent: unprocessable('The id was used for another content'),
  alreadyLinked: conflict('The key stands for that placement already'),
  // rules of the placement
  notRegistered: conflict('The placement is not registered'),
  otherFactStands: conflict('Another fact stands'),
  noContract: conflict('No contract covers that day'),
  contractRunning: conflict('An earlier contract still runs'),
  noContractToExtend: conflict('There is no contract to extend'),
  alreadyPermanent: conflict('The contract is permanent already'),
  notStarted: conflict('An end without its start'),
  alreadyRunning: conflict('It still runs'),
  proefplaatsingTooLong: unprocessable('The proefplaatsing is too long'),
  proefplaatsingFirstPeriodTooLong: unprocessable('The proefplaatsing is too long at once'),
  noInlener: conflict('The placement has no such inlener on the day before'),
  eventUnknown: { status: 404, title: 'Unknown event' },
  cyclicReference: conflict('The facts would refer to each other in a ring'),
  cannotReplaceModifier: conflict('A retraction or discard is not corrected but retracted'),
  datesContradict: unprocessable('The dates contradict each other'),
  unreadable: unprocessable('The content cannot be read'),
  alreadyRegistered: conflict('The placement is registered already'),
  endCodeUnlisted: unprocessable('Not an official end code'),
  endCodeOutsideItsDates: unprocessable('The end code does not exist on that day'),
  inlenersSharesNotOne: unprocessable('The shares of the inleners do not sum to 1'),
  alreadyTakenOut: conflict('The fact was taken out already'),
  factNotParked: conflict('The fact is not parked'),
  // the event store's
  unavailable: unavailable('The store cannot be reached'),
  tooLarge: { status: 413, title: 'Too much at once' },
  asReportedRunInProgress: unavailable('A history is being imported'),
  asReportedRunNotOpen: defect,
  restoreInProgress: unavailable('The store is being restored'),
  storeNotEmpty: defect,
  brokenChain: defect,
  recordedAtGoesBack: defect,
  invalidEvent: defect,
  positionUnknown: invalid('Not a position of this store'),
  unauthorised: unavailable('The store does not let this program in'),
  streamDeleted: defect,
  otherLog: unavailable('The store is another than this installation was filled from'),
  badSettings: defect,
  // the read store's
  notYetKnown: conflict('That moment is not yet known'),
  timeout: { status: 503, title: 'The read models are not that far yet' },
  notReady: unavailable('The read models are being built'),
  fenced: defect,
  rebuildRunning: conflict('A rebuild is running'),
  foldChanged: defect,
  rebuildCancelled: defect,
  nothingToGoBackTo: conflict('No build to go back to'),
  nothingToApprove: conflict('No rebuild waits for approval'),
  otherVersionLive: defect,
  checksumDiffers: defect,
};
