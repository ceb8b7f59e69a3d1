/** Planted bugs in what the daemons do with pages and the dirty log. */
import { duration } from '../../../base/units.ts';
import type { DirtyPages } from '../../../vmm/vmm.ts';
import { NEIGHBOUR_ID } from '../../faults-host.ts';
import { type Canary, tracing, watchedVm, withServices, withVm } from './plant.ts';

const NOTHING_DIRTY: DirtyPages = {
  frames: new Uint32Array(0),
  faults: 0,
  cost: duration(0),
  lost: duration(0),
};

export const MEMORY_BUGS: readonly Canary[] = [
  {
    name: 'lost-dirty-page',
    what: 'the last page of each reading of the dirty log is forgotten',
    breaks: ['S6'],
    make: () =>
      withVm('source', (vm) => {
        const collect = vm.collectDirty.bind(vm);
        return {
          collectDirty: () => {
            const dirty = collect();
            return { ...dirty, frames: dirty.frames.subarray(0, -1) };
          },
        };
      }),
  },
  {
    name: 'log-cleared',
    what: 'a reading of the dirty log that found much is thrown away, as if its round had failed',
    breaks: ['S6'],
    make: () =>
      withVm('source', (vm) => {
        const collect = vm.collectDirty.bind(vm);
        return {
          collectDirty: () => {
            const dirty = collect();
            return dirty.frames.length > 5 ? NOTHING_DIRTY : dirty;
          },
        };
      }),
  },
  {
    name: 'late-log',
    what: 'the dirty log starts only after the first round has been read',
    breaks: ['S3', 'S4', 'S6'],
    make: () =>
      withVm('source', (vm) => {
        const start = vm.startDirtyLog.bind(vm);
        const collect = vm.collectDirty.bind(vm);
        let logging = false;
        return {
          startDirtyLog: () => duration(0),
          collectDirty: () => {
            if (logging) return collect();
            logging = true;
            start();
            return NOTHING_DIRTY;
          },
        };
      }),
  },
  {
    name: 'log-left-on',
    what: 'the dirty log is not switched off when a migration ends',
    breaks: ['S4', 'S6', 'S9'],
    make: () => withVm('source', () => ({ stopDirtyLog: () => {} })),
  },
  {
    name: 'page-not-installed',
    what: 'one page of each hundred is acknowledged and dropped',
    breaks: ['S3'],
    make: () =>
      withVm('destination', (vm) => {
        const install = vm.installPage.bind(vm);
        return {
          installPage: (frame, bytes) => {
            if (frame % 100 !== 41) install(frame, bytes);
            else vm.installZeroPage(frame);
          },
        };
      }),
  },
  {
    name: 'stale-page',
    what: 'a page that comes again is given its first content again',
    breaks: ['S3'],
    make: () =>
      withVm('destination', (vm) => {
        const install = vm.installPage.bind(vm);
        const first = new Map<number, Uint8Array>();
        return {
          installPage: (frame, bytes) => {
            const known = first.get(frame) ?? bytes.slice();
            first.set(frame, known);
            install(frame, known);
          },
        };
      }),
  },
  {
    name: 'stale-read',
    what: 'the source sends a page again from a copy it took the first time',
    breaks: ['S3'],
    make: () =>
      withVm('source', (vm) => {
        const read = vm.readPage.bind(vm);
        const first = new Map<number, Uint8Array>();
        return {
          readPage: (frame, into) => {
            const known = first.get(frame);
            if (known !== undefined) {
              into.set(known);
              return;
            }
            read(frame, into);
            first.set(frame, into.slice());
          },
        };
      }),
  },
  {
    name: 'short-page',
    what: 'the last byte of a page is not copied',
    breaks: ['S3'],
    make: () =>
      withVm('destination', (vm) => {
        const install = vm.installPage.bind(vm);
        return {
          installPage: (frame, bytes) => {
            const short = bytes.slice();
            short[4095] ^= 1;
            install(frame, short);
          },
        };
      }),
  },
  {
    name: 'neighbour-read',
    what: 'a page is read at the frame number next to it',
    breaks: ['S3'],
    make: () =>
      withVm('source', (vm) => {
        const read = vm.readPage.bind(vm);
        return {
          readPage: (frame, into) => read((frame === 300 ? 301 : frame) as typeof frame, into),
        };
      }),
  },
  {
    name: 'zero-by-first-word',
    what: 'a page counts as zero if its first word is',
    breaks: ['S3'],
    make: () =>
      withVm('source', (vm) => {
        const isZero = vm.isZeroPage.bind(vm);
        const page = new Uint8Array(4096);
        return {
          isZeroPage: (frame) => {
            if (isZero(frame)) return true;
            vm.readPage(frame, page);
            return page[0] === 0 && page[1] === 0 && page[2] === 0 && page[3] === 0;
          },
        };
      }),
  },
  {
    name: 'zero-not-written',
    what: 'a zero page is taken as there already, though it had content before',
    breaks: ['S3'],
    make: () =>
      withVm('destination', (vm) => {
        const install = vm.installZeroPage.bind(vm);
        const scribbled = new Set<number>();
        return {
          installZeroPage: (frame) => {
            if (scribbled.size === 0 && !vm.isMissing(frame)) {
              scribbled.add(frame);
              vm.installPage(frame, new Uint8Array(4096).fill(0xaa));
            } else install(frame);
          },
        };
      }),
  },
  {
    name: 'missing-not-marked',
    what: 'one of the pages still to be pulled is not marked as missing',
    breaks: ['S3', 'S4'],
    make: () =>
      withVm('destination', (vm) => {
        const mark = vm.markMissing.bind(vm);
        return { markMissing: (frames) => mark(frames.subarray(0, -1)) };
      }),
  },
  {
    name: 'done-too-early',
    what: 'the pull is called complete with some pages missing',
    breaks: ['S4'],
    make: () =>
      withVm('destination', (vm) => {
        const { isMissing } = vm;
        Object.defineProperty(vm, 'missingPages', {
          get() {
            let missing = 0;
            for (let frame = 0; frame < vm.config.pages; frame++)
              if (isMissing.call(vm, frame as never)) missing += 1;
            return Math.max(0, missing - 40);
          },
        });
        return {};
      }),
  },
  {
    name: 'scribble-when-paused',
    what: 'the source’s daemon writes into the VM while it stands still',
    breaks: ['S8'],
    make: () =>
      tracing('source', 'migration.status', (fields, services) => {
        if (fields.status === 'device')
          watchedVm(services)?.writeMemory(0x1f_0000, Uint8Array.of(0x55));
        return fields;
      }),
  },
  {
    name: 'copy-not-freed',
    what: 'the destination does not destroy its copy when a migration fails',
    breaks: ['S17'],
    make: () => withServices('destination', () => ({ destroy: () => {} })),
  },
  {
    name: 'source-not-freed',
    what: 'the source keeps the memory of a VM that has moved',
    breaks: ['S16'],
    make: () => withServices('source', () => ({ destroy: () => {} })),
  },
  {
    name: 'freed-not-zeroed',
    what: 'memory of a destroyed copy goes back with its contents',
    breaks: ['S22'],
    make: () =>
      withServices('destination', (services) => ({
        destroy: (vm) => {
          const view = vm.inspect();
          const at = view.frameOffset(0 as never);
          services.destroy(vm);
          view.memory.fill(0x77, at, at + 16);
        },
      })),
  },
  {
    name: 'neighbour-overwritten',
    what: 'the destination writes into another VM when memory is short',
    breaks: ['S21'],
    make: () =>
      tracing('destination', 'message.sent', (fields, services) => {
        const neighbour = services.vmm.vms().find(({ config }) => config.id === NEIGHBOUR_ID);
        if (fields.type === 'refused' || fields.type === 'abort')
          neighbour?.writeMemory(0x20, Uint8Array.of(1));
        return fields;
      }),
  },
];
