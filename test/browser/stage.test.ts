import { afterEach, describe, expect, it } from 'vitest';
import { instant } from '../../src/base/units.ts';
import { fillOf } from '../../src/scene/cell-canvas.ts';
import { fitGrid } from '../../src/scene/grid-fit.ts';
import type { Box, Stage, StageLayout } from '../../src/scene/stage.ts';
import { createStage } from '../../src/scene/start-stage.ts';
import { PAGE_STATES } from '../../src/trace/page-book.ts';
import type { Picture } from '../../src/trace/picture.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { Replay } from '../../src/trace/replay.ts';
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
function everyState(): Picture {
  const host = new Recorder(0);
  host.event(instant(0), 'vm.created', { vm: 'vm1', vmm: 'xen', pages: 1024 });
  const replay = new Replay();
  replay.fold([host.take()], instant(1));
  const { pages } = replay.picture;
  for (let gfn = 0; gfn < 1024; gfn++) {
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

/** Colour of each cell, away from its edge and its glyph. */
function cellColours({ data, width }: ImageData, box: Box): string[] {
  const { columns, cells, cell } = fitGrid(1024, box.width, box.height);
  return Array.from({ length: cells }, (_, i) => {
    const x = box.x + (i % columns) * cell + 2;
    const y = box.y + Math.floor(i / columns) * cell + 4;
    const at = (y * width + x) * 4;
    return hex(data[at], data[at + 1], data[at + 2]);
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
