/**
 * Pixi registers, when it loads, parts that the stage has no use for (masks, video textures, sprite
 * sheets, particles, WebGPU), and no bundler may drop what is registered. A build cuts these lines. A
 * cut that finds nothing fails it, so that a new version of Pixi is looked at again.
 */
import type { Plugin } from 'vite';

const ALL = /^[\s\S]+$/;
const CUTS: Readonly<Record<string, readonly RegExp[]>> = {
  'lib/rendering/init.mjs': [ALL],
  'lib/spritesheet/init.mjs': [ALL],
  'lib/rendering/renderers/shared/texture/utils/textureFrom.mjs': [
    /^Texture\.from = .*\n/m,
    /^TextureSource\.from = .*\n/m,
  ],
  // What Pixi may load later: events and accessibility, which are the page's own.
  'lib/environment-browser/browserExt.mjs': [/^ *await import\('\.\/browserAll\.mjs'\);\n/m],
  'lib/environment-webworker/webworkerExt.mjs': [/^ *await import\('\.\/webworkerAll\.mjs'\);\n/m],
  // What spares Pixi `eval`, less what it does for particles, uniform blocks and WebGPU,
  'lib/unsafe-eval/init.mjs': [
    /^import \{ (?:\w*Ubo|Particle|generateParticle|generateUbo).*\n/gm,
    /^ {2}Object\.assign\((?:\w*UboSystem|ParticleBuffer)\.prototype, \{[^}]*\}(?:\n {2}\})?\);\n/gm,
  ],
  // and what it takes the place of.
  'lib/rendering/renderers/gl/shader/GlShaderSystem.mjs': [
    /^import \{ generateShaderSyncCode \}.*\n/m,
    /^ {2}_generateShaderSync\([^}]*\}\n/m,
  ],
  'lib/rendering/renderers/gl/shader/GlUniformGroupSystem.mjs': [
    /^import \{ generateUniformsSync \}.*\n/m,
    /^ {2}_generateUniformsSync\([^}]*\}\n/m,
  ],
  // Programs for WebGPU.
  'lib/rendering/renderers/shared/shader/Shader.mjs': [
    /^import \{ GpuProgram \}.*\n/m,
    /^ {6}gpuProgram = GpuProgram\.from\(gpu\);\n/m,
  ],
  // The palette has no colours by name.
  'lib/color/Color.mjs': [/^import namesPlugin.*\n/m, /^extend\(\[namesPlugin\]\);\n/m],
};

export function pixiParts(): Plugin {
  const left = new Set(Object.keys(CUTS));
  return {
    name: 'pixi-parts',
    apply: 'build',
    transform(code, id) {
      const file = Object.keys(CUTS).find((name) => id.endsWith(`/pixi.js/${name}`));
      if (file === undefined) return null;
      left.delete(file);
      return { code: cut(code, file), map: null };
    },
    buildEnd(error) {
      if (error === undefined && left.size > 0)
        this.error(`pixi-parts: Pixi no longer loads ${[...left].join(', ')}`);
    },
  };
}

function cut(code: string, file: string): string {
  return (CUTS[file] ?? []).reduce((rest, unused) => {
    const shorter = rest.replace(unused, '');
    if (shorter === rest) throw new Error(`pixi-parts: ${file} has nothing like ${unused}`);
    return shorter;
  }, code);
}
