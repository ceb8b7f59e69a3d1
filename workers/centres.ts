/** Two data centres, all in one worker of their own. Their code is loaded by nobody else. */
import * as Comlink from 'comlink';
import { err, ok } from '../src/base/result.ts';
import { instant } from '../src/base/units.ts';
import type { CentresSession } from '../src/lab/data-centre-model.ts';
import { loadAllCode } from '../src/lab/late-code.ts';
import { loadGuest } from './load-guest.ts';

const LINK_MBPS = 100;

export function startCentres(): void {
  const started = (async () => {
    const [{ DataCentres }] = await Promise.all([
      import('../src/lab/data-centres.ts'),
      loadAllCode(),
    ]);
    return new DataCentres(LINK_MBPS);
  })();
  const session: CentresSession = {
    async deploy(plan) {
      const centres = await started;
      const guest = await loadGuest({ guest: plan.guest });
      if (!guest.ok) return guest;
      const deployed = centres.deploy(plan, guest.value);
      return deployed.ok ? ok(centres.view()) : deployed;
    },
    async migrate(id) {
      const centres = await started;
      const begun = centres.migrate(id);
      return begun.ok ? ok(centres.view()) : begun;
    },
    async replay(told) {
      const { checkStory } = await import('../src/lab/data-centre-model.ts');
      const story = checkStory(told);
      if (!story.ok) return err(`the link's VMs are left out: ${story.error}`);
      const centres = await started;
      const pass = (ms: number) => centres.advance(instant(ms * 1e6));
      for (const step of story.value.steps) {
        pass(step.atMs);
        const done =
          'deploy' in step
            ? await session.deploy(step.deploy)
            : await session.migrate(step.migrate);
        if (!done.ok) return done;
      }
      pass(story.value.untilMs);
      return ok(centres.view());
    },
    async pass(ns) {
      const centres = await started;
      centres.advance(instant(centres.view().now + ns));
      return ok(centres.view());
    },
  };
  Comlink.expose(session);
}
