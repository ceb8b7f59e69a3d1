/** The guest’s console. */
import { count, plural } from './format.ts';

export const printed = 'Printed by the guest';
export const nothingPrinted = 'Nothing printed yet.';
export const serialLine = 'Its serial line';
export const cameBack = 'What came back from the guest';
export const guestSendsBack = 'The guest sends back what it receives.';
export const typedAndAnswered = (typed: number, answered: number) =>
  `${plural(typed, 'character')} typed, ${count(answered)} sent back by the guest`;
export const andOnTheWay = (soFar: string, open: number) =>
  `${soFar}; ${count(open)} on the way, or lost.`;
export const typeToGuest = 'Type to the guest';
export const eachKeyLeaves = 'Each key leaves at once.';
export const timeStands = 'Time stands: each key leaves now, and the answer comes as time goes on.';
