/**
 * WebGL in software is slower than the plain canvas for what the stage draws, and asking for no
 * performance caveat does not tell (Chromium under SwiftShader says there is none): the renderer's
 * own name does.
 */
const SOFTWARE = /swiftshader|llvmpipe|basic render|software/i;

export function pickRenderer(): 'webgl' | 'canvas' {
  const context = document.createElement('canvas').getContext('webgl2');
  if (!context) return 'canvas';
  const extension = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(
    context.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : context.RENDERER),
  );
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return SOFTWARE.test(name) ? 'canvas' : 'webgl';
}
