/** Every planted bug by name: the simulation must find each of them. */
import { CHANNEL_BUGS } from './channel-bugs.ts';
import { MEMORY_BUGS } from './memory-bugs.ts';
import type { Canary } from './plant.ts';
import { PROTOCOL_BUGS } from './protocol-bugs.ts';

export const CANARIES: readonly Canary[] = [...MEMORY_BUGS, ...PROTOCOL_BUGS, ...CHANNEL_BUGS];

export const findCanary = (name: string): Canary | undefined =>
  CANARIES.find((canary) => canary.name === name);
