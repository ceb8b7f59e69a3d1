/** Loads the drawing once the page stands, and keeps it in step with the picture, the theme and the layout. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fitGrid, placeGrid } from '../scene/grid-fit.ts';
import type { Box, Stage as Drawing, StageLayout } from '../scene/stage.ts';
import { workingSetOf } from '../store/working-set.ts';
import * as words from './strings/stage.ts';
import { drawingTokens, onSystemTheme, themeFor } from './theme.ts';
import { type App, useApp, useStore } from './use-store.ts';

/** Frames are not drawn faster than this, in milliseconds: thirty a second is smooth enough. */
const FRAME_MS = 30;
/** A host's heading needs this much room, however small its grid. */
const LEAST_HEAD = 150;

/** Event at the canvas; it is painted when the dispatch returns. */
export const REPAINT = 'vm-ferry.repaint';

type Holder<T> = { readonly current: T | null };

/** What went wrong, in words; empty when nothing did. */
export function useDrawing(
  section: Holder<HTMLElement>,
  canvas: Holder<HTMLCanvasElement>,
): string {
  const app = useApp();
  const theme = useStore((state) => state.theme);
  const frames = useRef<Frames | undefined>(undefined);
  const [ready, setReady] = useState(false);
  const [trouble, setTrouble] = useState('');

  useEffect(() => {
    let over = false;
    load(canvas.current, () => frames.current?.ask()).then(
      (drawing) => {
        if (over) return drawing.destroy();
        frames.current = new Frames(app, drawing);
        // Whoever wants the canvas as a picture asks for it to be painted first.
        canvas.current?.addEventListener(REPAINT, () => frames.current?.repaint());
        setReady(true);
      },
      (error: unknown) => setTrouble(explain(error)),
    );
    return () => {
      over = true;
      frames.current?.end();
    };
  }, [app, canvas]);

  useLayoutEffect(() => {
    if (!ready) return;
    const recolour = () => frames.current?.recolour(drawingTokens(themeFor(theme)));
    recolour();
    return onSystemTheme(recolour);
  }, [ready, theme]);

  useLayoutEffect(() => {
    const element = section.current;
    if (!ready || !element) return;
    return watchPlaces(element, app, () => frames.current?.arrange(element));
  }, [ready, section, app]);

  return trouble;
}

const explain = (error: unknown): string =>
  words.drawingFailed(error instanceof Error ? error.message : String(error));

/** One drawing and its frames: asked for when something changed, never more often than can be seen. */
class Frames {
  private readonly app: App;
  private readonly drawing: Drawing;
  private readonly unsubscribe: () => void;
  private waiting = false;
  private over = false;
  private last = 0;

  constructor(app: App, drawing: Drawing) {
    this.app = app;
    this.drawing = drawing;
    this.unsubscribe = app.player.onPicture(() => this.ask());
  }

  recolour(palette: Parameters<Drawing['palette']>[0]): void {
    this.drawing.palette(palette);
    this.ask();
  }

  /** Takes the places over from the elements, and gives the headings the width of their grids. */
  arrange(element: HTMLElement): void {
    const layout = measure(element);
    this.drawing.layout(layout);
    const { gridA, gridB, ratio } = layout;
    // The headings have their places before the VM is there.
    const { player, store } = this.app;
    const expected = store.getState().scenario.vm.memoryMiB * 256;
    const pages = player.picture.pages.count || expected;
    const { width, pagesPerCell } = fitGrid(pages, gridA.width * ratio, gridA.height * ratio);
    element.style.setProperty('--grid-width', `${Math.max(LEAST_HEAD, width / ratio)}px`);
    const grids = [placeGrid(pages, gridA, ratio), placeGrid(pages, gridB, ratio)] as const;
    store.setState({ pagesPerCell, grids });
    this.ask();
  }

  repaint(): void {
    if (!this.over) this.drawing.repaint();
  }

  end(): void {
    this.over = true;
    this.unsubscribe();
    this.drawing.destroy();
  }

  ask(): void {
    if (!this.waiting && !this.over) requestAnimationFrame((wall) => this.frame(wall));
    this.waiting = true;
  }

  private frame(wall: number): void {
    this.waiting = false;
    if (this.over) return;
    if (wall - this.last < FRAME_MS) {
      this.ask();
      return;
    }
    this.last = wall;
    const { player, store } = this.app;
    this.drawing.workingSet(workingSetOf(player.picture, store.getState()));
    if (this.drawing.draw(player.picture, wall)) this.ask();
    const pagesPerRing = roundly(this.drawing.pagesPerRing);
    if (store.getState().pagesPerRing !== pagesPerRing) store.setState({ pagesPerRing });
  }
}

/** To one digit: the number must be readable while it changes. */
const roundly = (value: number): number => Number(value.toPrecision(1));

/** Calls back when the elements that stand for parts of the drawing have moved. */
function watchPlaces(element: HTMLElement, { player }: App, moved: () => void): () => void {
  let pages = player.picture.pages.count;
  // Another memory size means other cells, so other widths.
  const unsubscribe = player.onPicture(() => {
    if (player.picture.pages.count === pages) return;
    pages = player.picture.pages.count;
    moved();
  });
  const observer = new ResizeObserver(moved);
  observer.observe(element);
  for (const child of element.querySelectorAll('[data-place]')) observer.observe(child);
  return () => {
    observer.disconnect();
    unsubscribe();
  };
}

async function load(canvas: HTMLCanvasElement | null, onLost: () => void): Promise<Drawing> {
  if (!canvas) throw new Error('the page has no place for it');
  const { createStage } = await import('../scene/start-stage.ts');
  const wanted = new URLSearchParams(location.search).get('renderer');
  return createStage({
    canvas,
    renderer: wanted === 'webgl' || wanted === 'canvas' ? wanted : undefined,
    stillness: matchMedia('(prefers-reduced-motion: reduce)').matches,
    onLost,
  });
}

/** Where the elements ended up, from the stage's upper left corner. */
function measure(section: HTMLElement): StageLayout {
  const outer = section.getBoundingClientRect();
  const box = (name: string): Box => {
    const rect = section.querySelector(`[data-place="${name}"]`)?.getBoundingClientRect();
    if (!rect) return { x: 0, y: 0, width: 0, height: 0 };
    return {
      x: rect.x - outer.x - section.clientLeft,
      y: rect.y - outer.y - section.clientTop,
      width: rect.width,
      height: rect.height,
    };
  };
  return {
    width: section.clientWidth,
    height: section.clientHeight,
    ratio: Math.min(3, devicePixelRatio || 1),
    gridA: box('gridA'),
    gridB: box('gridB'),
    link: box('link'),
    switchBox: box('switch'),
  };
}
