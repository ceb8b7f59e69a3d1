/** The goals, below the list of lessons: which there are, and the best score of each. */

import { Icon } from '../kit/icon.tsx';
import * as words from '../strings/goals.ts';
import { useApp } from '../use-store.ts';
import { type Goal, scoreShown } from './goal.ts';
import { openRun } from './open-run.ts';
import type { Progress } from './progress.ts';
import './goals.css';

export function Goals({ best }: Pick<Progress, 'best'>) {
  return (
    <section class="goals" aria-labelledby="goals-title">
      <h3 id="goals-title">{words.goals}</h3>
      <p class="aside">{words.goalsSay}</p>
      <ul>
        {words.GOALS.map((goal) => (
          <GoalRow key={goal.id} goal={goal} score={best[goal.id]} />
        ))}
      </ul>
    </section>
  );
}

function GoalRow({ goal, score }: { readonly goal: Goal; readonly score: number | undefined }) {
  const app = useApp();
  const take = () => {
    app.store.setState({ goal: goal.id, side: 'controls' });
    void openRun(app, goal.start).opened;
  };
  return (
    <li>
      <button type="button" class="quiet" onClick={take} aria-label={words.takeOn(goal.title)}>
        <span class="goal-mark">{score !== undefined && <Icon name="check" />}</span>
        <span>
          <b>{goal.title}</b>
          <span class="aside">
            {goal.criteria.map(({ text }) => text).join('. ')}.{' '}
            {score === undefined ? words.notReached : words.best(scoreShown(goal, score))}
          </span>
        </span>
      </button>
    </li>
  );
}
