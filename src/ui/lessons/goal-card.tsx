/** The goal that was taken on, above the controls: what it asks, how the run stands, what came of it. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GoalId } from '../../store/shared-view.ts';
import { Icon, type IconName } from '../kit/icon.tsx';
import * as words from '../strings/goals.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { factsOf, type RunFacts } from './facts.ts';
import {
  type Criterion,
  type Goal,
  keptTerms,
  reached,
  type Standing,
  scoreOf,
  scoreShown,
  standing,
} from './goal.ts';
import { openRun } from './open-run.ts';
import { ownStorage, readProgress, withScore, writeProgress } from './progress.ts';
import './goals.css';

export function GoalCard({ id }: { readonly id: GoalId }) {
  const goal = words.GOALS.find((candidate) => candidate.id === id);
  return goal ? <Card goal={goal} /> : null;
}

function Card({ goal }: { readonly goal: Goal }) {
  const { store } = useApp();
  const picture = usePicture();
  const scenario = useStore((state) => state.scenario);
  const inputs = useStore((state) => state.inputs);
  const facts = factsOf(picture, scenario);
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <section class="goal-card" aria-labelledby="goal-title">
      <div class="goal-head">
        <h3 id="goal-title" ref={title} tabIndex={-1}>
          {words.goal}: {goal.title}
        </h3>
        <button
          type="button"
          class="quiet"
          aria-label={words.leave}
          onClick={() => store.setState({ goal: undefined })}
        >
          <Icon name="cross" />
        </button>
      </div>
      <p class="aside">{words.fixed[goal.fixed]}</p>
      <ul>
        {goal.criteria.map((criterion) => (
          <CriterionRow key={criterion.text} criterion={criterion} facts={facts} />
        ))}
      </ul>
      <Outcome goal={goal} facts={facts} fair={keptTerms(goal, scenario, inputs)} />
      <Ways goal={goal} />
    </section>
  );
}

const MARKS: Readonly<Record<Standing, IconName | undefined>> = {
  open: undefined,
  met: 'check',
  missed: 'cross',
};

interface CriterionProps {
  readonly criterion: Criterion;
  readonly facts: RunFacts;
}

function CriterionRow({ criterion, facts }: CriterionProps) {
  const stands = standing(criterion, facts);
  const icon = MARKS[stands];
  return (
    <li class={stands}>
      <span class="goal-mark">{icon && <Icon name={icon} />}</span>
      <span>
        {criterion.text}
        <span class="aside">{words.standings[stands](criterion.shown(criterion.of(facts)))}</span>
      </span>
    </li>
  );
}

interface OutcomeProps {
  readonly goal: Goal;
  readonly facts: RunFacts;
  /** The run kept the goal's terms. */
  readonly fair: boolean;
}

/** What the run came to, once it is over; a better score is kept on the device. */
function Outcome({ goal, facts, fair }: OutcomeProps) {
  const over = ['completed', 'failed', 'cancelled'].includes(facts.status);
  const done = over && fair && reached(goal, facts);
  const score = scoreOf(goal, facts);
  const [kept, setKept] = useState<{
    readonly best: number | undefined;
    readonly saved: boolean;
  }>();
  useEffect(() => {
    if (!done) return;
    const progress = withScore(readProgress(ownStorage()).progress, goal.id, score);
    const saved = writeProgress(ownStorage(), progress) === 'saved';
    setKept({ best: progress.best[goal.id], saved });
  }, [done, goal.id, score]);
  const shown = scoreShown(goal, score);
  return (
    <p class={done ? 'goal-outcome right' : 'goal-outcome'} role="status">
      {!fair && words.termsBroken[goal.fixed]}
      {over && fair && !done && words.missed}
      {done && words.reached(shown, scoreShown(goal, kept?.best ?? score))}
      {done && kept && (kept.saved ? words.saved : words.notSaved)}
    </p>
  );
}

function Ways({ goal }: { readonly goal: Goal }) {
  const app = useApp();
  const [shown, setShown] = useState(false);
  const open = (run: Goal['start']) => void openRun(app, run).opened;
  return (
    <>
      {shown && <p>{goal.solution.says}</p>}
      <div class="goal-ways">
        <button type="button" onClick={() => open(goal.start)}>
          {words.beginAnew}
        </button>
        {shown ? (
          <button type="button" onClick={() => open(goal.solution.run)}>
            {words.setItUp}
          </button>
        ) : (
          <button type="button" onClick={() => setShown(true)}>
            {words.showSolution}
          </button>
        )}
      </div>
    </>
  );
}
