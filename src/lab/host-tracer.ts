/** A host's recorder with two listeners: for what happens (faults wait for it) and for pages as they arrive (the verifier looks). */
import type { Instant } from '../base/units.ts';
import type { EventFields, EventKind, PageEventKind } from '../trace/event.ts';
import type { Recorder, Tracer } from '../trace/recorder.ts';

export interface HostTraceListeners {
  happened<Kind extends EventKind>(at: Instant, kind: Kind, fields: EventFields[Kind]): void;
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
    this.listeners.happened(at, kind, fields);
  }

  page(at: Instant, kind: PageEventKind, gfn: number, detail: number): void {
    this.recorder.page(at, kind, gfn, detail);
    if (kind === 'installed') this.listeners.pageInstalled(gfn);
  }
}
