/** Differences of pages, for runs whose settings ask for them. */
import { Late } from '../base/late.ts';

export const XBZRLE = new Late(() => import('./xbzrle.ts'));
