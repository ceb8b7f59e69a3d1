/** A host's recorder with two listeners: rounds (faults wait for them) and pages as they arrive (the verifier looks). */
import type { Instant } from '../base/units.ts';
import type { EventFields, EventKind, PageEventKind } from '../trace/event.ts';
import type { Recorder, Tracer } from '../trace/recorder.ts';

export interface HostTraceListeners {
  roundStarted(at: Instant, round: number): void;
  pageInstalled(frame: number): void;
}

export class HostTracer implements Tracer {
  private readonly recorder: Recorder;
  private readonly listeners: HostTraceListeners;

  constructor(recorder: Recorder, listeners: HostTraceListeners) {
    this.recorder = recorder;
    this.listeners = listeners;
  }

  event<Kind extends EventKind>(at: Instant, kind: Kind, fields: EventFields[Kind]): void {
    this.recorder.event(at, kind, fields);
    if (kind === 'round.started')
      this.listeners.roundStarted(at, (fields as EventFields['round.started']).round);
  }

  page(at: Instant, kind: PageEventKind, gfn: number, detail: number): void {
    this.recorder.page(at, kind, gfn, detail);
    if (kind === 'installed') this.listeners.pageInstalled(gfn);
  }
}
