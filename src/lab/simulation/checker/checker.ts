/**
 * Holds a run to its invariants. It shares no code with the engine, the VMMs or the lab: it reads the
 * trace and looks at what it is shown, and stops at the first thing that is wrong.
 *
 * What judges each invariant: E at every event, P at every page event, F when all has come to rest.
 *
 * S1   one runnable copy: oneCopy, noneOnlyWhereNamed (E), oneIdentity (F)
 * S2   one owner: tokenHolderRuns, ownerIsKept, handIsObeyed (E), onlyRunnerWrites (P),
 *      handGoesAlong (F)
 * S3   memory at switchover: memoryIsEqual (F), of what the witnesses saw at the pause and at waking
 * S4   no page lost: roundsBeginWithAll, nothingForgottenAtGo, wholeBeforeItMovesOn,
 *      completeIsWhole (E), unchangedWasSent (P)
 * S5   no stale page: nothingStale, ownPagesStay (P)
 * S6   dirty log: logIsSound, nothingForgottenAtGo (E)
 * S7   CPU and devices bit-equal: processorIsEqual (F); formats there and back: tests of the formats
 * S8   twin: equalToTwin (F)
 * S9   abort is invisible: logIsOff (P), brakeIsOff (E), noBrakeIsLeft, equalToTwin (F)
 * S10  no restart: bootsOnce (E), consoleIsWhole (F)
 * S11  TCP stream: streamIsExact (E), streamIsExactSoFar (F); in seeds whose guest has a card
 * S12  frames: framesOnlyFromRunner (E), switchFollows (F)
 * S13  disk: none exists
 * S14  interrupts and time: guestTimeIsMonotonic (E), devicesEqualTwin (F); where nothing but the
 *      pause takes time from the guest, so that a twin can tell (stop-and-copy, no host that stands still)
 * S15  pull: blockedIsSilent, asksOnce (E), stopsOnlyForMissing (P), pullPausesTogether (F)
 * S16  nothing stays behind: sourceIsGone (E), nothingStaysBehind (F)
 * S17  frames add up: framesAddUp (F)
 * S18  protocol: legalNext, channelsKeepCount, channelsKeepOrder, answersCameFirst, receivedWasSent,
 *      roundsAddUp (E); unknown messages: tests of the decoder
 * S19  figures: figuresAreSeen, stagesAddUp (F)
 * S20  liveness: comesToRest, nothingUndecided, roundsAreLimited (F)
 * S21  other VMs: neighboursAreLeftAlone (F)
 * S22  identity, freed memory: oneIdentity, freedMemoryIsZero (F)
 * S23  determinism: one seed in twenty runs twice (`seed.ts`)
 * S24  cancelling: cancelIsTabulated (E); each phase of the tables: tests of the phases
 */
import type { LabEvent, PageEvent } from '../../../trace/event.ts';
import { EVENT_RULES } from './event-rules.ts';
import type { Evidence } from './evidence.ts';
import { FINAL_RULES } from './final-rules.ts';
import { PAGE_RULES } from './page-rules.ts';
import { Story } from './story.ts';

/** Safety invariants that are not judged yet, and why. */
export const NOT_JUDGED: Readonly<Record<string, string>> = {
  S13: 'there is no disk',
  S23: 'judged by running a seed twice',
};

/** All that is judged somewhere. */
export const JUDGED: readonly string[] = [
  ...new Set([...EVENT_RULES, ...PAGE_RULES, ...FINAL_RULES].map(({ id }) => id)),
];

export interface Breach {
  /** Of the invariant, S1 to S24. */
  readonly id: string;
  readonly what: string;
  /** Nanoseconds of virtual time. */
  readonly at: number;
}

export class Checker {
  readonly story = new Story();
  breach: Breach | undefined;

  event(event: LabEvent): void {
    for (const { id, judge } of EVENT_RULES) this.note(id, event.at, judge(this.story, event));
    this.story.event(event);
  }

  page(row: PageEvent): void {
    for (const { id, judge } of PAGE_RULES) this.note(id, row.at, judge(this.story, row));
    this.story.page(row);
  }

  conclude(evidence: Evidence): void {
    for (const { id, judge } of FINAL_RULES)
      this.note(id, this.story.now, judge(this.story, evidence));
  }

  /** Only the first breach counts: what follows from it is noise. */
  private note(id: string, at: number, what: string | undefined): void {
    if (what !== undefined && this.breach === undefined) this.breach = { id, what, at };
  }
}
