/** By what the log's lines are told apart. */
import type { LabEvent } from '../../trace/event.ts';

export type LogKind = 'pages' | 'control' | 'course' | 'network';

const ABOUT_PAGES: readonly string[] = [
  'pages',
  'page-request',
  'page-response',
  'received',
  'discard',
];

export function logKind(event: LabEvent): LogKind {
  const { kind } = event;
  if (event.kind === 'message.sent' || event.kind === 'message.received')
    return ABOUT_PAGES.includes(event.type) ? 'pages' : 'control';
  if (kind === 'message.dropped') return 'control';
  return /^(frame|switch|arp|probe|fetch|link)\./.test(kind) ? 'network' : 'course';
}

/** The newest stage entered when each event happened; -1 before the first. */
export function stagesOf(events: readonly LabEvent[]): number[] {
  let stage = -1;
  return events.map((event) => {
    if (event.kind === 'stage.entered') stage = event.stage;
    return stage;
  });
}
