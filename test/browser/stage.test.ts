import { afterEach, describe, expect, it } from 'vitest';
import { exists } from '../../src/base/assert.ts';
import { Prng } from '../../src/base/prng.ts';
import { instant } from '../../src/base/units.ts';
import { fillOf } from '../../src/scene/cell-canvas.ts';
import { cellLooks, heightOf, otherOf, stateOf } from '../../src/scene/cell-looks.ts';
import { fitGrid, placeGrid } from '../../src/scene/grid-fit.ts';
import type { Box, Stage, StageLayout } from '../../src/scene/stage.ts';
import { createStage } from '../../src/scene/start-stage.ts';
import { MISSING, PAGE_STATES, SAME, WRITTEN, ZERO } from '../../src/trace/page-book.ts';
import type { Picture } from '../../src/trace/picture.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { Replay } from '../../src/trace/replay.ts';
import { AT_FIRST, type Whereabouts } from '../../src/trace/whereabouts.ts';
import { THEMES, TOKENS } from '../../src/ui/tokens.ts';

const SIDE = 320;
const LAYOUT: StageLayout = {
  width: 1000,
  height: 340,
  ratio: 1,
  gridA: { x: 0, y: 0, width: SIDE, height: SIDE },
  gridB: { x: 680, y: 0, width: SIDE, height: SIDE },
  link: { x: 330, y: 40, width: 340, height: 30 },
  switchBox: { x: 400, y: 200, width: 200, height: 60 },
};

/** Every state side by side, over and over, on both hosts. */
function everyState(count = 1024): Picture {
  const host = new Recorder(0);
  host.event(instant(0), 'vm.created', { vm: 'vm1', vmm: 'xen', pages: count });
  const replay = new Replay();
  replay.fold([host.take()], instant(1));
  const { pages } = replay.picture;
  for (let gfn = 0; gfn < count; gfn++) {
    pages.source[gfn] = gfn % PAGE_STATES.length;
    pages.destination[gfn] = (gfn + 3) % PAGE_STATES.length;
  }
  return replay.picture;
}

let stage: Stage | undefined;
afterEach(() => {
  stage?.destroy();
  stage = undefined;
  document.body.replaceChildren();
});

async function drawn(
  renderer: 'webgl' | 'canvas',
  picture: Picture,
  theme: (typeof THEMES)[number],
) {
  const canvas = document.createElement('canvas');
  document.body.append(canvas);
  stage = await createStage({ canvas, renderer, stillness: true });
  stage.layout(LAYOUT);
  stage.palette(TOKENS[theme]);
  stage.draw(picture, 0);
  return { canvas, image: readBack(canvas) };
}

function readBack(canvas: HTMLCanvasElement): ImageData {
  // In the same task as the drawing: WebGL forgets its picture afterwards.
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext('2d');
  context?.drawImage(canvas, 0, 0);
  return context?.getImageData(0, 0, canvas.width, canvas.height) ?? new ImageData(1, 1);
}

const hex = (...channels: number[]) =>
  `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

const colourAt = ({ data, width }: ImageData, x: number, y: number): string => {
  const at = (y * width + x) * 4;
  return hex(data[at], data[at + 1], data[at + 2]);
};

/** Colour of each cell, away from its edge and its glyph. */
function cellColours(image: ImageData, box: Box): string[] {
  const { columns, cells, cell } = fitGrid(1024, box.width, box.height);
  return Array.from({ length: cells }, (_, i) => {
    const x = box.x + (i % columns) * cell + 2;
    const y = box.y + Math.floor(i / columns) * cell + 4;
    return colourAt(image, x, y);
  });
}

describe.each(['canvas', 'webgl'] as const)('the %s renderer', (renderer) => {
  it.each(THEMES)('shows every page’s state in the colours of the %s theme', async (theme) => {
    const picture = everyState();
    const { image } = await drawn(renderer, picture, theme);
    const expected = (states: Uint8Array) =>
      [...states].map((state) => fillOf(state, TOKENS[theme]));
    const settled = (colours: string[], states: Uint8Array) =>
      colours.filter((_, i) => states[i] !== 0 && states[i] !== 2);
    const { source, destination } = picture.pages;
    expect(settled(cellColours(image, LAYOUT.gridA), source)).toEqual(
      settled(expected(source), source),
    );
    expect(settled(cellColours(image, LAYOUT.gridB), destination)).toEqual(
      settled(expected(destination), destination),
    );
  });

  it('fills a cell of several pages by the share of the state that most wants to be seen', async () => {
    const picture = everyState(16_384);
    const random = Prng.stream(7, 'pages');
    // These have no outline of their own.
    const states = [SAME, ZERO, WRITTEN, MISSING];
    const { source } = picture.pages;
    for (let gfn = 0; gfn < source.length; gfn++) source[gfn] = states[random.u32() % 4];
    const { image } = await drawn(renderer, picture, 'light');
    const fit = fitGrid(source.length, SIDE, SIDE);
    expect(fit).toMatchObject({ pagesPerCell: 4, cell: 5, gap: 1, width: SIDE - 1 });
    const looks = new Uint32Array(fit.cells);
    cellLooks(source, fit, looks);
    const side = fit.cell - fit.gap;
    const shown: string[] = [];
    const expected: string[] = [];
    looks.forEach((look, cell) => {
      const x = LAYOUT.gridA.x + 1 + (cell % fit.columns) * fit.cell + 1;
      const y = LAYOUT.gridA.y + Math.floor(cell / fit.columns) * fit.cell;
      for (let row = 0; row < side; row++) {
        const state = row < side - heightOf(look) ? otherOf(look) : stateOf(look);
        shown.push(colourAt(image, x, y + row));
        expected.push(fillOf(state, TOKENS.light));
      }
    });
    expect(shown).toHaveLength(4096 * side);
    expect(shown).toEqual(expected);
  });

  it('draws a line around the working set, at the host where the VM is', async () => {
    const picture = everyState();
    await drawn(renderer, picture, 'light');
    stage?.workingSet(512);
    const dark = (column: number) => {
      picture.version += 1;
      stage?.draw(picture, 2000 + picture.version);
      const image = readBack(exists(document.querySelector('canvas'), 'the canvas'));
      const colours = Array.from({ length: SIDE }, (_, y) => colourAt(image, column, y));
      return colours.filter((colour) => colour === TOKENS.light.text).length;
    };
    // Left of the cells, beside the lower half of them.
    const [a, b] = [LAYOUT.gridA, LAYOUT.gridB].map((box) => placeGrid(1024, box, 1).x - 1);
    const half = SIDE / 2;
    expect(dark(a)).toBeGreaterThan(half - 10);
    expect(dark(b)).toBe(0);
    const is = (whereabouts: Partial<Whereabouts>) => {
      picture.verdict = { ...picture.verdict, whereabouts: { ...AT_FIRST, ...whereabouts } };
    };
    const there = { owner: 'destination', wholeAt: instant(1) } as const;
    // Also one that was paused by hand there.
    for (const standing of ['runs', 'is paused by hand'] as const) {
      is({ ...there, standing });
      expect(dark(b)).toBeGreaterThan(half - 10);
    }
    is({ ...there, source: 1 });
    expect([dark(a) > half - 10, dark(b)]).toEqual([true, 0]);
    is({ ...there, failures: [undefined, 'switched off'] });
    expect([dark(a), dark(b)]).toEqual([0, 0]);
    is(there);
    stage?.workingSet(0);
    expect(dark(b)).toBe(0);
  });

  it('draws again only when something changed', async () => {
    const picture = everyState();
    await drawn(renderer, picture, 'light');
    const draws: boolean[] = [];
    for (let wall = 30; wall < 600; wall += 30) draws.push(stage?.draw(picture, wall) ?? true);
    expect(draws.at(-1)).toBe(false);
    const before = stage;
    picture.version += 1;
    expect(before?.draw(picture, 700)).toBe(false);
  });
});

/** What WebGL is told to draw, and the bytes it is given, while `work` is done. */
function cost(work: () => void): { draws: number; bytes: number } {
  const total = { draws: 0, bytes: 0 };
  const gl = WebGL2RenderingContext.prototype;
  const { drawElements, drawArrays, texImage2D, texSubImage2D } = gl;
  const size = (last: unknown): number => {
    if (ArrayBuffer.isView(last)) return last.byteLength;
    return last instanceof HTMLCanvasElement ? 4 * last.width * last.height : 0;
  };
  gl.drawElements = function (...call) {
    total.draws += 1;
    drawElements.apply(this, call);
  };
  gl.drawArrays = function (...call) {
    total.draws += 1;
    drawArrays.apply(this, call);
  };
  const counted = (original: (...call: never[]) => void) =>
    function (this: WebGL2RenderingContext, ...call: never[]) {
      total.bytes += call.map(size).reduce((sum, bytes) => sum + bytes, 0);
      original.apply(this, call);
    };
  gl.texImage2D = counted(texImage2D) as typeof texImage2D;
  gl.texSubImage2D = counted(texSubImage2D) as typeof texSubImage2D;
  try {
    work();
  } finally {
    Object.assign(gl, { drawElements, drawArrays, texImage2D, texSubImage2D });
  }
  return total;
}

describe('a frame under WebGL', () => {
  it('costs the same from 1,024 to 262,144 pages', async () => {
    const frame = async (count: number) => {
      const picture = everyState(count);
      await drawn('webgl', picture, 'light');
      picture.pages.source[0] = 3;
      picture.version += 1;
      const spent = cost(() => expect(stage?.draw(picture, 40)).toBe(true));
      stage?.destroy();
      stage = undefined;
      return spent;
    };
    const small = await frame(1024);
    expect(small.draws).toBeGreaterThan(0);
    expect(small.bytes).toBeGreaterThan(1024);
    for (const count of [16_384, 262_144]) {
      const large = await frame(count);
      expect(large.draws).toBe(small.draws);
      // A cell of five pixels is the smallest: a grid never has more of them, of four bytes each.
      expect(large.bytes).toBeLessThanOrEqual(small.bytes + 4 * 2 * (SIDE / 5) ** 2);
    }
  });

  it('is drawn again, as it was, when the context was lost and has come back', async () => {
    const picture = everyState();
    const { canvas, image } = await drawn('webgl', picture, 'light');
    for (let wall = 30; stage?.draw(picture, wall) === true; wall += 30);
    const loss = canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context');
    const heard = (kind: string) =>
      new Promise((resolve) => canvas.addEventListener(kind, resolve, { once: true }));
    const lost = heard('webglcontextlost');
    loss?.loseContext();
    await lost;
    const restored = heard('webglcontextrestored');
    // Only in a task of its own may it come back.
    await new Promise((resolve) => setTimeout(resolve));
    loss?.restoreContext();
    await restored;
    await new Promise((resolve) => setTimeout(resolve));
    // Nothing has changed but that the picture is gone.
    stage?.draw(picture, 2000);
    const again = readBack(canvas);
    expect(cellColours(again, LAYOUT.gridA)).toEqual(cellColours(image, LAYOUT.gridA));
    expect(cellColours(again, LAYOUT.gridB)).toEqual(cellColours(image, LAYOUT.gridB));
  });
});
