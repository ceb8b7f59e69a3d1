/** Base 64 (RFC 4648, §4): bytes as text, for JSON. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_LETTER = 255;
const VALUES = new Uint8Array(128).fill(NO_LETTER);
[...LETTERS].forEach((letter, value) => {
  VALUES[letter.charCodeAt(0)] = value;
});
/** A multiple of three, so that no piece but the last is padded. */
const PIECE = 3 << 12;

export function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE)
    pieces.push(piece(bytes.subarray(at, at + PIECE)));
  return pieces.join('');
}

function piece(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const word = (a << 16) | (b << 8) | c;
    const letters = [18, 12, 6, 0].map((shift) => LETTERS[(word >> shift) & 63]);
    const used = Math.min(3, bytes.length - at) + 1;
    text += letters.slice(0, used).join('') + '='.repeat(4 - used);
  }
  return text;
}

/** Undefined: this is no base 64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const letters = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let word = 0;
  let at = 0;
  for (let i = 0; i < letters; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? NO_LETTER;
    if (value === NO_LETTER) return undefined;
    word = (word << 6) | value;
    if (i % 4 === 0) continue;
    // After the second, third and fourth letter of a group one more byte is whole.
    bytes[at++] = (word >> (6 - 2 * (i % 4))) & 0xff;
  }
  return bytes;
}
