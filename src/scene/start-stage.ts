/** Starts the drawing; Pixi is loaded only where WebGL draws. */
import { CanvasSurface } from './canvas-surface.ts';
import { Drawing } from './drawing.ts';
import { pickRenderer } from './pick-renderer.ts';
import type { Stage, StageOptions } from './stage.ts';

export async function createStage(options: StageOptions): Promise<Stage> {
  const { canvas, stillness } = options;
  if ((options.renderer ?? pickRenderer()) === 'canvas')
    return new Drawing(new CanvasSurface(canvas), stillness);
  const { createPixiSurface } = await import('./pixi-surface.ts');
  const drawing: Drawing = new Drawing(
    await createPixiSurface(canvas, () => {
      drawing.spoil();
      options.onLost?.();
    }),
    stillness,
  );
  return drawing;
}
