/**
 * The page as one HTML file that runs from a disk, without any server: scripts, styles, workers and
 * guests inside. Its policy names the one script and the one style sheet by their hashes.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, type Plugin, type Rolldown } from 'vite';

const WORKER = 'workers/lab.worker.ts';
const WORKER_IMPORT = 'lab.worker.ts?worker&url';
const WORKER_ID = '\0the worker as a blob';
/** What is different where there is only one file. */
const INSTEAD: Readonly<Record<string, string>> = {
  'bridge/fetch-guest.ts': 'workers/embedded-guests.ts',
  './own-script.ts': 'workers/embedded-script.ts',
};
const FILE = 'vm-ferry.html';

export function singleFile(root: string): Plugin {
  return {
    name: 'single-file',
    apply: 'build',
    enforce: 'pre',
    config: (own) => ({
      build: {
        outDir: own.build?.outDir ?? 'dist-single',
        copyPublicDir: false,
        assetsInlineLimit: Number.POSITIVE_INFINITY,
        cssCodeSplit: false,
        modulePreload: false,
        rolldownOptions: { output: { codeSplitting: false } },
      },
    }),
    resolveId: (source) => (source.endsWith(WORKER_IMPORT) ? WORKER_ID : undefined),
    async load(id) {
      if (id !== WORKER_ID) return undefined;
      const script = JSON.stringify(await workerScript(root));
      return `export default URL.createObjectURL(new Blob([${script}], { type: 'text/javascript' }));`;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = Object.values(bundle).find(({ fileName }) => fileName === 'index.html');
        if (page?.type !== 'asset') this.error('the build has no page');
        const source = onePage(String(page.source), Object.values(bundle));
        for (const name of Object.keys(bundle)) delete bundle[name];
        this.emitFile({ type: 'asset', fileName: FILE, source });
      },
    },
  };
}

/** The worker and all that it loads later, as one script. */
async function workerScript(root: string): Promise<string> {
  const allInside: Plugin = {
    name: 'all-inside',
    enforce: 'pre',
    resolveId(source) {
      const name = Object.keys(INSTEAD).find((ending) => source.endsWith(ending));
      return name === undefined ? undefined : join(root, INSTEAD[name]);
    },
  };
  const result = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: { EMBEDDED_GUESTS: JSON.stringify(guests(root)) },
    plugins: [allInside],
    build: {
      write: false,
      target: 'es2023',
      copyPublicDir: false,
      // As a library: nothing is added that only a page could do.
      lib: { entry: join(root, WORKER), formats: ['iife'], name: 'labWorker' },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [{ output }] = result as Rolldown.RolldownOutput[];
  if (output.length !== 1) throw new Error(`the worker became ${output.length} files`);
  return `(self.labScript = function () {\n${output[0].code}\n})();`;
}

function guests(root: string): Record<string, string> {
  const folder = join(root, 'public/guests');
  const names = readdirSync(folder).filter((name) => name.endsWith('.elf'));
  return Object.fromEntries(
    names.map((name) => [
      name.slice(0, -'.elf'.length),
      deflateRawSync(readFileSync(join(folder, name)), { level: 9 }).toString('base64'),
    ]),
  );
}

const sha256 = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function onePage(
  html: string,
  files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[],
): string {
  const scripts = files.filter((file) => file.type === 'chunk');
  const styles = files.filter(({ fileName }) => fileName.endsWith('.css'));
  if (scripts.length !== 1 || styles.length !== 1)
    throw new Error(`one file needs one script and one style sheet, not ${files.length} files`);
  const script = scripts[0].code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const style = styles[0].type === 'asset' ? String(styles[0].source) : '';
  // Functions, because a replacement's $ would mean something.
  return html
    .replace(/<script type="module"[^>]*><\/script>/, () => '')
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace('</body>', () => `<script type="module">${script}</script>\n  </body>`)
    .replace(/(http-equiv="Content-Security-Policy"\s+content=")([^"]+)"/, (_, start, policy) => {
      const own = policyFor(String(policy), { script, style });
      return `${start}${own}"`;
    });
}

/** Nothing is loaded from anywhere: what may run is named by what it is. */
function policyFor(policy: string, { script, style }: { script: string; style: string }): string {
  const changed: Readonly<Record<string, string>> = {
    'script-src': `${sha256(script)} 'wasm-unsafe-eval'`,
    'worker-src': 'blob:',
    'style-src': sha256(style),
    'connect-src': "'none'",
    'font-src': "'none'",
    'img-src': 'data: blob:',
  };
  return policy
    .split(';')
    .map((directive) => directive.trim())
    .map((directive) => {
      const [name] = directive.split(' ');
      return Object.hasOwn(changed, name) ? `${name} ${changed[name]}` : directive;
    })
    .join('; ');
}
