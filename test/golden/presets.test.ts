import { describe, expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.ts';
import { findPreset, PRESETS } from '../../src/lab/presets.ts';
import { guestImage } from '../support/labs.ts';

/** A changed figure is a change of behaviour: read the diff, then `npx vitest run -u test/golden`. */
describe('the presets', () => {
  it.each(PRESETS.map(({ name }) => name))('%s gives its golden figures', async (name) => {
    const settings = findPreset(name)?.scenario;
    if (settings === undefined) throw new Error(`no preset ${name}`);
    const lab = Lab.create(settings, guestImage(settings.vm.guest));
    if (!lab.ok) throw new Error(lab.error);
    lab.value.finish();
    const report = lab.value.report();
    await expect(`${JSON.stringify(report, null, 2)}\n`).toMatchFileSnapshot(
      `presets/${name}.json`,
    );
    expect(report.verification.memoryEqual && report.verification.cpuEqual).toBe(true);
  });
});
