/** Files that are opened: what is in them, and runs that begin with them. */
import { clock, count } from './format.ts';
import { vmmName } from './sentences.ts';

export const records = 'Records of the file';
export const atByte = 'At byte';
export const bytesColumn = 'Bytes';
export const record = 'Record';
export const holds = 'Holds';
export const andMore = (parts: number) => `and ${count(parts)} more`;
export const firstBytes = (bytes: number) => `its first ${bytes} bytes`;
export const itsBytes = 'its bytes';
export const bytesOf = (name: string, offset: number) => `Bytes of ${name} from ${offset}`;

export const fromFile = 'from a file';
export const hostKind = 'On a host of kind';
export const setUpPaused = 'Set up as a run, paused';
export const beingTried = 'It is being tried …';
export const refused = (error: string) => `Refused: ${error}.`;
export const askedFor = (name: string) =>
  `${name} is the file that was asked for: the run goes to the link’s moment.`;
export const standsPaused = (name: string, kind: string) =>
  `${name} stands paused on the ${vmmName(kind)} host A, and nothing of it has run. Start VM, below, lets it run; Migrate then moves it.`;

export const beginsWith = (name: string) =>
  `This run begins with ${name}, and nothing of it has run.`;
export const noRoom = (bytes: number) =>
  `The link had no room for its ${count(bytes)} bytes: open that file here, and set it up.`;
export const isHere = (bytes: number) => `It is here with its ${count(bytes)} bytes.`;
export const setThisUp = 'Set this run up';

export const staysHere = (name: string, bytes: number) =>
  `The run begins with ${name}, which is too long for a link: its ${count(bytes)} bytes stay here. Who opens the link is asked for that file, and its SHA-256 is compared; the scenario as a file carries it.`;

export const beingRead = (name: string) => `${name} is being read …`;
export const tooLarge = (name: string, bytes: number, most: number) =>
  `${name} has ${count(bytes)} bytes; this page reads ${count(most)} at most, and vmferry inspect more`;
export const openToLook = 'Open a file to look into';
export const orDrop =
  'Or drop it here: a QEMU stream, a Xen image (libxc or xl), .vmcf, an ELF guest, a scenario. Nothing in it runs.';
export const beingSaved = (title: string) => `${title}: being made …`;
export const saved = (name: string, bytes: number) => `${name}, ${count(bytes)} bytes.`;
export const vmAt = (at: number) => `The VM at ${clock(at)}`;
export const save = (title: string) => `Save: ${title}`;
export const printBeingMade = 'being made …';
export const theVm = 'The VM';
export const itsFingerprint = 'Its fingerprint';
export const memoryAndRegisters = 'Memory and registers:';
export const opened = (name: string, kind: string, bytes: number) =>
  `${name}: ${kind}, ${count(bytes)} bytes`;
export const fingerprint = 'Fingerprint of memory and registers';
export const setScenarioUp = 'Set this scenario up';
