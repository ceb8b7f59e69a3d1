/** `vmferry receive`: takes a live migration from a QEMU and lets the guest go on here. */
import { err, ok, type Result } from '../base/result.ts';
import { encodeImageFile } from '../image/codec.ts';
import { formatErrorText } from '../vmm/format.ts';
import type { LiveArrival } from '../vmm/live-format.ts';
import { VMM_KINDS } from '../vmm/vmm.ts';
import type { Surroundings } from './command.ts';
import { defineCommand } from './define-command.ts';
import { writeOutput } from './files.ts';
import { answerRun } from './run-answer.ts';
import { resumeHosted } from './run-hosted.ts';
import { answer, parseAddress } from './socket-address.ts';
import { SocketBytes } from './socket-bytes.ts';
import { liveFormat } from './state-files.ts';

const DEFAULT_MAX_INSTRUCTIONS = 100_000_000;

/** Waits for one source, and takes what it sends. */
async function receiveFrom(
  text: string,
  surroundings: Surroundings,
): Promise<Result<LiveArrival, string>> {
  const address = parseAddress(text, surroundings);
  if (!address.ok) return address;
  const socket = await answer(address.value, (where) =>
    surroundings.stderr(`waiting on ${where}\n`),
  );
  if (!socket.ok) return socket;
  const bytes = new SocketBytes(socket.value);
  const arrived = await bytes.read(liveFormat().destination((answered) => bytes.post(answered)));
  await bytes.close();
  return arrived.ok ? arrived : err(formatErrorText(arrived.error));
}

export const receive = defineCommand({
  name: 'receive',
  summary: 'Takes a live migration from a QEMU (migrate tcp:… or unix:…); the guest goes on here.',
  argument: {
    name: 'ADDRESS',
    help: 'Where to wait: tcp:127.0.0.1:PORT (0: any) or unix:PATH.',
    required: true,
  },
  options: {
    host: {
      kind: 'choice',
      value: 'HOST',
      choices: VMM_KINDS,
      help: 'Under which VMM; kvm if not given',
    },
    'max-instructions': {
      kind: 'integer',
      value: 'N',
      min: 1,
      max: 1e15,
      help: 'Stop after this many instructions (100000000).',
    },
    output: {
      kind: 'text',
      value: 'FILE',
      short: 'o',
      help: 'Keep what arrived there, as a .vmcf image.',
    },
    json: { kind: 'flag', help: 'Print exit, registers, RAM hash and console as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const arrived = await receiveFrom(argument, surroundings);
    if (!arrived.ok) return arrived;
    const { file, rounds, received, resent } = arrived.value;
    surroundings.stderr(`${rounds} rounds, ${received} pages, ${resent} of them sent again\n`);
    for (const note of file.notes) surroundings.stderr(`${note}\n`);
    if (options.output !== undefined) {
      const kept = await writeOutput(options.output, encodeImageFile(file.image), surroundings);
      if (!kept.ok) return kept;
    }
    const result = resumeHosted(file.image, {
      host: options.host ?? 'kvm',
      maxInstructions: options['max-instructions'] ?? DEFAULT_MAX_INSTRUCTIONS,
    });
    if (!result.ok) return err(`${argument}: ${result.error.message}`);
    return ok(answerRun('receive', result.value, options.json, surroundings));
  },
});
