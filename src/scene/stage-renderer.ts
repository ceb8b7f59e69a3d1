/**
 * Pixi's WebGL renderer, put together from the parts that a few shaded quads need. Its ready-made one
 * brings masks, filters, batches of sprites, exports and assets, which load half as much again.
 */
import 'pixi.js/unsafe-eval';
import {
  AbstractRenderer,
  BackgroundSystem,
  BlendModePipe,
  ColorMaskPipe,
  CustomRenderPipe,
  GCSystem,
  GlBufferSystem,
  GlColorMaskSystem,
  GlContextSystem,
  GlEncoderSystem,
  GlGeometrySystem,
  GlLimitsSystem,
  GlobalUniformSystem,
  GlRenderTargetSystem,
  GlShaderSystem,
  GlStateSystem,
  GlStencilSystem,
  GlTextureSystem,
  GlUniformGroupSystem,
  type PipeConstructor,
  RendererType,
  RenderGroupPipe,
  RenderGroupSystem,
  type SystemConstructor,
  ViewSystem,
  type WebGLOptions,
  type WebGLPipes,
} from 'pixi.js';

/** Every pipe asks it to close its batch first; here nothing is ever batched. */
class NoBatchPipe {
  static readonly extension = { name: 'batch' };
  break(): void {}
  buildStart(): void {}
  buildEnd(): void {}
  upload(): void {}
  destroy(): void {}
}

const SYSTEMS = [
  BackgroundSystem,
  GlobalUniformSystem,
  ViewSystem,
  RenderGroupSystem,
  GCSystem,
  GlContextSystem,
  GlLimitsSystem,
  GlBufferSystem,
  GlTextureSystem,
  GlRenderTargetSystem,
  GlGeometrySystem,
  GlUniformGroupSystem,
  GlShaderSystem,
  GlEncoderSystem,
  GlStateSystem,
  GlStencilSystem,
  GlColorMaskSystem,
];
const PIPES = [BlendModePipe, ColorMaskPipe, NoBatchPipe, RenderGroupPipe, CustomRenderPipe];

interface Part {
  readonly extension: { readonly name: string };
}
const named = <Made>(parts: readonly Part[]): { name: string; value: Made }[] =>
  parts.map((part) => ({ name: part.extension.name, value: part as unknown as Made }));

export class StageRenderer extends AbstractRenderer<WebGLPipes, WebGLOptions, HTMLCanvasElement> {
  declare readonly encoder: GlEncoderSystem;
  declare readonly globalUniforms: GlobalUniformSystem;

  constructor() {
    super({
      name: 'webgl',
      type: RendererType.WEBGL,
      systems: named<SystemConstructor>(SYSTEMS),
      renderPipes: named<PipeConstructor>(PIPES),
      renderPipeAdaptors: [],
    });
  }
}
