import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { pack } from '../../src/store/link.ts';
import { violationsInEveryTheme } from '../support/axe.ts';
import { ready, sharedLink } from '../support/ferry-page.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();
const centre = (page: Page, number: 1 | 2) =>
  page.getByRole('region', { name: `Datacenter ${number}`, exact: true });

async function deploy(page: Page, vmm: string, datacenter: string): Promise<void> {
  await page.getByLabel('VMM type').selectOption(vmm);
  await page.getByLabel('RAM, MiB').fill('2');
  await page
    .getByRole('combobox', { name: 'Datacenter', exact: true })
    .selectOption({ label: datacenter });
  const id = await page.getByLabel('Id, its own').inputValue();
  await page.getByRole('button', { name: 'Deploy' }).click();
  await centre(page, datacenter === '1' ? 1 : 2)
    .getByRole('rowheader', { name: id })
    .waitFor();
}

async function migrate(page: Page, id: string): Promise<void> {
  await page.getByRole('combobox', { name: 'VM', exact: true }).selectOption(id);
  await page.getByRole('button', { name: 'Migrate it' }).click();
}

describe('two data centers', () => {
  it('run four VMs, and move two at once, seen gone here and there', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    await page.keyboard.press('d');
    await deploy(page, 'xen', '1');
    await deploy(page, 'kvm', '1');
    await deploy(page, 'xen', '2');
    await deploy(page, 'kvm', '2');
    await centre(page, 1).getByText('RAM in use: 4 of 32 MiB').waitFor();
    await migrate(page, 'vm1');
    await page.getByText('Link: 100 Mbit/s; vm1 has 100').waitFor();
    await migrate(page, 'vm4');
    await page.getByText('vm1 has 50, vm4 has 50').waitFor();
    await page.getByRole('button', { name: 'Let time pass' }).click();
    const moves = page.getByRole('region', { name: 'Migrations that are over' });
    await moves.getByRole('rowheader', { name: 'vm1' }).waitFor();
    await moves.getByRole('rowheader', { name: 'vm4' }).waitFor();
    expect(await moves.getByRole('cell', { name: 'equal', exact: true }).count()).toBe(2);
    await centre(page, 2)
      .getByRole('row', { name: /^vm1 KVM-like 2 MiB/ })
      .waitFor();
    await centre(page, 1)
      .getByRole('row', { name: /^vm4 Xen-like 2 MiB/ })
      .waitFor();
    for (const number of [1, 2] as const)
      await centre(page, number).getByText('RAM in use: 4 of 32 MiB').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await violationsInEveryTheme(page)).toEqual([]);
    const link = await sharedLink(page);
    expect(troubles).toEqual([]);

    // Who opens the link sees the same VMs move again, to the same fingerprints.
    const other = await open(link);
    await other.page
      .getByRole('region', { name: 'Migrations that are over' })
      .getByRole('rowheader', { name: 'vm4' })
      .waitFor();
    const tables = (of: Page) => of.locator('.centres tbody').allInnerTexts();
    expect(await tables(other.page)).toEqual(await tables(page));
    expect(other.troubles).toEqual([]);
    // And so does who looks at the run in between.
    await other.page.keyboard.press('d');
    await other.page.locator('#main-button').waitFor();
    await other.page.keyboard.press('d');
    await expect.poll(() => tables(other.page)).toEqual(await tables(page));
  });

  it('say what is wrong with a link to them, and begin empty', async () => {
    const wrong = { steps: [], untilMs: -1 };
    const { page, troubles } = await open(`#s=converges&view=centres&dc=${await pack(wrong)}`);
    await page
      .getByRole('alert')
      .filter({ hasText: 'What was done before is left out: untilMs' })
      .waitFor();
    await deploy(page, 'xen', '1');
    expect(troubles).toEqual([]);
  });
});
