/** Listens on the cables between the hosts and the switch, for a packet capture. */
import type { LinkTap } from '../lab/lab.ts';
import { type CapturedFrame, writePcap } from '../net/pcap.ts';

export class FrameCapture {
  /** By the frame's id: one that is flooded to both hosts is one frame. */
  private readonly frames = new Map<number, CapturedFrame>();

  readonly tap: LinkTap = ({ at, payload }) => {
    if (payload.kind !== 'frame' || this.frames.has(payload.id)) return;
    this.frames.set(payload.id, { at, frame: payload.frame.slice() });
  };

  /** The capture as a file, in the order of arrival. */
  file(): Uint8Array {
    return writePcap([...this.frames.values()].sort((a, b) => a.at - b.at));
  }
}
