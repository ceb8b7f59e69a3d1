/**
 * Packet captures in the classic libpcap format (draft-ietf-opsawg-pcap), nanosecond variant, little
 * endian: what tcpdump and Wireshark read. Frames carry no check sequence, as captures usually do not.
 */
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import type { Instant } from '../base/units.ts';

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINKTYPE_ETHERNET = 1;
const SNAP_LENGTH = 65_535;
const NANOSECONDS = 1_000_000_000;

export interface CapturedFrame {
  /** Virtual time; the capture shows it as seconds since 1970 began. */
  readonly at: Instant;
  readonly frame: Uint8Array;
}

export function writePcap(captured: readonly CapturedFrame[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter('little')
    .u32(MAGIC_NANOSECONDS)
    .u16(2)
    .u16(4)
    .u32(0) // offset from UTC
    .u32(0) // accuracy of time stamps
    .u32(SNAP_LENGTH)
    .u32(LINKTYPE_ETHERNET);
  for (const { at, frame } of captured) {
    assert(frame.length <= SNAP_LENGTH, `a captured frame of ${frame.length} bytes`);
    writer
      .u32(Math.floor(at / NANOSECONDS))
      .u32(at % NANOSECONDS)
      .u32(frame.length)
      .u32(frame.length)
      .bytes(frame);
  }
  return writer.finish();
}
