/**
 * How an activated VM tells the network where it is now. QEMU broadcasts a RARP request for the VM's
 * MAC (net/announce.c): switches learn the port, caches learn nothing. A Linux front end on Xen sends
 * a gratuitous ARP when its back end connects: switches learn the port, caches the MAC.
 */
import { type Duration, duration, milliseconds } from '../base/units.ts';
import { gratuitousArp, rarpAnnouncement, type Station } from './arp.ts';
import type { Frame } from './ethernet.ts';

export const ANNOUNCE_KINDS = ['rarp', 'garp', 'none'] as const;
export type AnnounceKind = (typeof ANNOUNCE_KINDS)[number];

/** QEMU's parameters, by QEMU's names: announce-initial, -max, -rounds, -step. */
export interface AnnounceSchedule {
  readonly initial: Duration;
  readonly max: Duration;
  readonly rounds: number;
  readonly step: Duration;
}

/** QEMU's defaults: announcements 0, 50, 200, 450 and 800 ms after activation. */
export const QEMU_SCHEDULE: AnnounceSchedule = {
  initial: milliseconds(50),
  max: milliseconds(550),
  rounds: 5,
  step: milliseconds(100),
};

/** A front end announces once, when its back end connects. */
export const FRONT_END_SCHEDULE: AnnounceSchedule = { ...QEMU_SCHEDULE, rounds: 1 };

/** The frame of every announcement of one kind; `none` sends nothing. */
export function announceFrame(kind: AnnounceKind, vm: Station): Frame | undefined {
  switch (kind) {
    case 'rarp':
      return rarpAnnouncement(vm.mac);
    case 'garp':
      return gratuitousArp(vm, 'request');
    case 'none':
      return undefined;
  }
}

/**
 * How long after the announcement before it (the first: after activation) announcement `round`,
 * counted from 0, is sent. Undefined: there is no such announcement.
 */
export function announceDelay(round: number, schedule = QEMU_SCHEDULE): Duration | undefined {
  if (round >= schedule.rounds) return undefined;
  if (round === 0) return duration(0);
  return duration(Math.min(schedule.initial + (round - 1) * schedule.step, schedule.max));
}
