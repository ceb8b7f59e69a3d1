/** What lies above the grids, painted on a canvas: the pipe between the hosts, the wires, the rings. */
import { reasonColours, type ScenePalette } from './palette.ts';
import type { Box, StageLayout } from './stage.ts';
import type { Ring } from './train.ts';

const RING_RADIUS = 5.5;
const RING_LANE = 2.6 * RING_RADIUS;

type Context = CanvasRenderingContext2D;

export function paintPipe(context: Context, link: Box, palette: ScenePalette, up: boolean): void {
  const left = Math.round(link.x) + 0.5;
  const right = Math.round(link.x + link.width) - 0.5;
  context.strokeStyle = up ? palette.line : palette.down;
  context.lineWidth = 1.5;
  for (const edge of [Math.round(link.y) + 0.5, Math.round(link.y + link.height) - 0.5])
    line(context, left, right, edge, up);
}

/** The wires' ends, from host to switch; undefined where the switch stands below the grids. */
export function wiresOf(
  [a, b]: readonly [Box, Box],
  { switchBox }: StageLayout,
): { readonly y: number; readonly ends: readonly [Wire, Wire] } | undefined {
  // On a narrow page the words say where the switch leads.
  if (switchBox.y > a.y + a.height) return undefined;
  return {
    y: Math.round(switchBox.y + switchBox.height / 2) + 0.5,
    ends: [
      { host: a.x + a.width + 6, port: switchBox.x },
      { host: b.x - 6, port: switchBox.x + switchBox.width },
    ],
  };
}

export interface Wire {
  readonly host: number;
  readonly port: number;
}

export function paintWire(
  context: Context,
  { host, port }: Wire,
  y: number,
  live: boolean,
  colour: string,
): void {
  if (Math.abs(port - host) < 4) return;
  context.strokeStyle = colour;
  context.lineWidth = live ? 4 : 2;
  line(context, Math.min(host, port), Math.max(host, port), y, live);
}

/** How many rings have a place on the link, and in how many lanes. */
export function ringPlaces(link: Box): { readonly lanes: number; readonly places: number } {
  const lanes = Math.max(1, Math.floor((link.height - 4) / RING_LANE));
  return { lanes, places: Math.floor(link.width / RING_LANE) * lanes };
}

export function paintRings(
  context: Context,
  rings: readonly Ring[],
  link: Box,
  palette: ScenePalette,
  still: boolean,
): void {
  // What does not move lies on whole pixels; what moves must be able to move by less.
  const place = (at: number) => (still ? Math.round(at) : at);
  const { lanes } = ringPlaces(link);
  const tints = reasonColours(palette);
  context.lineWidth = 2.6;
  rings.forEach(({ x, reason }, i) => {
    const lane = i % lanes;
    const centreY = link.y + link.height / 2 + (lane - (lanes - 1) / 2) * RING_LANE;
    const centreX = link.x + RING_RADIUS + 3 + x * (link.width - 2 * RING_RADIUS - 6);
    context.strokeStyle = tints[reason];
    context.beginPath();
    context.arc(place(centreX), place(centreY), RING_RADIUS - 1.2, 0, 2 * Math.PI);
    context.stroke();
  });
}

function line(context: Context, from: number, to: number, y: number, solid: boolean): void {
  context.setLineDash(solid ? [] : [5, 5]);
  context.beginPath();
  context.moveTo(from, y);
  context.lineTo(to, y);
  context.stroke();
  context.setLineDash([]);
}
