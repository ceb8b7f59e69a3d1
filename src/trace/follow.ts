/**
 * Folds a growing trace piece by piece: each event once, however often one looks. A trace that was
 * cut, or another run's, is another list of chunks and is folded anew.
 */
import type { LabEvent } from './event.ts';
import { visitMerged } from './merge.ts';
import type { TraceChunk } from './recorder.ts';

export class Follow<State> {
  private readonly fresh: () => State;
  private readonly fold: (state: State, event: LabEvent) => void;
  private state: State;
  private chunks: readonly TraceChunk[] | undefined;
  private taken = 0;

  constructor(fresh: () => State, fold: (state: State, event: LabEvent) => void) {
    this.fresh = fresh;
    this.fold = fold;
    this.state = fresh();
  }

  /** What all of `chunks` come to, which only ever grow at their end. */
  of(chunks: readonly TraceChunk[]): State {
    if (chunks !== this.chunks) {
      this.chunks = chunks;
      this.taken = 0;
      this.state = this.fresh();
    }
    if (this.taken < chunks.length) {
      const { state, fold } = this;
      visitMerged(chunks.slice(this.taken), { page() {}, event: (event) => fold(state, event) });
      this.taken = chunks.length;
    }
    return this.state;
  }
}
