/** QEMU's live migration over one connection: the stream in rounds, and the return path. */
import { DecodeError } from '../../../base/bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { PAGE_SIZE } from '../../../base/units.ts';
import type { FormatError, WriteOptions } from '../../format.ts';
import type { LiveArrival, LiveFormat, LiveGuest, LiveSource, Reading } from '../../live-format.ts';
import { hiddenRefusal, isWithin } from './hidden-frames.ts';
import { loadStream } from './load-stream.ts';
import { type StreamMachine, WRITABLE_MACHINES } from './machines.ts';
import { type QemuStream, readStream, type StreamListener } from './reader.ts';
import { openReturnPath, ping, pong, shut, takeMessage } from './return-path.ts';
import { commonToQemu, ramPages } from './translate.ts';
import { joined, streamHead, streamPages, streamTail } from './writer.ts';

/** Any value: the destination sends it back. */
const PING_VALUE = 1;
const LOADED = 0;
const REFUSED = 1;

export const QEMU_LIVE: LiveFormat = { source, destination };

function source(guest: LiveGuest, options: WriteOptions): Result<LiveSource, FormatError> {
  const { pages } = guest;
  const machine = WRITABLE_MACHINES[options.machine ?? 'none'];
  const ram = ramPages({ memory: [{ firstGfn: 0, pages }] });
  if (!ram.ok) return ram;
  for (const [first, end] of machine.hidden) {
    for (let frame = first; frame < Math.min(end, pages); frame++)
      if (guest.holdsData(frame)) return hiddenRefusal(frame);
  }
  const native = commonToQemu(guest.state, machine);
  return native.ok ? ok(liveSource(machine, pages)) : native;
}

function liveSource(machine: StreamMachine, pages: number): LiveSource {
  return {
    opening: () =>
      joined([streamHead(machine, pages * PAGE_SIZE), openReturnPath(), ping(PING_VALUE)]),
    round(pages, last) {
      const sent = [...pages];
      const hidden = sent.find(
        ({ frame, data }) =>
          data !== undefined && machine.hidden.some((span) => isWithin(frame, span)),
      );
      return hidden === undefined
        ? ok(streamPages(machine, sent, last))
        : hiddenRefusal(hidden.frame);
    },
    closing(state) {
      const native = commonToQemu(state, machine);
      if (!native.ok) return native;
      const { value, notes } = native.value;
      return ok({ bytes: streamTail(machine, value, 'running'), notes });
    },
    receipt: readReceipt,
  };
}

function* readReceipt(): Reading<Result<void, FormatError>> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const more = yield 'more';
    if (more.length === 0)
      return gone('the destination has closed the connection without a receipt');
    bytes = joined([bytes, more]);
    for (let taken = takeMessage(bytes); taken !== undefined; taken = takeMessage(bytes)) {
      if (taken === 'bad') return gone('the destination’s answers are not those of a QEMU');
      bytes = bytes.slice(taken.bytes);
      const { message } = taken;
      if (message.kind !== 'shut') continue;
      if (message.status === LOADED) return ok(undefined);
      return gone(`the destination could not load the guest (error ${message.status})`);
    }
  }
}

const gone = (message: string) => err<FormatError>({ code: 'not-loaded', message });

/** Says to a source that has opened a return path whether everything was loaded. */
function* destination(
  answer: (bytes: Uint8Array) => void,
): Reading<Result<LiveArrival, FormatError>> {
  let returnPath = false;
  let rounds = 0;
  const listener: StreamListener = {
    command(command, value) {
      if (command === 'open-return-path') returnPath = true;
      else answer(pong(value));
    },
    round() {
      rounds += 1;
    },
  };
  const stream = yield* readOrRefuse(listener);
  const file = stream.ok ? loadStream(stream.value) : stream;
  if (returnPath) answer(shut(file.ok ? LOADED : REFUSED));
  if (!file.ok) return file;
  if (!stream.ok) return stream;
  const { received, resent } = stream.value.ram.counts;
  return ok({ file: file.value, rounds, received, resent });
}

function* readOrRefuse(listener: StreamListener): Reading<Result<QemuStream, FormatError>> {
  try {
    return ok(yield* readStream({ listener }));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ code: error.code, offset: error.offset, message: error.message });
  }
}
