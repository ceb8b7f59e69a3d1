/** What the stage shows besides the grids: the link, the wires to the switch, the pages under way. */
import type { Picture } from '../trace/picture.ts';
import type { Line, Ring } from './painter.ts';
import { RING_RADIUS, RING_STROKE } from './painter.ts';
import { reasonColours, type ScenePalette } from './palette.ts';
import { routeOf } from './route.ts';
import type { Box, StageLayout } from './stage.ts';
import type { PageOnLink } from './train.ts';

const RING_LANE = 2.6 * RING_RADIUS;
/** Between a grid and its wire. */
const WIRE_GAP = 6;

/** How the rings fit on the link: in lanes one above the other. */
export function ringPlaces(link: Box): { readonly lanes: number; readonly places: number } {
  const lanes = Math.max(1, Math.floor((link.height - 4) / RING_LANE));
  return { lanes, places: Math.floor(link.width / RING_LANE) * lanes };
}

export function ringsAt(pages: readonly PageOnLink[], link: Box, colours: ScenePalette): Ring[] {
  const { lanes } = ringPlaces(link);
  const tints = reasonColours(colours);
  const inset = RING_RADIUS + RING_STROKE / 2 + 2;
  return pages.map(({ x, reason }, i) => {
    const lane = lanes === 1 ? 0 : i % lanes;
    return {
      x: link.x + inset + x * (link.width - 2 * inset),
      y: link.y + link.height / 2 + (lane - (lanes - 1) / 2) * RING_LANE,
      colour: tints[reason] ?? colours.stroke,
    };
  });
}

/** `gridA`, `gridB`: where the cells lie. */
export function linesOf(
  picture: Picture,
  { link, switchBox }: StageLayout,
  gridA: Box,
  gridB: Box,
  colours: ScenePalette,
): Line[] {
  const up = picture.link?.up ?? true;
  const pipe = [link.y, link.y + link.height].map((edge) => ({
    x: Math.round(link.x),
    y: Math.round(edge),
    length: Math.round(link.width),
    width: 1.5,
    colour: up ? colours.line : colours.down,
    dashed: !up,
  }));
  // On a narrow page the switch stands below the grids, and the words say where it leads.
  if (switchBox.y > gridA.y + gridA.height) return pipe;
  const route = routeOf(picture);
  const y = Math.round(switchBox.y + switchBox.height / 2);
  const wire = (from: number, to: number, live: boolean, colour: string): Line[] =>
    to - from < 4
      ? []
      : [
          {
            x: from,
            y,
            length: to - from,
            width: live ? 4 : 2,
            colour: live ? colour : colours.line,
            dashed: !live,
          },
        ];
  return [
    ...pipe,
    ...wire(gridA.x + gridA.width + WIRE_GAP, switchBox.x, route === 0, colours.hostA),
    ...wire(switchBox.x + switchBox.width, gridB.x - WIRE_GAP, route === 1, colours.hostB),
  ];
}
