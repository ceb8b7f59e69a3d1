/**
 * The drawing: two page grids, the link with the pages on it, the wires to the switch. It is painted
 * when the picture, the layout or the colours changed, and at no other time.
 */
import type { Picture } from '../trace/picture.ts';
import { Flow, FOLLOWED_MS } from './flow.ts';
import type { Painter } from './painter.ts';
import type { ScenePalette } from './palette.ts';
import { pickRenderer } from './pick-renderer.ts';
import { linesOf, ringPlaces, ringsAt } from './sketch.ts';
import type { Stage, StageLayout, StageOptions } from './stage.ts';
import { type PageOnLink, pagesOnLink, still } from './train.ts';

/** What the VM has left behind is drawn faintly. */
const FAINT = 0.32;
const HAND_OVER_MS = 240;
/** Without progress for so long, virtual time stands. */
const STANDS_MS = 250;

export async function createStage(options: StageOptions): Promise<Stage> {
  const kind = options.renderer ?? pickRenderer();
  // Only the one that is used is loaded.
  const { createPainter } = await (kind === 'webgl'
    ? import('./pixi-painter.ts')
    : import('./canvas-painter.ts'));
  return new LiveStage(await createPainter(options.canvas), kind, options.stillness);
}

class LiveStage implements Stage {
  readonly renderer: 'webgl' | 'canvas';
  pagesPerRing = 1;
  private readonly painter: Painter;
  private readonly stillness: boolean;
  private place: StageLayout | undefined;
  private colours: ScenePalette | undefined;
  private seen = { version: -1, picture: undefined as Picture | undefined };
  private stale = true;
  private wasMoving = false;
  private lastWall = 0;
  private readonly flow = new Flow();
  /** Virtual nanoseconds in a millisecond of watching, smoothed; 0 while nothing moves. */
  private pace = 0;
  private lastNow = 0;
  private sinceMoved = 0;
  private sketch = { lines: [], rings: [] } as Parameters<Painter['paint']>[0];

  constructor(painter: Painter, kind: 'webgl' | 'canvas', stillness: boolean) {
    this.painter = painter;
    this.renderer = kind;
    this.stillness = stillness;
  }

  layout(layout: StageLayout): void {
    this.place = layout;
    this.painter.resize(layout.width, layout.height, layout.ratio);
    this.stale = true;
  }

  palette(palette: ScenePalette): void {
    this.colours = palette;
    this.stale = true;
  }

  draw(picture: Picture, wallMs: number): boolean {
    const { place, colours, seen } = this;
    if (!place || !colours || place.width === 0) return false;
    const elapsed = Math.max(1, wallMs - this.lastWall);
    this.lastWall = wallMs;
    this.watchPace(picture, elapsed);
    const moving = this.handOver(picture, elapsed) || this.pace > 0;
    const fresh = seen.picture !== picture || seen.version !== picture.version;
    const stopped = this.wasMoving && !moving;
    this.wasMoving = moving;
    if (!fresh && !this.stale && !moving && !stopped) return false;
    this.seen = { picture, version: picture.version };
    this.stale = false;
    this.paint(picture, place, colours, elapsed);
    return moving;
  }

  repaint(): void {
    this.painter.paint(this.sketch);
  }

  destroy(): void {
    this.painter.destroy();
  }

  private paint(picture: Picture, place: StageLayout, colours: ScenePalette, elapsed: number) {
    const { pages } = picture;
    const { gridA, gridB, ratio, link } = place;
    const [a, b] = this.painter.grids;
    a.show(pages.source, gridA, ratio, colours);
    b.show(pages.destination, gridB, ratio, colours);
    this.sketch = {
      lines: linesOf(picture, place, a.bounds, b.bounds, colours),
      rings: ringsAt(this.pagesToDraw(picture, ringPlaces(link).places, elapsed), link, colours),
    };
    this.painter.paint(this.sketch);
  }

  /** What the VM leaves becomes faint. True while it is on its way. */
  private handOver(picture: Picture, elapsed: number): boolean {
    const { vm } = picture.hosts[1];
    const wanted = vm === 'running' || vm === 'blocked' ? FAINT : 1;
    const [grid] = this.painter.grids;
    if (grid.alpha === wanted) return false;
    const step = this.stillness ? 1 : elapsed / HAND_OVER_MS;
    grid.alpha =
      wanted < grid.alpha
        ? Math.max(wanted, grid.alpha - step)
        : Math.min(wanted, grid.alpha + step);
    return true;
  }

  private watchPace(picture: Picture, elapsed: number): void {
    const passed = picture.now - this.lastNow;
    this.lastNow = picture.now;
    this.sinceMoved += elapsed;
    if (passed > 0) {
      const now = passed / Math.min(this.sinceMoved, STANDS_MS);
      this.pace = this.pace === 0 ? now : this.pace * 0.8 + now * 0.2;
      this.sinceMoved = 0;
    } else if (this.sinceMoved >= STANDS_MS) {
      this.pace = 0;
    }
  }

  /** Pages where they are when they can be followed, a sample of them when they cannot. */
  private pagesToDraw(
    { pages, now }: Picture,
    places: number,
    elapsed: number,
  ): readonly PageOnLink[] {
    const { flight } = pages;
    const followed = this.pace === 0 || flight.transitNs / this.pace >= FOLLOWED_MS;
    if (!this.stillness && !followed) {
      this.flow.advance(elapsed, pages);
      this.pagesPerRing = this.flow.pagesPerRing;
      return this.flow.shown;
    }
    this.flow.catchUp(pages);
    this.pagesPerRing = Math.max(1, Math.ceil(flight.size / places));
    return this.stillness ? still(flight, places) : pagesOnLink(flight, now, places);
  }
}
