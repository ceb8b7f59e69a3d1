/** How a VM goes on from a state file, for runs that begin with one. */
import { Late } from '../base/late.ts';

export const STATE_BOOT = new Late(() => import('./state-boot.ts'));
