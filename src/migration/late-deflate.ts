/** Compression, for runs whose settings ask for it. */
import { Late } from '../base/late.ts';

export const DEFLATE = new Late(() => import('./deflate.ts'));
