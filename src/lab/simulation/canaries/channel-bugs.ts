/** Planted bugs in channels, heartbeats, brakes, guest time and in what a client sees. */
import { instant } from '../../../base/units.ts';
import { HEADER_BYTES } from '../../../migration/codec.ts';
import { typeOf } from '../../faults-link.ts';
import type { PlantedBug } from '../../planted.ts';
import {
  type Canary,
  idOf,
  isSequenced,
  renumbered,
  rewriting,
  signed,
  tracing,
  withServices,
  withVm,
} from './plant.ts';

const CHANNEL = 2 ** 26;
const channelOf = (id: number): number => Math.floor(id / CHANNEL);
/** Of a PING's body: the time comes first. */
const LAST_OFFSET = HEADER_BYTES + 8;
/** Ethernet, IPv4 and TCP headers without options. */
const PAYLOAD_OFFSET = 54;
/** Only a segment with much data is as long as this. */
const DATA_BYTES = 200;

/** The 20th and all later messages of a page channel are numbered as if one had gone before. */
function countJumps(): PlantedBug {
  const jumped = new Set<number>();
  return rewriting('source', (type, id) => {
    const channel = channelOf(id);
    if (type === 'hello') jumped.clear();
    if (channel > 0 && id % CHANNEL === 20) jumped.add(channel);
    return jumped.has(channel) ? id + 1 : id;
  });
}

/** On the first page channel the tenth message is taken after the next one; the trace says so, the daemon does not see it. */
function channelSwaps(): PlantedBug {
  const told = new Map<number, number>();
  let held: Uint8Array<ArrayBuffer> | undefined;
  const hears = tracing('destination', 'message.received', (fields) => ({
    ...fields,
    id: told.get(fields.id) ?? fields.id,
  }));
  return {
    ...hears,
    receive: (bytes, role) => {
      if (role !== 'destination' || !isSequenced(bytes)) return [bytes];
      const id = idOf(bytes);
      if (typeOf(bytes) === 'hello') {
        told.clear();
        held = undefined;
      }
      if (channelOf(id) !== 1) return [bytes];
      if (held === undefined && id % CHANNEL === 10 && typeOf(bytes) === 'pages') {
        held = bytes.slice();
        return [];
      }
      if (held === undefined) return [bytes];
      const first = held;
      held = undefined;
      if (typeOf(bytes) !== 'pages') return [first, bytes];
      told.set(idOf(first), id).set(id, idOf(first));
      return [renumbered(bytes, idOf(first)), renumbered(first, id)];
    },
  };
}

/** Two words change places, which no checksum shows. */
function swapWords(frame: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (frame.length < DATA_BYTES) return frame;
  const swapped = frame.slice();
  const at = PAYLOAD_OFFSET + 100;
  swapped.copyWithin(at, at + 2, at + 4);
  swapped.set(frame.subarray(at, at + 2), at + 2);
  return swapped;
}

export const CHANNEL_BUGS: readonly Canary[] = [
  {
    name: 'ping-names-nothing',
    what: 'a PING does not say what left before it, so the loss of a last message is not noticed',
    breaks: ['S15', 'S20'],
    make: () =>
      withServices('source', (services) => ({
        send: (message) => {
          const tells = typeOf(message) === 'ping' && message.length === LAST_OFFSET + 4;
          services.send(tells ? signed(message.slice().fill(0, LAST_OFFSET)) : message);
        },
      })),
  },
  {
    name: 'state-by-page-channel',
    what: 'the state goes by a page channel, where it waits for nothing',
    breaks: ['S18'],
    make: () => rewriting('source', (type, id) => (type === 'state' ? CHANNEL + 900 : id)),
  },
  {
    name: 'count-jumps',
    what: 'a page channel leaves one number out',
    breaks: ['S18'],
    make: countJumps,
  },
  {
    name: 'mark-left-out',
    what: 'the mark of a sync does not go by the first page channel',
    breaks: ['S18'],
    make: () =>
      rewriting('source', (type, id) =>
        type === 'round-end' && channelOf(id) === 1 ? undefined : id,
      ),
  },
  {
    name: 'channel-swaps',
    what: 'a page channel delivers a message after the one that followed it',
    breaks: ['S18'],
    make: channelSwaps,
  },
  {
    name: 'hand-forgotten',
    what: 'a VM that was paused by hand runs as soon as it has moved',
    breaks: ['S2'],
    make: () =>
      withServices('destination', (services) => ({
        activate: (vm) => services.activate(vm, false),
      })),
  },
  {
    name: 'throttle-left-on',
    what: 'CPU time is withheld from the guest after a migration that failed',
    breaks: ['S9'],
    make: () =>
      withServices('source', (services) => ({
        throttle: (vm, percent) => {
          if (percent > 0) services.throttle(vm, percent);
        },
      })),
  },
  {
    name: 'write-limit-left-on',
    what: 'the guest’s stores still have to wait after a migration that failed',
    breaks: ['S9'],
    make: () =>
      withServices('source', (services) => ({
        limitWrites: (vm, limit) => {
          if (limit !== undefined) services.limitWrites(vm, limit);
        },
      })),
  },
  {
    name: 'pause-counts-as-time',
    what: 'five milliseconds of the pause count as time that the guest lived through',
    breaks: ['S14'],
    make: () =>
      withVm('destination', (vm) => {
        const resume = vm.resume.bind(vm);
        const run = vm.run.bind(vm);
        let woken = false;
        return {
          resume: () => {
            resume();
            woken = true;
          },
          run: (now, until) => {
            const before = instant(now - 5e6);
            if (woken) run(before, before);
            woken = false;
            return run(now, until);
          },
        };
      }),
  },
  {
    name: 'card-swaps-words',
    what: 'the network card of a VM that has moved swaps two words of what it sends',
    breaks: ['S11'],
    make: () =>
      withVm('destination', (vm) => {
        const take = vm.takeOutput.bind(vm);
        return {
          takeOutput: () => {
            const output = take();
            return { ...output, frames: output.frames.map(swapWords) };
          },
        };
      }),
  },
];
