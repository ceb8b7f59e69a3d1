/** Makes files of a run, in a worker of its own: the page's run goes on undisturbed. */
import * as Comlink from 'comlink';
import type { Exporter } from '../src/lab/export.ts';
import { loadAllCode } from '../src/lab/late-code.ts';
import { loadGuest } from './load-guest.ts';

export function startExporter(): void {
  const exporter: Exporter = {
    async exportFile(request) {
      // What no migration needs is loaded only now: the formats of state files.
      const { exportFile } = await import('../src/lab/export.ts');
      await loadAllCode();
      const guest = await loadGuest(request.scenario.vm);
      return guest.ok ? exportFile(request, guest.value) : guest;
    },
    async lookAtFile(name, bytes) {
      const { lookAtFile } = await import('../src/lab/file-look.ts');
      return lookAtFile(name, bytes);
    },
    async vmFromFile(name, bytes, host) {
      const { vmFromFile } = await import('../src/lab/vm-from-file.ts');
      return vmFromFile(name, bytes, host);
    },
  };
  Comlink.expose(exporter);
}
