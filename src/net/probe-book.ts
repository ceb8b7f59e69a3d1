/**
 * The client's account of its probes: which are out, which were answered, lost or answered late, and
 * how long the longest silence was.
 *
 * An answer brings back the probe's mark, a number that comes round (a byte of seven bits on the
 * serial line, the sequence number of a ping), so it belongs to the oldest probe out with that mark.
 * No two of them can be out at once, since a probe is given up before its mark comes round again. An
 * answer to a probe given up is late; one that is later than a whole round of marks is credited to a
 * younger probe. The outage does not suffer: it looks at when answers came, not at what they answer.
 */
import { assert } from '../base/assert.ts';
import { between, type Duration, duration, type Instant, latest } from '../base/units.ts';
import { PROBE_BYTES } from './serial-port.ts';

export interface SentProbe {
  readonly probe: number;
  readonly at: Instant;
}

/** Two answers with nothing between them, and when they arrived. */
export interface AnswerGap {
  readonly from: Instant;
  readonly to: Instant;
}

export interface ProbeCounts {
  readonly sent: number;
  readonly answered: number;
  /** Given up, late ones included. */
  readonly lost: number;
  /** Of the lost: those whose answer came after all. */
  readonly late: number;
  /** Answers to nothing that was still to be answered. */
  readonly unexpected: number;
  /** Of the unexpected: further answers to a probe that had its answer. */
  readonly duplicate: number;
}

/**
 * Client outage: the longest gap between two answers, less the interval at which they come when all
 * is well. Where in an interval the service stopped and started again is not seen, so the figure is
 * right to ± one interval.
 */
export interface Outage {
  readonly outage: Duration;
  readonly gap: AnswerGap | undefined;
  /** The gap has no answer at its end yet. */
  readonly open: boolean;
}

export interface ProbeBookState {
  readonly counts: ProbeCounts;
  readonly outstanding: readonly SentProbe[];
  readonly givenUp: readonly SentProbe[];
  readonly lastAnswer: Instant | undefined;
  readonly longest: AnswerGap | undefined;
}

export type AnswerKind = 'answered' | 'late' | 'duplicate' | 'unexpected';

export interface Answer {
  readonly kind: AnswerKind;
  /** Which probe, where the mark tells. */
  readonly probe: number | undefined;
  /** When the answered probe was sent; undefined for answers that are not wanted. */
  readonly sentAt: Instant | undefined;
}

/** Probes given up, for answers that come late after all. */
const MOST_REMEMBERED = 1024;

const EMPTY: ProbeBookState = {
  counts: { sent: 0, answered: 0, lost: 0, late: 0, unexpected: 0, duplicate: 0 },
  outstanding: [],
  givenUp: [],
  lastAnswer: undefined,
  longest: undefined,
};

export class ProbeBook {
  private readonly marks: number;
  private state: ProbeBookState;

  /** Marks are 0 to `marks` - 1. */
  constructor(state: ProbeBookState = EMPTY, marks = PROBE_BYTES) {
    this.state = state;
    this.marks = marks;
  }

  save(): ProbeBookState {
    return this.state;
  }

  get counts(): ProbeCounts {
    return this.state.counts;
  }

  /** Enters the next probe and returns its number. */
  send(at: Instant): number {
    const { counts, outstanding } = this.state;
    const probe = counts.sent;
    const mark = probe % this.marks;
    const clash = outstanding.some((sent) => sent.probe % this.marks === mark);
    assert(!clash, `probe ${probe} has the mark of a probe that is still out`);
    this.change({ outstanding: [...outstanding, { probe, at }] });
    this.count('sent');
    return probe;
  }

  /** True: the probe was still out, and is lost. */
  giveUp(probe: number): boolean {
    const { outstanding, givenUp } = this.state;
    const sent = outstanding.find((one) => one.probe === probe);
    if (sent === undefined) return false;
    const recent = givenUp.filter((one) => one.probe > probe - this.remembered);
    this.change({ outstanding: without(outstanding, sent), givenUp: [...recent, sent] });
    this.count('lost');
    return true;
  }

  answer(at: Instant, mark: number): Answer {
    const { outstanding, givenUp, counts } = this.state;
    const carries = (sent: SentProbe) => sent.probe % this.marks === mark;
    const inTime = outstanding.find(carries);
    if (inTime !== undefined) {
      this.change({ outstanding: without(outstanding, inTime) });
      return this.heard(at, 'answered', inTime);
    }
    const late = givenUp.find(carries);
    if (late !== undefined) {
      this.change({ givenUp: without(givenUp, late) });
      return this.heard(at, 'late', late);
    }
    this.count('unexpected');
    const latest = counts.sent - 1;
    const probe = latest - ((((latest - mark) % this.marks) + this.marks) % this.marks);
    if (probe < 0) return { kind: 'unexpected', probe: undefined, sentAt: undefined };
    this.count('duplicate');
    return { kind: 'duplicate', probe, sentAt: undefined };
  }

  /** A round of marks, or what a state should carry at most. */
  private get remembered(): number {
    return Math.min(this.marks, MOST_REMEMBERED);
  }

  /** As seen at `now`: a silence that has not ended counts up to here. */
  outage(now: Instant, interval: Duration): Outage {
    const { lastAnswer, longest } = this.state;
    if (lastAnswer === undefined) return { outage: duration(0), gap: undefined, open: false };
    const silence = { from: lastAnswer, to: latest(now, lastAnswer) };
    const open = longest === undefined || length(silence) > length(longest);
    const gap = open ? silence : longest;
    return { outage: duration(Math.max(0, length(gap) - interval)), gap, open };
  }

  private heard(at: Instant, kind: 'answered' | 'late', sent: SentProbe): Answer {
    this.count(kind);
    const { lastAnswer, longest } = this.state;
    const gap = lastAnswer === undefined ? undefined : { from: lastAnswer, to: at };
    const longer = gap !== undefined && (longest === undefined || length(gap) > length(longest));
    this.change({ lastAnswer: at, longest: longer ? gap : longest });
    return { kind, probe: sent.probe, sentAt: sent.at };
  }

  private count(kind: keyof ProbeCounts): void {
    const { counts } = this.state;
    this.change({ counts: { ...counts, [kind]: counts[kind] + 1 } });
  }

  private change(part: Partial<ProbeBookState>): void {
    this.state = { ...this.state, ...part };
  }
}

const length = (gap: AnswerGap): Duration => between(gap.from, gap.to);

const without = (list: readonly SentProbe[], one: SentProbe): SentProbe[] =>
  list.filter((other) => other !== one);
