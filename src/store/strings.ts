/** What the page’s state says by itself: actions and why they make no sense now, speeds, what a link got wrong. */
export const notMoving = 'No migration is under way.';
export const roundsOnly = 'Only while rounds are sent and the VM still runs at the source.';
export const runNotBegun =
  'The run has not begun. Press Migrate, then pause where you want to step in.';
export const runOver = 'The run is over. Go back to a moment of it, or run again.';
export const noPullInterrupted = 'No pull is interrupted.';
export const cancel = 'Cancel the migration';
export const cancelEffect = 'The VM runs on at the source; what was copied is thrown away.';
export const switchToPull = 'Switch to pull (post-copy)';
export const switchToPullEffect =
  'The rounds end, the VM moves at once, and what is left is fetched.';
export const switchOver = 'Pause and move now';
export const switchOverEffect =
  'The rounds end, and the VM stands still while what is left crosses.';
export const recover = 'Take the pull up again';
export const recoverEffect =
  'The destination says what it has, and the source sends what is missing.';
export const mendFirst = 'The link is cut: mend it first.';
export const giveUp = 'Give the VM up';
export const giveUpEffect = 'Each host throws its part of the VM away.';
export const cutLink = 'Cut the link';
export const mendLink = 'Mend the link';
export const cutLinkEffect =
  'No message of the migration arrives any more; the guest’s own network stays.';
export const mendLinkEffect = 'Messages arrive again; what was lost stays lost.';
export const resumeVm = 'Let the VM run';
export const pauseVm = 'Pause the VM';
export const resumeVmEffect = 'It goes on where it stood.';
export const pauseVmEffect = 'It stands still wherever it is; a migration goes on.';
export const vmNotRunning = 'The VM does not run at this moment.';
export const switchHostOff = (host: string) => `Switch host ${host} off`;
export const switchHostOffEffect = 'The host is gone, with all that runs on it.';
export const isOffAlready = (host: string) => `Host ${host} is off already.`;
export const handedOver = 'The source has handed the VM over: it cannot be called back.';

export const timesSlower = (times: number) => `${times} times slower than real time`;
export const realTime = 'real time';
export const max = 'max';
export const asFastAsPossible = 'as fast as possible';
export const unseen = 'unseen';
export const nothingDrawn = 'as fast as possible, with nothing drawn meanwhile';

export const otherVersion = (version: string, own: string) =>
  `The link is of version ${version}; this page reads version ${own} and took what it knows.`;
export const unknownName = (name: string) =>
  `The link sets “${name}”, which this page does not know; it was left out.`;
export const scenarioUnreadable = (opened: string) =>
  `The scenario in the link could not be read, perhaps because the link was cut; “${opened}” was opened instead.`;
export const noSuchScenario = (wanted: string, opened: string) =>
  `There is no scenario "${wanted}"; “${opened}” was opened instead.`;
export const notAChoice = (name: string, value: string, choices: string, used: unknown) =>
  `The link set ${name}=${value}; it can be ${choices}. ${used} was used instead.`;
export const noNumber = (name: string, value: string, used: unknown) =>
  `The link set ${name}=${value}, which is no number; ${used} was used instead.`;
export const outOfRange = (name: string, value: string, min: number, max: number, used: number) =>
  `The link set ${name}=${value}; it can be ${min} to ${max}, so ${used} was used.`;

export const unknownSelection = (selection: string) =>
  `The link selects “${selection}”, which this page does not know; it can be page:231 or cursor:231.`;
export const unknownLanes = (lanes: string) =>
  `The link compares “${lanes}”; two to four lanes such as pull:xen:kvm can be compared. What is not one was left out.`;
export const leftOutChoice = (name: string, value: string, choices: string) =>
  `The link set ${name}=${value}; it can be ${choices}. It was left out.`;
export const unknownControls = (act: string, names: string) =>
  `The link would ${act} “${names}”, which this page does not have; it was left out.`;
export const leftOutNumber = (name: string, value: string) =>
  `The link set ${name}=${value}, which is no number; it was left out.`;

export const otherOpened = 'another scenario was opened meanwhile';

export const sameAs = (lane: string) => `same as ${lane}`;
