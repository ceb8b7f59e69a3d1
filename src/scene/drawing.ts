/**
 * The drawing: two page grids, the link with the pages on it, the wires to the switch. It is painted
 * when the picture, the layout or the colours changed, and at no other time.
 */
import { HOST_A, HOST_B, type Party } from '../trace/event.ts';
import type { Picture } from '../trace/picture.ts';
import { hostOf } from '../trace/whereabouts.ts';
import { Flow, FOLLOWED_MS } from './flow.ts';
import { FrameMarks } from './frame-marks.ts';
import { paintPipe, paintRings, paintWire, ringPlaces, wiresOf } from './lines.ts';
import { outlineOf, paintOutline } from './outline.ts';
import type { ScenePalette } from './palette.ts';
import { routeOf } from './route.ts';
import type { Stage, StageLayout } from './stage.ts';
import type { PlacedGrids, ShownGrids, Surface } from './surface.ts';
import { type Ring, ringsOnLink, still } from './train.ts';

/** What the VM has left behind is drawn faintly. */
const FAINT = 0.32;
const HAND_OVER_MS = 240;
/** Without progress for so long, virtual time stands. */
const STANDS_MS = 250;

export class Drawing implements Stage {
  pagesPerRing = 1;
  private readonly surface: Surface;
  private readonly stillness: boolean;
  private place: StageLayout | undefined;
  private colours: ScenePalette | undefined;
  private working = 0;
  private seen = { version: -1, picture: undefined as Picture | undefined };
  private stale = true;
  private wasMoving = false;
  /** How strongly the source's grid is drawn. */
  private fade = 1;
  /** The host whose grid that is. */
  private fades: Party = HOST_A;
  private lastWall = 0;
  private readonly flow = new Flow();
  private readonly marks = new FrameMarks();
  /** Virtual nanoseconds in a millisecond of watching, smoothed; 0 while nothing moves. */
  private pace = 0;
  private lastNow = 0;
  private sinceMoved = 0;

  constructor(surface: Surface, stillness: boolean) {
    this.surface = surface;
    this.stillness = stillness;
  }

  get renderer(): 'webgl' | 'canvas' {
    return this.surface.renderer;
  }

  layout(layout: StageLayout): void {
    this.place = layout;
    this.surface.resize(layout);
    this.stale = true;
  }

  palette(palette: ScenePalette): void {
    this.colours = palette;
    this.stale = true;
  }

  workingSet(pages: number): void {
    this.stale ||= pages !== this.working;
    this.working = pages;
  }

  /** What was painted is gone. */
  spoil(): void {
    this.stale = true;
  }

  draw(picture: Picture, wallMs: number): boolean {
    const { place, colours, seen } = this;
    if (!place || !colours || place.width === 0) return false;
    const elapsed = Math.max(1, wallMs - this.lastWall);
    this.lastWall = wallMs;
    this.watchPace(picture, elapsed);
    const fading = this.fadeSource(picture, elapsed);
    const marked = this.marks.watch(picture, elapsed, this.stillness);
    const moving = fading || marked || this.pace > 0;
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
    this.surface.present();
  }

  destroy(): void {
    this.surface.destroy();
  }

  private paint(
    picture: Picture,
    place: StageLayout,
    palette: ScenePalette,
    elapsed: number,
  ): void {
    const { pages } = picture;
    const shown: ShownGrids = {
      pages: [pages.of(HOST_A), pages.of(HOST_B)],
      alpha: pages.from === HOST_A ? [this.fade, 1] : [1, this.fade],
      destination: pages.from === HOST_A ? HOST_B : HOST_A,
    };
    const grids = this.surface.grids(shown, place, palette);
    const lines = this.surface.lines();
    this.paintWorkingSet(lines, picture, grids, palette);
    paintPipe(lines, place.link, palette, picture.link?.up ?? true);
    this.paintWires(lines, picture, grids, place, palette);
    const { places } = ringPlaces(place.link);
    const away = this.ringsToDraw(picture, places, elapsed);
    const rings =
      pages.from === HOST_A ? away : away.map(({ x, ...ring }) => ({ ...ring, x: 1 - x }));
    paintRings(lines, rings, place.link, palette, this.stillness);
    this.surface.present();
  }

  /** Where the VM is. */
  private paintWorkingSet(
    lines: CanvasRenderingContext2D,
    picture: Picture,
    grids: PlacedGrids,
    palette: ScenePalette,
  ): void {
    const { count } = picture.pages;
    const host = hostOf(picture.verdict.whereabouts);
    if (this.working === 0 || count === 0 || host === undefined) return;
    paintOutline(lines, outlineOf(grids[host], count - this.working), palette);
  }

  private paintWires(
    lines: CanvasRenderingContext2D,
    picture: Picture,
    grids: PlacedGrids,
    place: StageLayout,
    palette: ScenePalette,
  ): void {
    const wires = wiresOf(grids, place);
    if (!wires) return;
    const route = routeOf(picture);
    const colours = [palette.hostA, palette.hostB];
    wires.ends.forEach((wire, port) => {
      const live = route === port;
      paintWire(lines, wire, wires.y, live, live ? colours[port] : palette.line);
    });
    this.marks.paint(lines, wires, palette);
  }

  /** The hand-over: what the VM leaves becomes faint. True while it is on its way. */
  private fadeSource(picture: Picture, elapsed: number): boolean {
    const { from } = picture.pages;
    // Another host that the VM leaves has not become faint.
    if (from !== this.fades) this.fade = 1;
    this.fades = from;
    const wanted = hasLeft(picture) ? FAINT : 1;
    const now = this.fade;
    if (now === wanted) return false;
    const step = elapsed / HAND_OVER_MS;
    const next = wanted < now ? Math.max(wanted, now - step) : Math.min(wanted, now + step);
    this.fade = this.stillness ? wanted : next;
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
  private ringsToDraw({ pages, now }: Picture, places: number, elapsed: number): Ring[] {
    const { flight } = pages;
    const followed = this.pace === 0 || flight.transitNs / this.pace >= FOLLOWED_MS;
    if (!this.stillness && !followed) {
      this.flow.advance(elapsed, pages);
      this.pagesPerRing = this.flow.pagesPerRing;
      return this.flow.shown;
    }
    this.flow.catchUp(pages);
    this.pagesPerRing = Math.max(1, Math.ceil(flight.size / places));
    return this.stillness ? still(flight, places) : ringsOnLink(flight, now, places);
  }
}

/** The VM is at the host it moves to. */
function hasLeft({ pages, verdict }: Picture): boolean {
  const host = hostOf(verdict.whereabouts);
  return host !== undefined && host !== pages.from;
}
