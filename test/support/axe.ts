/**
 * What axe finds on a page as it stands, as short lines. In the one document that is there: the
 * page has no frame of another origin, and for those alone axe would open a second page each time.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values: LEVELS }, resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze();
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

const THEMES = ['light', 'dark', 'projector'];

/** The same in every theme, chosen as a visitor does, also behind an open dialog. */
export async function violationsInEveryTheme(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of THEMES) {
    await page.getByLabel('Theme').selectOption(theme, { force: true });
    found.push(...(await violations(page)).map((violation) => `${theme}: ${violation}`));
  }
  return found;
}
