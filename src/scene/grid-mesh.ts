/**
 * A grid as one quad: what its cells show in a texture of one texel each, the palette as uniforms, fills
 * and glyphs in the fragment shader. What it costs does not grow with the number of pages.
 */
import { BufferImageSource, Color, UniformGroup } from 'pixi.js';
import { PAGE_STATES } from '../trace/page-book.ts';
import { fillOf } from './cell-canvas.ts';
import { GLYPH_CELL, type GridFit } from './grid-fit.ts';
import type { ScenePalette } from './palette.ts';
import { Quad } from './quad.ts';

/** Order of uFills: as PAGE_STATES; of uMarks: background, outline, slash, missing's cross, line. */
const FRAGMENT = `#version 300 es
precision highp float;
in vec2 vPlace;
out vec4 finalColor;
uniform sampler2D uCells;
uniform vec4 uFills[7];
uniform vec4 uMarks[5];
uniform vec4 uSize; // width, height, cell, side
uniform vec4 uFlags; // columns, cells, glyphs, holes
uniform float uAlpha; // of the quad: fades it

float band(float distance, float width) { return 1.0 - smoothstep(width * 0.5 - 0.5, width * 0.5 + 0.5, abs(distance)); }

void main() {
  vec2 at = vPlace * uSize.xy;
  vec2 cell = floor(at / uSize.z);
  vec2 local = at - cell * uSize.z;
  float side = uSize.w;
  float index = cell.y * uFlags.x + cell.x;
  if (local.x >= side || local.y >= side || index >= uFlags.y) { finalColor = uMarks[0] * uAlpha; return; }
  ivec3 look = ivec3(floor(texelFetch(uCells, ivec2(cell), 0).rgb * 255.0 + 0.5)); // state, other, height
  int state = look.r;
  vec4 colour = uFills[local.y < side - float(look.b) ? look.g : state];
  float edge = max(1.0, floor(side / 14.0 + 0.5));
  float toEdge = min(min(local.x, local.y), min(side - local.x, side - local.y));
  if (toEdge < edge) {
    if (state == 0 || state == 2) colour = mix(colour, uMarks[1], 0.7);
    if (state == 1) colour = mix(colour, uMarks[4], 0.55);
  }
  if (uFlags.z > 0.5) {
    vec2 middle = local - vec2(side * 0.5);
    float width = max(1.2, side / 7.0);
    float inside = step(side * 0.14, toEdge);
    float rising = (middle.x + middle.y) * 0.7071;
    float falling = (middle.x - middle.y) * 0.7071;
    if (state == 5) {
      colour = mix(colour, uMarks[2], band(rising, width) * inside);
      if (uFlags.w > 0.5 && max(abs(middle.x), abs(middle.y)) < side * 0.18) colour = uMarks[0];
    } else if (state == 6) {
      colour = mix(colour, uMarks[3], max(band(rising, width), band(falling, width)) * inside);
    } else if (state == 2) {
      colour = mix(colour, uMarks[1], band(length(middle) - side * 0.24, width));
    } else if (state == 4 && max(abs(middle.x), abs(middle.y)) < side * 0.14) {
      colour = uMarks[0];
    }
  }
  finalColor = colour * uAlpha;
}`;

export class GridMesh {
  readonly view: Quad;
  private readonly uniforms = new UniformGroup({
    uFills: { value: new Float32Array(28), type: 'vec4<f32>', size: 7 },
    uMarks: { value: new Float32Array(20), type: 'vec4<f32>', size: 5 },
    uSize: { value: new Float32Array(4), type: 'vec4<f32>' },
    uFlags: { value: new Float32Array(4), type: 'vec4<f32>' },
  });
  private texels = new Uint32Array(8);
  private source = sourceOf(this.texels, 8);
  private holes = false;
  private fit: GridFit | undefined;
  private palette: ScenePalette | undefined;

  constructor() {
    this.view = new Quad(FRAGMENT, { uCells: this.source, grid: this.uniforms });
  }

  /** `holes`: the old copy of a page written again is one. */
  show(looks: Uint32Array, fit: GridFit, palette: ScenePalette, holes: boolean): boolean {
    const resized = this.fit !== fit || this.holes !== holes;
    const changed = resized || this.palette !== palette;
    this.holes = holes;
    if (resized) this.resize(fit);
    if (this.palette !== palette) this.recolour(palette);
    this.fit = fit;
    this.palette = palette;
    const { texels } = this;
    if (!changed && looks.every((look, i) => texels[i] === look)) return false;
    texels.set(looks);
    this.source.update();
    return true;
  }

  destroy(): void {
    this.view.destroy();
    this.source.destroy();
  }

  private resize(fit: GridFit): void {
    const old = this.source;
    this.texels = new Uint32Array(fit.columns * fit.rows);
    this.source = sourceOf(this.texels, fit.columns);
    this.view.shader.resources.uCells = this.source;
    old.destroy();
    const { uSize, uFlags } = this.uniforms.uniforms;
    uSize.set([fit.width, fit.height, fit.cell, fit.cell - fit.gap]);
    uFlags.set([fit.columns, fit.cells, fit.cell >= GLYPH_CELL ? 1 : 0, this.holes ? 1 : 0]);
    this.uniforms.update();
  }

  private recolour(palette: ScenePalette): void {
    const { uFills, uMarks } = this.uniforms.uniforms;
    uFills.set(PAGE_STATES.flatMap((_, state) => components(fillOf(state, palette))));
    const marks = [
      palette.background,
      palette.stroke,
      palette.slash,
      palette.missingMark,
      palette.line,
    ];
    uMarks.set(marks.flatMap(components));
    this.uniforms.update();
  }
}

/** The bytes of a look, lowest first, are a texel's red, green and blue: every browser's machine is little-endian. */
function sourceOf(texels: Uint32Array<ArrayBuffer>, columns: number): BufferImageSource {
  return new BufferImageSource({
    resource: new Uint8Array(texels.buffer),
    width: columns,
    height: texels.length / columns,
    format: 'rgba8unorm',
    scaleMode: 'nearest',
    alphaMode: 'no-premultiply-alpha',
  });
}

const components = (colour: string): number[] => [...new Color(colour).toArray()];
