/** Which frames a DP8390 takes from the wire (data sheet §10.6 "Receive Configuration", "Multicast Address Registers"). */
import { crc32 } from '../base/crc32.ts';
import {
  type Dp8390State,
  RCR_BROADCAST,
  RCR_MULTICAST,
  RCR_PROMISCUOUS,
} from './dp8390-registers.ts';

const ADDRESS_BYTES = 6;

/** Pre: the frame has a destination address. */
export function isAddressed(
  { rcr, par, mar }: Pick<Dp8390State, 'rcr' | 'par' | 'mar'>,
  frame: Uint8Array,
): boolean {
  if (rcr & RCR_PROMISCUOUS) return true;
  const address = frame.subarray(0, ADDRESS_BYTES);
  if (address.every((byte) => byte === 0xff)) return (rcr & RCR_BROADCAST) !== 0;
  if (!isGroup(frame)) return address.every((byte, i) => byte === par[i]);
  const bit = multicastHash(address);
  return (rcr & RCR_MULTICAST) !== 0 && ((mar[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

export const isGroup = (frame: Uint8Array): boolean => ((frame[0] ?? 0) & 1) !== 0;

/**
 * The six highest bits of the check sequence as it is shifted, highest power first; the usual
 * CRC-32 has them lowest, mirrored and inverted.
 */
export function multicastHash(address: Uint8Array): number {
  const shifted = ~crc32(address);
  let hash = 0;
  for (let bit = 0; bit < 6; bit++) hash = (hash << 1) | ((shifted >>> bit) & 1);
  return hash;
}
