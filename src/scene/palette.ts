/** Colours of the drawing, as the page's tokens give them: `#rrggbb`. */
export interface ScenePalette {
  readonly background: string;
  readonly text: string;
  readonly line: string;
  /** Outline of hollow cells. */
  readonly stroke: string;
  readonly notSent: string;
  readonly same: string;
  readonly zero: string;
  readonly written: string;
  /** The slash on a page written again. */
  readonly slash: string;
  readonly missing: string;
  readonly missingMark: string;
  readonly hostA: string;
  readonly hostB: string;
  readonly down: string;
}

/** Ring colours of pages on the link, in the order of PAGE_REASONS. */
export function reasonColours(palette: ScenePalette): readonly string[] {
  return [palette.stroke, palette.written, palette.missing, palette.same];
}
