/** What the controls say by themselves. */

export const beingLoaded = (name: string) => `${name} is being loaded.`;
export const notLoaded = (name: string) =>
  `${name} could not be loaded, perhaps because the network is gone.`;
export const tryAgain = 'Try again';

export const less = (label: string) => `Less: ${label}`;
export const more = (label: string) => `More: ${label}`;
