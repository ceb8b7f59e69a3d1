/**
 * The shape of both ends' transition tables. A row says everything that can happen in a phase:
 * which messages belong there and what they set off, and what anything else does.
 */
import { MESSAGE_NAMES, type MessageType } from './messages.ts';

export interface PhaseRow<Action extends string> {
  /** Messages that belong here. */
  readonly on: Readonly<Partial<Record<MessageType, Action>>>;
  /** Any other message, and one that was damaged or lost. */
  readonly otherwise: 'abort' | 'pause' | 'ignore';
  /** The link is silent for too long, or a question is not answered in time. */
  readonly silence: 'fail' | 'doubt' | 'pause' | 'settle' | 'none';
  /** Cancelled by hand. */
  readonly cancel: 'cancel' | 'refuse' | 'nothing';
  /** The peer owes an answer: `ANSWER_LIMIT` holds. */
  readonly awaitsAnswer: boolean;
}

export type PhaseTable<Phase extends string, Action extends string> = {
  readonly [Name in Phase]: PhaseRow<Action>;
};

/** The table as PROTOCOL.md shows it; a test holds the two together. */
export function tableAsMarkdown<Phase extends string, Action extends string>(
  table: PhaseTable<Phase, Action>,
): string {
  const lines = [
    '| phase | message → action | anything else | silence | cancel | awaits an answer |',
    '|---|---|---|---|---|---|',
  ];
  for (const [phase, row] of Object.entries<PhaseRow<Action>>(table)) {
    const actions = MESSAGE_NAMES.flatMap((type) => {
      const action = row.on[type];
      return action === undefined ? [] : [`${type.toUpperCase()} → ${action}`];
    });
    lines.push(
      `| ${phase} | ${actions.join('; ') || '–'} | ${row.otherwise} | ${row.silence} | ${row.cancel} | ${row.awaitsAnswer ? 'yes' : ''} |`,
    );
  }
  return lines.join('\n');
}
