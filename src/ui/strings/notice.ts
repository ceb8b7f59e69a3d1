/** What is the matter, in the line below the headline. */

export const theLastRun = 'The last run';
export const theHelp = 'The help';
export const simulationStopped =
  '{stopped} ({error}). Nothing outside this page is affected; the run can be made again, up to this very moment.';
export const stopped = 'The simulation stopped';
export const goOn = 'Continue';
export const startOver = 'Start over';
export const dismiss = 'Dismiss';
