import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { Prng } from '../../src/base/prng.ts';
import { ok } from '../../src/base/result.ts';
import { instant } from '../../src/base/units.ts';
import { LabRunner } from '../../src/lab/lab-runner.ts';
import { findPreset } from '../../src/lab/presets.ts';
import { workingSetOf } from '../../src/store/working-set.ts';
import { TraceMerger } from '../../src/trace/merge.ts';
import { Replay } from '../../src/trace/replay.ts';
import { migrate, ready, sharedLink } from '../support/ferry-page.ts';
import { guestImage } from '../support/labs.ts';
import { useBrowser } from '../support/page.ts';

const open = useBrowser();

/** The same run in a lab of the test's own, shown moment after moment. */
async function ownReplay() {
  const runner = new LabRunner({ loadGuest: async ({ guest }) => ok(guestImage(guest)) });
  const merger = new TraceMerger();
  const { scenario } = exists(findPreset('converges'), 'preset');
  for (const update of [await runner.open(scenario), await runner.finish()]) {
    if (!update.ok) throw new Error(update.error);
    for (const chunk of update.value.chunks) merger.add(chunk);
  }
  await runner.close();
  const replay = new Replay();
  return (ns: number) => {
    replay.foldFrom(merger, instant(ns));
    return replay.picture;
  };
}

/** What the legend and the tables of pages and rounds say at each of `moments`, in microseconds. */
const told = (page: Page, moments: readonly number[]) =>
  page.evaluate(async (wanted) => {
    const slider = document.querySelector<HTMLInputElement>('#scrubber');
    if (!slider) throw new Error('no slider');
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const texts = (selector: string) =>
      [...document.querySelectorAll(selector)].map((element) => element.textContent ?? '');
    const table = (caption: string) =>
      [...document.querySelectorAll('table')].find((one) => one.caption?.textContent === caption);
    const all: { legend: string[]; pages: string[]; rounds: string[] }[] = [];
    for (const moment of wanted) {
      slider.value = String(moment);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await frame();
      await frame();
      const cells = (caption: string, selector: string) =>
        [...(table(caption)?.querySelectorAll(selector) ?? [])].map(
          (cell) => cell.textContent ?? '',
        );
      all.push({
        legend: texts('.legend b'),
        pages: cells('Pages', 'td'),
        rounds: cells('Rounds', 'tbody th, tbody td:nth-child(2)'),
      });
    }
    return all;
  }, moments);

const digits = (text: string) => text.replace(/,/g, '');

describe('the tables', () => {
  it('are equal to the picture at 100 moments of a run, and to the legend [A16]', async () => {
    const { page, troubles } = await open('#s=converges');
    await ready(page);
    await migrate(page);
    await page.getByText('Rounds and pages as tables').click();
    await page.getByRole('table', { name: 'Rounds' }).waitFor();
    const slider = page.locator('#scrubber');
    const [min, max] = [
      Number(await slider.getAttribute('min')),
      Number(await slider.getAttribute('max')),
    ];
    const random = Prng.stream(16, 'moments');
    const moments = Array.from({ length: 100 }, () => min + random.below(max - min)).sort(
      (a, b) => a - b,
    );
    const shown = await told(page, moments);
    const replay = await ownReplay();
    for (const [i, at] of moments.entries()) {
      const picture = replay(at * 1000);
      const { pages, rounds } = picture;
      const workingSet = workingSetOf(picture, exists(findPreset('converges'), 'preset'));
      const [, notSent, inFlight, same, zero, written, missing] = [...pages.tally];
      const { legend, pages: cells, rounds: rows } = exists(shown[i], 'a moment');
      expect(legend.map(digits), `at ${at} µs`).toEqual(
        [notSent, inFlight, same, zero, written, missing, workingSet].map(String),
      );
      expect(cells.map(digits)).toEqual(
        [notSent, inFlight, same, zero, written, missing, pages.emptyAtDestination].map(String),
      );
      expect(rows.map(digits)).toEqual(
        rounds.flatMap(({ round, to, pending, sent }) => [
          String(round),
          to === undefined ? `${pending} to send` : String(sent),
        ]),
      );
    }
    const bare = await page.evaluate(() =>
      [...document.querySelectorAll('table')].flatMap((one) =>
        one.caption && one.querySelector('th[scope]') && !one.querySelector('th:not([scope])')
          ? []
          : [one.textContent ?? ''],
      ),
    );
    expect(bare).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

const DEFICIENCIES = ['protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia'] as const;

/** How much any two swatches differ on average over their pixels, in 255ths. */
async function differences({
  shot,
  places,
}: {
  readonly shot: string;
  readonly places: readonly { readonly x: number; readonly y: number }[];
}): Promise<number[]> {
  const image = new Image();
  image.src = `data:image/png;base64,${shot}`;
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(image, 0, 0);
  const swatches = places.map(({ x, y }) => context.getImageData(x, y, 14, 14).data);
  return swatches.flatMap((one, i) =>
    swatches.slice(i + 1).map((other) => {
      let sum = 0;
      for (let at = 0; at < one.length; at += 4)
        sum += Math.max(
          ...[0, 1, 2].map((channel) =>
            Math.abs((one[at + channel] ?? 0) - (other[at + channel] ?? 0)),
          ),
        );
      return sum / (one.length / 4);
    }),
  );
}

describe('the parts of the page', () => {
  it('stand under headings, and the stage has its summary [A15]', async () => {
    const { page } = await open();
    await ready(page);
    const headings = await page.getByRole('heading', { level: 2 }).allInnerTexts();
    expect(headings).toEqual(['Play area', 'Rounds', 'Figures', 'Try it']);
    const drawing = page.getByRole('img', { name: 'Page grids of both hosts' });
    const summary = await drawing.getAttribute('aria-describedby');
    expect(await page.locator(`#${summary}`).textContent()).toMatch(
      /^A VM runs on .* The link carries 25 Mbit/,
    );
  });

  it('of the legend: each state has a name and a mark of its own [A9]', async () => {
    const { page } = await open();
    await ready(page);
    const states = await page.locator('.legend li:not(.outlined)').evaluateAll((items) =>
      items.map((item) => {
        const [swatch] = item.querySelectorAll('svg');
        return {
          name: (item.textContent ?? '').replace(/[\d,]/g, ''),
          mark: `${swatch?.innerHTML} ${swatch ? getComputedStyle(swatch.firstElementChild ?? swatch).fill : ''}`,
        };
      }),
    );
    expect(states.length).toBe(7);
    expect(new Set(states.map(({ name }) => name)).size).toBe(7);
    expect(new Set(states.map(({ mark }) => mark)).size).toBe(7);
  });

  it('of the legend stay tellable under every deficiency of sight [A9]', async () => {
    const { page } = await open();
    await ready(page);
    const sight = await page.context().newCDPSession(page);
    const places = await page.locator('.legend').evaluate((legend) => {
      const { x, y } = legend.getBoundingClientRect();
      return [...legend.querySelectorAll('li:not(.outlined) .swatch')].map((swatch) => {
        const box = swatch.getBoundingClientRect();
        return { x: Math.round(box.x - x), y: Math.round(box.y - y) };
      });
    });
    expect(places.length).toBe(7);
    const shots: { readonly type: string; readonly shot: string }[] = [];
    for (const type of DEFICIENCIES) {
      await sight.send('Emulation.setEmulatedVisionDeficiency', { type });
      const shot = (await page.locator('.legend').screenshot()).toString('base64');
      shots.push({ type, shot });
    }
    expect(new Set(shots.map(({ shot }) => shot)).size).toBe(DEFICIENCIES.length);
    // Images are read on a page of their own, that no policy binds.
    const reader = await page.context().newPage();
    for (const { type, shot } of shots) {
      const [nearest] = (await reader.evaluate(differences, { shot, places })).toSorted(
        (a, b) => a - b,
      );
      expect(nearest, type).toBeGreaterThan(20);
    }
  });

  it('a number half typed stays as it is while the page is drawn anew, and is taken when left', async () => {
    const { page } = await open();
    await ready(page);
    const seed = page.getByRole('spinbutton', { name: 'Seed' });
    await seed.fill('12');
    // Another setting changes, and the hosts are set up again; the focus stays.
    await page.getByRole('slider', { name: 'Bandwidth' }).evaluate((slider: HTMLInputElement) => {
      slider.stepUp();
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await page.locator('.slider output', { hasText: '30 Mbit/s' }).waitFor();
    await ready(page);
    await seed.press('End');
    await page.keyboard.type('3');
    expect(await seed.inputValue()).toBe('123');
    await seed.press('Tab');
    expect(await seed.inputValue()).toBe('123');
    await ready(page);
    expect(await sharedLink(page)).toMatch(/seed=123\b/);
  });

  it('a number that cannot be taken is answered beside its field [A20]', async () => {
    const { page } = await open();
    await ready(page);
    const seed = page.getByRole('spinbutton', { name: 'Seed' });
    await seed.fill('99999999999');
    await seed.press('Tab');
    const note = page.locator('#seed-note');
    await expect
      .poll(() => note.innerText())
      .toMatch(/^A seed is a whole number from 0 to .* used/);
    expect(await seed.inputValue()).not.toBe('99999999999');
    await seed.fill('7');
    await seed.press('Tab');
    await expect.poll(() => note.textContent()).toBe('');
  });

  it('change, and help stands in one place in every view [A20]', async () => {
    const { page } = await open();
    await ready(page);
    const help = page.getByRole('button', { name: 'Keys and help' });
    const first = await help.boundingBox();
    for (const key of ['l', 'l', 'i', 'i', 'd', 'd', 'c']) {
      await page.keyboard.press(key);
      expect(await help.boundingBox(), key).toEqual(first);
    }
  });
});
