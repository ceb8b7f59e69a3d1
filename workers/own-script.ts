/** Where a worker finds its own script, to start another from it: the browser has it already. */
export const ownScript = (): string => self.location.href;
