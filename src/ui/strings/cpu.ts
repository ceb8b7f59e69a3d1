/** The processor in three formats. */
import type { FieldStep } from '../../lab/translation-insight.ts';

export const rules: Readonly<Record<FieldStep['rule'], { sign: string; words: string }>> = {
  copied: { sign: '=', words: 'copied' },
  renamed: { sign: '↔', words: 'renamed' },
  recomputed: { sign: 'ƒ', words: 'recomputed' },
  dropped: { sign: '✂', words: 'dropped, comes back as its default' },
  absent: { sign: '∅', words: 'not kept here' },
  derived: { sign: 'ƒ', words: 'written from other fields' },
};

export const main = 'Main';
export const allFields = 'All fields';
export const fields = 'Fields';
export const noCommonFormat =
  'Between hosts of one kind the state crosses as it is; this is what the common format would hold.';
export const fieldsInThree = 'The processor’s fields in three formats';
export const common = 'Common';
export const noVm = 'No VM is there.';
export const hostNotReached = (why: string) => `The host was not reached: ${why}.`;
export const simulationStopped = 'The simulation stopped.';
export const timePasses = 'Time passes. The processor is read when it stands.';
export const beingAsked = 'The host is being asked.';
export const nothing = 'nothing';

export const stepByStep = 'Field by field';
export const previousField = 'Previous field';
export const nextField = 'Next field';
export const fieldOf = (index: number, all: number, name: string) =>
  `Field ${index} of ${all}: ${name}`;
export const liesIn = (place: string, record: string, offset: number, bytes: number) =>
  `${place}: ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} at offset ${offset} of ${record}`;
export const bytesAround = (place: string) => `Bytes around ${place}`;
