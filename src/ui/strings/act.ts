/** What can be done to the run by hand. */

export const whatItDoes =
  'Each takes effect at the moment shown. In the past it discards the future.';
export const nothingDone = 'Nothing has been done to this run yet.';
export const doneSoFar = (inputs: number) =>
  `Done to this run so far: ${inputs}. The log says when.`;
