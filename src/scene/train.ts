/**
 * Where the pages on the link are drawn. A batch handed over at one moment leaves byte by byte, so it
 * is drawn as a train as long as the batches' distance: its last page is at the end of the link when
 * the whole batch has arrived.
 */
import type { FlightQueue } from '../trace/flight-queue.ts';

export interface Ring {
  /** 0 at the source, 1 at the destination. */
  readonly x: number;
  readonly reason: number;
}

const LONGEST_TRAIN = 2;

export function ringsOnLink(flight: FlightQueue, now: number, most: number): Ring[] {
  const transit = Math.max(1, flight.transitNs);
  const spacing = Math.min(0.66, Math.max(0.1, flight.batchNs / transit));
  const length = Math.min(LONGEST_TRAIN, spacing / (1 - spacing));
  const rings: Ring[] = [];
  for (const { sentAt, reason, place } of flight.sample(most)) {
    const progress = Math.min(1, (now - sentAt) / transit);
    const x = progress * (1 + length) - place * length;
    if (x >= 0 && x <= 1) rings.push({ x, reason });
  }
  return rings;
}

/** For those who want no motion: the pages on the way in a row, the oldest nearest to the destination. */
export function still(flight: FlightQueue, places: number): Ring[] {
  return flight
    .sample(places)
    .slice(0, places)
    .map(({ reason }, i) => ({ x: 1 - (i + 0.5) / places, reason }));
}
