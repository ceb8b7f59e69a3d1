/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words,
 * an odd last byte counting as the high half of its word. Over data that holds a right checksum it is 0.
 */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return ~sum & 0xffff;
}
