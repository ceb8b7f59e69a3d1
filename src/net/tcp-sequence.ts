/**
 * Sequence numbers (RFC 9293 §3.4) as offsets in a stream: the SYN has offset 0, the first byte 1, the
 * FIN follows the last byte. Offsets never wrap, so they compare and subtract like any numbers; only
 * a segment on the wire has the 32-bit form.
 */
export const toWire = (initial: number, offset: number): number => (initial + offset) >>> 0;

/** The offset nearest to `near` that the number may stand for. */
export const fromWire = (initial: number, wire: number, near: number): number =>
  near + ((wire - initial - near) | 0);
