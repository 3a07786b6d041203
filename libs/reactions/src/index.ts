export { forgetReactions, pause } from './checkpoints';
export { runReactions, type Reaction, type ReactionOptions } from './run-reactions';
export { retrying, type Retrying } from './retrying';
