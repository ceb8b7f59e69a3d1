/** The hosts’ consoles. */

export const inProgress = "There's a migration process in progress";
export const runIsOver = 'the run is over: go back in time, or reset it';

export const begunByPage = 'This migration was begun by the page; as typed it would be:';

export const hostTitle = (vmm: string, host: string) => `${vmm} host ${host}`;

export const consoleOf = (host: string) => `Console of ${host}`;
export const terminalOf = (host: string) => `What stands on ${host}’s terminal`;
export const commandFor = (host: string) => `Command for ${host}`;
export const enter = 'Enter';
export const forExample = 'For example:';
export const nothingTyped = 'Nothing was typed here yet.';
