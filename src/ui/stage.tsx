/**
 * The stage: hosts, link, switch and client. Words and tables are ordinary elements; the drawing lies
 * behind them and takes its places from where they ended up.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fitGrid } from '../scene/grid-fit.ts';
import type { Box, Stage as Drawing, StageLayout } from '../scene/stage.ts';
import { Client } from './client.tsx';
import { HostHead } from './host-head.tsx';
import { Link } from './link.tsx';
import { Switch } from './switch.tsx';
import { drawingTokens, onSystemTheme, themeFor } from './theme.ts';
import { useApp, usePicture, useStore } from './use-store.ts';
import { stageSummary } from './words.ts';

/** Frames are not drawn faster than this, in milliseconds: thirty a second is smooth enough. */
const FRAME_MS = 30;
/** A host's heading needs this much room, however small its grid. */
const LEAST_HEAD = 150;

export function Stage() {
  const section = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const trouble = useDrawing(section, canvas);
  return (
    <section class="stage" aria-labelledby="stage-title" ref={section}>
      <h2 id="stage-title" class="sr">
        Play area
      </h2>
      <canvas
        ref={canvas}
        class="drawing"
        role="img"
        aria-label="Page grids of both hosts, the link between them and the switch"
        aria-describedby="stage-summary"
      />
      <div class="host host-a">
        <HostHead party={0} />
        <div class="place" data-place="gridA" />
      </div>
      <div class="between">
        <Link />
        <div class="network">
          <Switch />
          <Client />
        </div>
      </div>
      <div class="host host-b">
        <HostHead party={1} />
        <div class="place" data-place="gridB" />
      </div>
      {trouble !== '' && <p class="notice">{trouble}</p>}
      <Summary />
    </section>
  );
}

/** The stage in words; it changes too often to be read out by itself. */
function Summary() {
  const picture = usePicture();
  const { store } = useApp();
  return (
    <p id="stage-summary" class="sr">
      {stageSummary(picture, store.getState())}
    </p>
  );
}

/** Loads the drawing once the page stands, and keeps it in step; returns what went wrong, in words. */
function useDrawing(
  section: { readonly current: HTMLElement | null },
  canvas: { readonly current: HTMLCanvasElement | null },
): string {
  const { player, store } = useApp();
  const theme = useStore((state) => state.theme);
  const drawing = useRef<Drawing | undefined>(undefined);
  const request = useRef<() => void>(() => {});
  const [ready, setReady] = useState(false);
  const [trouble, setTrouble] = useState('');

  useEffect(() => {
    let over = false;
    let waiting = false;
    let last = 0;
    const frame = (wall: number) => {
      waiting = false;
      const stage = drawing.current;
      if (over || !stage) return;
      if (wall - last < FRAME_MS) return ask();
      last = wall;
      if (stage.draw(player.picture, wall)) ask();
      const pagesPerRing = roundly(stage.pagesPerRing);
      if (store.getState().pagesPerRing !== pagesPerRing) store.setState({ pagesPerRing });
    };
    const ask = () => {
      if (!waiting && !over) requestAnimationFrame(frame);
      waiting = true;
    };
    request.current = ask;
    void load(canvas.current).then(
      (stage) => {
        if (over) return stage.destroy();
        drawing.current = stage;
        setReady(true);
      },
      (error: unknown) =>
        setTrouble(
          `The drawing could not start (${error instanceof Error ? error.message : String(error)}). The figures and tables show the same run; reloading the page may bring the drawing back.`,
        ),
    );
    const unsubscribe = player.onPicture(ask);
    return () => {
      over = true;
      unsubscribe();
      drawing.current?.destroy();
      drawing.current = undefined;
    };
  }, [player, store, canvas]);

  useLayoutEffect(() => {
    if (!ready) return;
    const recolour = () => {
      drawing.current?.palette(drawingTokens(themeFor(theme)));
      request.current();
    };
    recolour();
    return onSystemTheme(recolour);
  }, [ready, theme]);

  useLayoutEffect(() => {
    const element = section.current;
    if (!ready || !element) return;
    let pages = -1;
    const place = () => {
      const layout = measure(element);
      drawing.current?.layout(layout);
      pages = player.picture.pages.count;
      const { width, pagesPerCell } = fitGrid(
        pages,
        layout.gridA.width * layout.ratio,
        layout.gridA.height * layout.ratio,
      );
      element.style.setProperty('--grid-width', `${Math.max(LEAST_HEAD, width / layout.ratio)}px`);
      store.setState({ pagesPerCell });
      request.current();
    };
    // Another memory size means other cells, so other widths.
    const unsubscribe = player.onPicture(() => player.picture.pages.count !== pages && place());
    const observer = new ResizeObserver(place);
    observer.observe(element);
    for (const child of element.querySelectorAll('[data-place]')) observer.observe(child);
    return () => {
      observer.disconnect();
      unsubscribe();
    };
  }, [ready, section, player, store]);

  return trouble;
}

/** To one digit: the number must be readable while it changes. */
const roundly = (value: number): number => Number(value.toPrecision(1));

async function load(canvas: HTMLCanvasElement | null): Promise<Drawing> {
  if (!canvas) throw new Error('the page has no place for it');
  const { createStage } = await import('../scene/pixi-stage.ts');
  const wanted = new URLSearchParams(location.search).get('renderer');
  return createStage({
    canvas,
    renderer: wanted === 'webgl' || wanted === 'canvas' ? wanted : undefined,
    stillness: matchMedia('(prefers-reduced-motion: reduce)').matches,
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
