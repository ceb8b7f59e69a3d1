/** The run that is kept on the device. */

export const ownScenario = 'a scenario of your own';
export const itsEnd = 'its end';
export const lastRun = (title: string, at: string) =>
  `Your last run (${title}, at ${at}) is kept on this device.`;
export const goOn = 'Continue';
export const forget = 'Forget it';
