export const READ_STORE_ERRORS = [
  'notYetKnown', // the moment asked for lies after what can be known now: ask again later, or wait
  'timeout', // what was waited for was not applied in time: may be asked again
  'notReady', // no set of read models is live, or it was built by another version and is being rebuilt
  'fenced', // another projector took over this set
  'rebuildRunning', // one rebuild at a time
  'foldChanged', // the same version makes other rows than live holds: raise the version, or have live replaced
  'rebuildCancelled', // the build that was being made was removed on request
  'nothingToGoBackTo', // no build is kept that this version can go on with
  'nothingToApprove', // no rebuild waits for approval
  'otherVersionLive', // another version of the program switched to read models of its own: this one must end
  'checksumDiffers', // a rebuilt set is not what live holds: nothing was switched
] as const; // prettier-ignore
export type ReadStoreErrorCode = (typeof READ_STORE_ERRORS)[number];

export class ReadStoreError extends Error {
  constructor(
    readonly code: ReadStoreErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ReadStoreError';
  }
}
