/** Two data centres, all in one worker of their own. Their code is loaded by nobody else. */
import * as Comlink from 'comlink';
import { err, ok, type Result } from '../src/base/result.ts';
import { instant } from '../src/base/units.ts';
import type { CentresSession, VmPlan } from '../src/lab/data-centre-model.ts';
import { loadAllCode } from '../src/lab/late-code.ts';
import { loadGuest } from './load-guest.ts';

const LINK_MBPS = 100;
const OK = ok(undefined);

export function startCentres(): void {
  const started = (async () => {
    const [{ DataCentres }] = await Promise.all([
      import('../src/lab/data-centres.ts'),
      loadAllCode(),
    ]);
    return new DataCentres(LINK_MBPS);
  })();
  const deploy = async (plan: VmPlan) => {
    const guest = await loadGuest({ guest: plan.guest });
    return guest.ok ? (await started).deploy(plan, guest.value) : guest;
  };
  const pass = async (until: number) => (await started).advance(instant(until));
  const viewAfter = async (done: Result<void, string>) =>
    done.ok ? ok((await started).view()) : done;
  const inTurn = turns();
  const session: CentresSession = {
    deploy: (plan) => inTurn(async () => viewAfter(await deploy(plan))),
    migrate: (id) => inTurn(async () => viewAfter((await started).migrate(id))),
    replay: (told) =>
      inTurn(async () => {
        const { checkStory } = await import('../src/lab/data-centre-model.ts');
        const story = checkStory(told);
        if (!story.ok) return err(`What was done before is left out: ${story.error}`);
        const { steps, untilMs } = story.value;
        for (const step of steps) {
          await pass(step.atMs * 1e6);
          const done =
            'deploy' in step ? await deploy(step.deploy) : (await started).migrate(step.migrate);
          if (!done.ok) return done;
        }
        await pass(untilMs * 1e6);
        return viewAfter(OK);
      }),
    pass: (ns) =>
      inTurn(async () => {
        await pass((await started).view().now + ns);
        return viewAfter(OK);
      }),
  };
  Comlink.expose(session);
}

/** One question is answered after the other: what was done before has happened again before more is done. */
function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(question: () => Promise<T>): Promise<T> => {
    const answer = last.then(question);
    last = answer.catch(() => undefined);
    return answer;
  };
}
