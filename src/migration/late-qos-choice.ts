/** The choice by quality of service, for runs whose settings ask for it. */
import { Late } from '../base/late.ts';

export const QOS_CHOICE = new Late(() => import('./qos-choice.ts'));
