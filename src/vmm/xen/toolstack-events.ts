/** What a toolstack console hears of a migration, and what it prints. All of it is plain data. */

export type GuestType = 'x86 HVM' | 'x86 PV';

/** One round of a migration, when it is over. */
export interface RoundEvent {
  readonly kind: 'round';
  /** From 0. */
  readonly index: number;
  /** The domain stood still. */
  readonly paused: boolean;
  readonly sentPages: number;
  /** Dirty again already, and left for the next round. */
  readonly skippedPages: number;
  /** Pages found dirty at the end. */
  readonly dirtiedPages: number;
  readonly milliseconds: number;
  /** Shares of the processor in that time. */
  readonly dom0Percent: number;
  readonly guestPercent: number;
}

export type MigrationEvent =
  /** The target answers. `optionalBytes`: of xl's header, with the domain's configuration. */
  | { readonly kind: 'begun'; readonly optionalBytes: number }
  | RoundEvent
  | { readonly kind: 'suspended'; readonly sharedInfoFrame: number }
  /** All is sent. */
  | { readonly kind: 'saved'; readonly totalPages: number; readonly sentPages: number }
  /** The target has it all. */
  | {
      readonly kind: 'restored';
      readonly storeFrame: number;
      readonly storeEvent: number;
      readonly consoleFrame: number;
      readonly consoleEvent: number;
    }
  /** The source lets go: from here on it will not run the domain again by itself. */
  | { readonly kind: 'permitted' }
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly when: FailurePoint; readonly reason: string };

/** Where in the hand-over it failed decides what the operator is told. */
export type FailurePoint = 'before-permission' | 'suspend' | 'at-target' | 'handshake';

export interface ConsoleLine {
  /** The terminal where the command was typed, and which end spoke; or the log of a xend. */
  readonly from: 'source' | 'target' | 'source xend.log' | 'target xend.log';
  readonly text: string;
}

export const line = (from: ConsoleLine['from'], text: string): ConsoleLine => ({ from, text });
