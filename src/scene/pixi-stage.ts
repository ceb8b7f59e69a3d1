/**
 * The drawing: two page grids, the link with the pages on it, the wires to the switch. It is painted
 * when the picture, the layout or the colours changed, and at no other time.
 */
import 'pixi.js/unsafe-eval';
import { CanvasRenderer, Container, Graphics, type Renderer, WebGLRenderer } from 'pixi.js';
import type { Picture } from '../trace/picture.ts';
import { Flow, FOLLOWED_MS } from './flow.ts';
import { type GridView, ImageGrid, ShadedGrid } from './grid-view.ts';
import { reasonColours, type ScenePalette } from './palette.ts';
import { pickRenderer } from './pick-renderer.ts';
import { routeOf } from './route.ts';
import type { Box, Stage, StageLayout, StageOptions } from './stage.ts';
import { type Ring, ringsOnLink, still } from './train.ts';

const RING_RADIUS = 5.5;
const RING_LANE = 2.6 * RING_RADIUS;
/** What the VM has left behind is drawn faintly. */
const FAINT = 0.32;
const HAND_OVER_MS = 240;
/** Without progress for so long, virtual time stands. */
const STANDS_MS = 250;

export async function createStage(options: StageOptions): Promise<Stage> {
  const kind = options.renderer ?? pickRenderer();
  const renderer = kind === 'webgl' ? new WebGLRenderer() : new CanvasRenderer();
  await renderer.init({
    canvas: options.canvas,
    backgroundAlpha: 0,
    antialias: true,
    autoDensity: false,
    // Events, accessibility and the like are the page's own; nothing of Pixi's is wanted.
    skipExtensionImports: true,
  });
  return new PixiStage(renderer, kind, options.stillness);
}

class PixiStage implements Stage {
  readonly renderer: 'webgl' | 'canvas';
  pagesPerRing = 1;
  private readonly pixi: Renderer;
  private readonly stillness: boolean;
  private readonly root = new Container();
  private readonly wires = new Graphics();
  private readonly rings = new Graphics();
  private readonly frames = new Graphics();
  private readonly grids: readonly [GridView, GridView];
  private place: StageLayout | undefined;
  private colours: ScenePalette | undefined;
  /** What the wires and frames were drawn for. */
  private drawn = '';
  private seen = { version: -1, picture: undefined as Picture | undefined };
  private stale = true;
  private wasMoving = false;
  /** How far each grid is faded, now and wanted. */
  private readonly fade = [1, 1];
  private lastWall = 0;
  private readonly flow = new Flow();
  /** Virtual nanoseconds in a millisecond of watching, smoothed; 0 while nothing moves. */
  private pace = 0;
  private lastNow = 0;
  private sinceMoved = 0;

  constructor(pixi: Renderer, kind: 'webgl' | 'canvas', stillness: boolean) {
    this.pixi = pixi;
    this.renderer = kind;
    this.stillness = stillness;
    this.grids =
      kind === 'webgl'
        ? [new ShadedGrid(false), new ShadedGrid(true)]
        : [new ImageGrid(false), new ImageGrid(true)];
    const [a, b] = this.grids;
    this.root.addChild(this.wires, a.view, b.view, this.frames, this.rings);
  }

  layout(layout: StageLayout): void {
    this.place = layout;
    this.pixi.resize(layout.width, layout.height, layout.ratio);
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
    const moving = this.fadeGrids(picture, elapsed) || this.pace > 0;
    const fresh = seen.picture !== picture || seen.version !== picture.version;
    const stopped = this.wasMoving && !moving;
    this.wasMoving = moving;
    if (!fresh && !this.stale && !moving && !stopped) return false;
    this.seen = { picture, version: picture.version };
    const { pages } = picture;
    const { gridA, gridB, ratio } = place;
    this.grids[0].show(pages.source, gridA, ratio, colours);
    this.grids[1].show(pages.destination, gridB, ratio, colours);
    this.drawWires(picture, place, colours);
    this.drawRings(picture, place.link, colours, elapsed);
    this.stale = false;
    this.pixi.render(this.root);
    return moving;
  }

  repaint(): void {
    this.pixi.render(this.root);
  }

  destroy(): void {
    for (const grid of this.grids) grid.destroy();
    this.root.destroy({ children: true });
    this.pixi.destroy();
  }

  /** The hand-over: what the VM leaves becomes faint. True while it is on its way. */
  private fadeGrids(picture: Picture, elapsed: number): boolean {
    const left = picture.hosts[1].vm === 'running' || picture.hosts[1].vm === 'blocked';
    const wanted = left ? FAINT : 1;
    const step = elapsed / HAND_OVER_MS;
    const [now] = this.fade;
    if (now === wanted) return false;
    const next = wanted < now ? Math.max(wanted, now - step) : Math.min(wanted, now + step);
    this.fade[0] = this.stillness ? wanted : next;
    this.grids[0].view.alpha = this.fade[0];
    return true;
  }

  private drawWires(picture: Picture, place: StageLayout, colours: ScenePalette): void {
    const route = routeOf(picture);
    const up = picture.link?.up ?? true;
    const key = JSON.stringify([place, colours, route, up, picture.pages.count]);
    if (key === this.drawn) return;
    this.drawn = key;
    const [a, b] = this.grids.map(({ bounds }) => bounds);
    const { link, switchBox } = place;
    this.wires.clear();
    this.frames.clear();
    drawPipe(this.wires, link, up ? colours.line : colours.down, up);
    // On a narrow page the switch stands below the grids, and the words say where it leads.
    if (switchBox.y > a.y + a.height) return;
    const y = Math.round(switchBox.y + switchBox.height / 2) + 0.5;
    drawWire(
      this.wires,
      a.x + a.width + 6,
      switchBox.x,
      y,
      route === 0,
      route === 0 ? colours.hostA : colours.line,
    );
    drawWire(
      this.wires,
      b.x - 6,
      switchBox.x + switchBox.width,
      y,
      route === 1,
      route === 1 ? colours.hostB : colours.line,
    );
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

  private drawRings(picture: Picture, link: Box, colours: ScenePalette, elapsed: number): void {
    const lanes = Math.max(1, Math.floor((link.height - 4) / RING_LANE));
    const places = Math.floor(link.width / RING_LANE) * lanes;
    this.rings.clear();
    const rings = this.ringsToDraw(picture, places, elapsed);
    const tints = reasonColours(colours);
    rings.forEach(({ x, reason }, i) => {
      const lane = lanes === 1 ? 0 : i % lanes;
      const centreY = link.y + link.height / 2 + (lane - (lanes - 1) / 2) * RING_LANE;
      const centreX = link.x + RING_RADIUS + 3 + x * (link.width - 2 * RING_RADIUS - 6);
      this.rings
        .circle(centreX, centreY, RING_RADIUS - 1.2)
        .stroke({ width: 2.6, color: tints[reason] });
    });
  }
}

function drawPipe(
  graphics: Graphics,
  { x, y, width, height }: Box,
  colour: string,
  up: boolean,
): void {
  const left = Math.round(x) + 0.5;
  const right = Math.round(x + width) - 0.5;
  const style = { width: 1.5, color: colour };
  for (const edge of [Math.round(y) + 0.5, Math.round(y + height) - 0.5]) {
    if (up) graphics.moveTo(left, edge).lineTo(right, edge).stroke(style);
    else dashed(graphics, left, right, edge, style);
  }
}

function drawWire(
  graphics: Graphics,
  from: number,
  to: number,
  y: number,
  live: boolean,
  colour: string,
): void {
  const [left, right] = from < to ? [from, to] : [to, from];
  if (right - left < 4) return;
  if (live) graphics.moveTo(left, y).lineTo(right, y).stroke({ width: 4, color: colour });
  else dashed(graphics, left, right, y, { width: 2, color: colour });
}

function dashed(
  graphics: Graphics,
  from: number,
  to: number,
  y: number,
  style: { width: number; color: string },
): void {
  for (let x = from; x < to; x += 10)
    graphics
      .moveTo(x, y)
      .lineTo(Math.min(to, x + 5), y)
      .stroke(style);
}
