/**
 * What axe finds on a page as it stands, as short lines. In the one document that is there: the
 * page has no frame of another origin, and for those alone axe would open a second page each time.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const violations = (page: Page): Promise<string[]> => run(page, 'tag', LEVELS);

async function run(
  page: Page,
  type: 'tag' | 'rule',
  values: readonly string[],
  without: readonly string[] = [],
): Promise<string[]> {
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const { violations: found } = await new AxeBuilder({ page })
    .options({ runOnly: { type, values: [...values] }, rules, resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze();
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

/** What makes the page choose each theme by itself: it works in every mode, also behind an open dialog. */
const THEMES = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  projector: { colorScheme: 'light', contrast: 'more' },
} as const;
type Theme = keyof typeof THEMES;
export const THEME_NAMES = Object.keys(THEMES) as readonly Theme[];

export async function wish(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia(THEMES[theme]);
  await page.locator(`html[data-theme=${theme}]`).waitFor();
}

/** The only rules that a theme can break: the others read structure and places, which have no theme. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Every rule once, and those on colours in each theme. */
export async function violationsInEveryTheme(page: Page): Promise<string[]> {
  const found = await run(page, 'tag', LEVELS, COLOUR_RULES);
  for (const theme of THEME_NAMES) {
    await wish(page, theme);
    found.push(...(await run(page, 'rule', COLOUR_RULES)).map((one) => `${theme}: ${one}`));
  }
  return found;
}
