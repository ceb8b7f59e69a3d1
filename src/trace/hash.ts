/**
 * The trace's hash: SHA-256 chained over blocks of 16 KiB of the canonical bytes of its rows, so
 * that its state is plain data (a checkpoint can hold it) and does not depend on how the rows were
 * delivered. A page row is 22 bytes; any other row is its line of text.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../base/hex.ts';
import type { LabEvent } from './event.ts';
import type { TraceVisitor } from './merge.ts';
import type { TraceChunk } from './recorder.ts';
import { eventLine } from './text.ts';

const BLOCK = 16384;
const PAGE_ROW = 22;

export interface TraceHashState {
  readonly digest: Uint8Array;
  readonly pending: Uint8Array;
  readonly rows: number;
}

export class TraceHash implements TraceVisitor {
  private digest: Uint8Array;
  private readonly block = new Uint8Array(BLOCK);
  private filled = 0;
  private rows: number;
  private readonly row = new Uint8Array(PAGE_ROW);
  private readonly view = new DataView(this.row.buffer);

  constructor(state?: TraceHashState) {
    this.digest = state ? state.digest.slice() : new Uint8Array(32);
    this.rows = state ? state.rows : 0;
    if (state) {
      this.block.set(state.pending);
      this.filled = state.pending.length;
    }
  }

  page(chunk: TraceChunk, row: number): void {
    const { pages } = chunk;
    const view = this.view;
    view.setUint8(0, 0);
    view.setFloat64(1, pages.at[row]);
    view.setUint32(9, chunk.party);
    view.setUint8(13, pages.kind[row]);
    view.setUint32(14, pages.gfn[row]);
    view.setUint32(18, pages.detail[row]);
    this.append(this.row);
  }

  event(event: LabEvent): void {
    this.append(new TextEncoder().encode(`${eventLine(event)}\n`));
  }

  save(): TraceHashState {
    return {
      digest: this.digest.slice(),
      pending: this.block.slice(0, this.filled),
      rows: this.rows,
    };
  }

  /** Hash of all rows so far, in hex; more rows may follow. */
  value(): string {
    return toHex(sha256(joined(this.digest, this.block.subarray(0, this.filled))));
  }

  private append(bytes: Uint8Array): void {
    this.rows++;
    let from = 0;
    while (from < bytes.length) {
      const count = Math.min(bytes.length - from, BLOCK - this.filled);
      this.block.set(bytes.subarray(from, from + count), this.filled);
      this.filled += count;
      from += count;
      if (this.filled === BLOCK) this.close();
    }
  }

  private close(): void {
    this.digest = sha256(joined(this.digest, this.block));
    this.filled = 0;
  }
}

/** SHA-256 of some bytes, in hex. */
export const digestOf = (bytes: Uint8Array): string => toHex(sha256(bytes));

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
