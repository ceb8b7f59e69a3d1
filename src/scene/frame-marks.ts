/**
 * Frames of the guest's network that tell the story of the move: the announcement on its way from the
 * new host to the switch, and frames for the VM that the old host drops. A frame takes microseconds,
 * so each is shown for a moment of watching after it happened.
 */
import type { FramePicture, Picture } from '../trace/picture.ts';
import type { Wire } from './lines.ts';
import type { ScenePalette } from './palette.ts';

const SHOWN_MS = 1100;
const TRAVEL_MS = 700;
/** What happened longer ago when it is first seen, in virtual time, is history. */
const RECENT_NS = 100e6;
const MOST = 8;

interface Mark {
  readonly frame: FramePicture;
  /** Does not travel: it stands where it tells its story. */
  readonly still: boolean;
  age: number;
}

export class FrameMarks {
  private marks: Mark[] = [];
  private lastNow = 0;
  private newest = -1;

  /** Takes in what the picture has new; true while something is shown. */
  watch(picture: Picture, elapsed: number, stillness: boolean): boolean {
    if (picture.now < this.lastNow) this.reset();
    this.lastNow = picture.now;
    const shown = this.marks.length > 0;
    for (const mark of this.marks) mark.age += elapsed;
    this.marks = this.marks.filter(({ age }) => age < SHOWN_MS);
    for (const frame of picture.frames) {
      if (frame.at <= this.newest) continue;
      this.newest = frame.at;
      if (picture.now - frame.at > RECENT_NS) continue;
      this.marks.push({ frame, age: 0, still: stillness });
    }
    if (this.marks.length > MOST) this.marks.splice(0, this.marks.length - MOST);
    return shown || this.marks.length > 0;
  }

  paint(
    context: CanvasRenderingContext2D,
    { y, ends }: { readonly y: number; readonly ends: readonly [Wire, Wire] },
    palette: ScenePalette,
  ): void {
    for (const { frame, age, still } of this.marks) {
      const wire = ends[frame.port];
      if (!wire) continue;
      const announced = frame.what === 'announced';
      const stands = announced ? 0.5 : 1;
      const way = still ? stands : Math.min(1, age / TRAVEL_MS);
      if (announced) {
        const x = wire.host + (wire.port - wire.host) * way;
        paintEnvelope(context, x, y, frame.port === 0 ? palette.hostA : palette.hostB, palette);
      } else {
        const x = wire.port + (wire.host - wire.port) * way;
        if (way < 1) paintEnvelope(context, x, y, palette.line, palette);
        else paintCross(context, Math.round(x), Math.round(y), palette.down);
      }
    }
  }

  private reset(): void {
    this.marks = [];
    this.newest = -1;
  }
}

function paintEnvelope(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
  palette: ScenePalette,
): void {
  const [left, top, width, height] = [Math.round(x) - 8, Math.round(y) - 6, 16, 12];
  context.fillStyle = palette.background;
  context.fillRect(left, top, width, height);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(left, top, width, height);
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left + width / 2, top + height / 2);
  context.lineTo(left + width, top);
  context.stroke();
}

function paintCross(context: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(x - 6, y - 6);
  context.lineTo(x + 6, y + 6);
  context.moveTo(x + 6, y - 6);
  context.lineTo(x - 6, y + 6);
  context.stroke();
}
