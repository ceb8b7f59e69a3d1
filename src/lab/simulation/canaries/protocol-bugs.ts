/** Planted bugs in who runs the VM, and in what is believed of messages. */
import { encodeFrame } from '../../../migration/codec.ts';
import { typeOf } from '../../faults-link.ts';
import type { PlantedBug } from '../../planted.ts';
import {
  afterSending,
  type Canary,
  idOf,
  isSequenced,
  onReceipt,
  renumbered,
  sessionOf,
  signed,
  tracing,
  watchedVm,
  withServices,
} from './plant.ts';

/** The n-th and all later messages get numbers that leave no gap and repeat none. */
function renumberAll(): PlantedBug {
  let next = 1;
  return onReceipt('destination', (bytes) => {
    if (!isSequenced(bytes)) return [bytes];
    if (typeOf(bytes) === 'hello') next = 1;
    return [renumbered(bytes, next++)];
  });
}

/** PAGES between PAUSED and STATE vanish, and the numbers close up behind them. */
function lastRoundSkipped(): PlantedBug {
  let skipped = 0;
  let paused = false;
  return withServices('source', (services) => ({
    send: (message) => {
      const type = typeOf(message);
      if (type === 'hello') {
        skipped = 0;
        paused = false;
      }
      if (type === 'paused') paused = true;
      if (paused && type === 'pages') {
        skipped += 1;
        return;
      }
      if (type === 'state') paused = false;
      services.send(isSequenced(message) ? renumbered(message, idOf(message) - skipped) : message);
    },
  }));
}

/** An old message of pages comes once more, and its number fits. */
function replayPages(): PlantedBug {
  let shift = 0;
  let old: Uint8Array<ArrayBuffer> | undefined;
  let seen = 0;
  return onReceipt('destination', (bytes) => {
    if (!isSequenced(bytes)) return [bytes];
    if (typeOf(bytes) === 'hello') {
      shift = 0;
      seen = 0;
      old = undefined;
    }
    const id = idOf(bytes) + shift;
    if (typeOf(bytes) !== 'pages') return [renumbered(bytes, id)];
    old ??= bytes.slice();
    seen += 1;
    if (seen !== 30) return [renumbered(bytes, id)];
    shift += 1;
    return [renumbered(bytes, id), renumbered(old, id + 1)];
  });
}

export const PROTOCOL_BUGS: readonly Canary[] = [
  {
    name: 'resume-after-go',
    what: 'the source runs the VM on right after GO',
    breaks: ['S2'],
    make: () =>
      afterSending('source', 'go', (services) => {
        const vm = watchedVm(services);
        if (vm !== undefined) services.resume(vm);
      }),
  },
  {
    name: 'resume-in-doubt',
    what: 'a source that is in doubt takes the VM back by itself',
    breaks: ['S1', 'S2'],
    make: () =>
      tracing('source', 'migration.status', (fields, services) => {
        const vm = watchedVm(services);
        if (fields.reason.startsWith('in doubt') && vm !== undefined) services.resume(vm);
        return fields;
      }),
  },
  {
    name: 'never-resumed',
    what: 'a VM that was paused stays so when the migration fails',
    breaks: ['S1'],
    make: () => withServices('source', () => ({ resume: () => {} })),
  },
  {
    name: 'never-paused',
    what: 'the VM runs on at the source through the switchover',
    breaks: ['S1', 'S2', 'assertion'],
    make: () => withServices('source', () => ({ suspend: () => 'suspended' })),
  },
  {
    name: 'activated-twice',
    what: 'the destination starts the VM a second time',
    breaks: ['S2', 'assertion'],
    make: () =>
      withServices('destination', (services) => ({
        activate: (vm, byHand) => {
          services.activate(vm, byHand);
          services.activate(vm, byHand);
        },
      })),
  },
  {
    name: 'activated-at-ready',
    what: 'the destination does not wait for GO',
    breaks: ['S1', 'S2', 'assertion'],
    make: () =>
      afterSending('destination', 'ready', (services) => {
        const vm = watchedVm(services);
        if (vm !== undefined) services.activate(vm, false);
      }),
  },
  {
    name: 'activated-on-abort',
    what: 'the destination starts its copy in place of destroying it',
    breaks: ['S1', 'S2'],
    make: () =>
      withServices('destination', (services) => ({
        destroy: (vm) => services.activate(vm, false),
      })),
  },
  {
    name: 'freed-at-go',
    what: 'the source frees the VM with GO, before it is known to run',
    breaks: ['S2', 'S16', 'assertion'],
    make: () =>
      afterSending('source', 'go', (services) => {
        const vm = watchedVm(services);
        if (vm !== undefined) services.destroy(vm);
      }),
  },
  {
    name: 'freed-at-started',
    what: 'the source frees the VM with STARTED, though pages are still to be pulled',
    breaks: ['S2', 'assertion'],
    make: () =>
      tracing('source', 'migration.status', (fields, services) => {
        const vm = watchedVm(services);
        if (fields.status === 'postcopy-active' && vm !== undefined) services.destroy(vm);
        return fields;
      }),
  },
  {
    name: 'checksum-ignored',
    what: 'the destination believes a damaged message',
    breaks: ['S3', 'S5', 'S18'],
    make: () => onReceipt('destination', (bytes) => [signed(bytes.slice())]),
  },
  {
    name: 'source-checksum-ignored',
    what: 'the source believes a damaged message',
    breaks: ['S18'],
    make: () => onReceipt('source', (bytes) => [signed(bytes.slice())]),
  },
  {
    name: 'gaps-ignored',
    what: 'the destination does not notice lost or repeated messages',
    breaks: ['S18'],
    make: renumberAll,
  },
  {
    name: 'pages-replayed',
    what: 'an old message of pages is applied again',
    breaks: ['S5'],
    make: replayPages,
  },
  {
    name: 'go-sent-twice',
    what: 'the source says GO a second time, as another message',
    breaks: ['S18'],
    make: () =>
      withServices('source', (services) => ({
        send: (message) => {
          services.send(message);
          if (typeOf(message) === 'go') services.send(renumbered(message, idOf(message) + 1));
        },
      })),
  },
  {
    name: 'go-before-ready',
    what: 'the source says GO with the state, before the destination has answered',
    breaks: ['S18'],
    make: () =>
      withServices('source', (services) => ({
        send: (message) => {
          services.send(message);
          if (typeOf(message) !== 'state') return;
          const header = { session: sessionOf(message), id: idOf(message) + 1 };
          services.send(encodeFrame(header, { type: 'go' }));
        },
      })),
  },
  {
    name: 'last-round-skipped',
    what: 'what was written during the last round is not sent once the VM stands still',
    breaks: ['S3', 'S18'],
    make: lastRoundSkipped,
  },
  {
    name: 'activated-at-pause',
    what: 'the destination starts its copy as soon as the VM is paused, before the state came',
    breaks: ['S1', 'S2', 'assertion'],
    make: () =>
      tracing('destination', 'migration.status', (fields, services) => {
        const vm = watchedVm(services);
        if (fields.status === 'device' && vm !== undefined) services.activate(vm, false);
        return fields;
      }),
  },
  {
    name: 'source-deaf-to-silence',
    what: 'the source’s timers never fire, so it waits for ever',
    breaks: ['S15', 'S20'],
    make: () => withServices('source', () => ({ setTimer: () => {} })),
  },
  {
    name: 'destination-deaf-to-silence',
    what: 'the destination’s timers never fire, so it waits for ever',
    breaks: ['S15', 'S20'],
    make: () => withServices('destination', () => ({ setTimer: () => {} })),
  },
  {
    name: 'miscounted-round',
    what: 'a round counts one page more than it sent',
    breaks: ['S18'],
    make: () =>
      tracing('source', 'round.ended', (fields) => ({ ...fields, sent: fields.sent + 1 })),
  },
];
