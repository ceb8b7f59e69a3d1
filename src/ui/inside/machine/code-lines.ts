/** Instructions around one of them. What lies before it is found by trying, since code reads only forwards. */
import { disassembleBytes } from '../../../cpu/disassemble.ts';
import type { LinearBytes } from './look.ts';

export interface CodeLine {
  /** Linear. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly current: boolean;
}

const BEFORE = 5;
const AFTER = 10;

/** `eip` in its segment, `linear` where it lies. */
export function codeLines(
  { linear: from, bytes }: LinearBytes,
  linear: number,
  eip: number,
  code32: boolean,
): CodeLine[] {
  const decode = (at: number) =>
    disassembleBytes(bytes.subarray(at - from), eip + (at - linear), code32);
  const lineAt = (at: number): CodeLine => {
    const { text, length } = decode(at);
    const end = at - from + Math.max(1, length);
    return { at, bytes: bytes.subarray(at - from, end), text, current: at === linear };
  };
  const before = startsBefore(from, linear, (at) => decode(at).length).slice(-BEFORE);
  const lines = before.map(lineAt);
  for (let at = linear, n = 0; at < from + bytes.length && n < AFTER; n++) {
    const line = lineAt(at);
    lines.push(line);
    at += line.bytes.length;
  }
  return lines;
}

/** The longest chain of instructions that ends just where `linear` begins. */
function startsBefore(from: number, linear: number, lengthAt: (at: number) => number): number[] {
  for (let start = from; start < linear; start++) {
    const chain: number[] = [];
    let at = start;
    while (at < linear) {
      chain.push(at);
      const length = lengthAt(at);
      if (length <= 0) break;
      at += length;
    }
    if (at === linear) return chain;
  }
  return [];
}
