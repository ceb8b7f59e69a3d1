/** Everything that reads what comes from outside, each with goldens to damage and the cap of its buffers. */
import * as v from 'valibot';
import { encodeImageFile } from '../../src/image/codec.ts';
import { PRESETS } from '../../src/lab/presets.ts';
import { scenarioSchema } from '../../src/lab/scenario.ts';
import { decodeScenario } from '../../src/lab/scenario-file.ts';
import {
  CUSTOM,
  decodeLink,
  encodeLink,
  pack,
  packedScenario,
  unpack,
} from '../../src/store/link.ts';
import { settingsOf } from '../../src/store/settings.ts';
import { COMMON_FORMAT } from '../../src/vmm/common-format.ts';
import type { StateFormat } from '../../src/vmm/format.ts';
import { QEMU_FORMAT } from '../../src/vmm/kvm/qemu-stream/format.ts';
import { KVM_BYTES, KVM_NATIVE } from '../../src/vmm/kvm/vmm.ts';
import { prepareNative } from '../../src/vmm/native-model.ts';
import { LIBXC_FORMAT, XL_FORMAT } from '../../src/vmm/xen/formats.ts';
import { commonGolden, sealed } from '../support/common-goldens.ts';
import { type Golden, textGolden } from '../support/mutator.ts';
import { KVM_ABOUT, KVM_GOLDENS, QEMU_GOLDENS } from '../support/qemu-goldens.ts';
import { rawGoldens, xlGoldens } from '../support/xen-goldens.ts';
import { programParsers } from './program-parsers.ts';

/** What it is to accept or to refuse; anything thrown is a defect. */
export type Verdict = 'accepted' | 'refused';

export interface Parser {
  readonly name: string;
  readonly goldens: readonly Golden[];
  /** Largest single buffer it may ask for, whatever the input says. */
  readonly capBytes: number;
  /** Of every second mutant, so that more of them get past the checksums. */
  readonly repair?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  parse(bytes: Uint8Array): Verdict | Promise<Verdict>;
}

const KIB = 1024;
const decode = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

/** Refused with a code, a sentence and a place inside the file, or a valid image. */
function judgeFile(format: StateFormat, bytes: Uint8Array): Verdict {
  const result = format.read(bytes);
  if (result.ok) {
    encodeImageFile(result.value.image);
    return 'accepted';
  }
  const { code, message, offset = 0 } = result.error;
  if (!/^[a-z-]+$/.test(code) || message === '' || offset < 0 || offset > bytes.length)
    throw new Error(`refused without a code, reason or place: ${JSON.stringify(result.error)}`);
  return 'refused';
}

const fileParser = (
  name: string,
  format: StateFormat,
  goldens: readonly Golden[],
  rest: Pick<Parser, 'repair'> = {},
): Parser => ({
  name,
  goldens,
  // The goldens have up to 24 KiB of pages; what is written again is a little more.
  capBytes: 256 * KIB,
  parse: (bytes) => judgeFile(format, bytes),
  ...rest,
});

/** As a KVM-like destination takes the state of a VM: refused, or ready for the hardware. */
function judgeKvmState(bytes: Uint8Array): Verdict {
  const result = prepareNative(KVM_NATIVE, bytes, KVM_ABOUT);
  if (result.ok) return 'accepted';
  if (result.error.message === '') throw new Error('refused without a reason');
  return 'refused';
}

function judgeScenario(bytes: Uint8Array): Verdict {
  const result = decodeScenario('mutant.json', bytes);
  if (!result.ok && !result.error.startsWith('mutant.json'))
    throw new Error(`refused without the file's name: ${result.error}`);
  return result.ok ? 'accepted' : 'refused';
}

/** As the page opens a link: what cannot be taken is left out, and said. */
async function judgeLink(bytes: Uint8Array): Promise<Verdict> {
  const hash = decode(bytes);
  const packed = packedScenario(hash);
  const custom =
    packed === undefined ? undefined : v.safeParse(scenarioSchema, await unpack(packed));
  const link = decodeLink(hash, custom?.success ? custom.output : undefined);
  if (link.packedInputs !== undefined)
    v.safeParse(scenarioSchema, { inputs: await unpack(link.packedInputs) });
  if (Object.values(link.settings).some((value) => Number.isNaN(value)))
    throw new Error(`a setting became NaN: ${hash}`);
  return link.notices.length === 0 ? 'accepted' : 'refused';
}

async function linkGoldens(): Promise<Golden[]> {
  const links = PRESETS.map(({ name, scenario }, i) => {
    const settings = { ...settingsOf(scenario), seed: 7 + i, latencyMs: 2, writesPerSecond: 900 };
    return encodeLink(name, settings);
  });
  const { scenario } = PRESETS[0];
  const custom = { scenario, packed: await pack(scenario) };
  const inputs = await pack([{ at: 5, kind: 'cancel' }]);
  links.push(encodeLink(CUSTOM, settingsOf(scenario), { custom, inputs }));
  return links.map((link) => textGolden(link, /&/g));
}

export async function parsers(): Promise<readonly Parser[]> {
  await KVM_BYTES.load();
  return [
    fileParser('QEMU stream', QEMU_FORMAT, QEMU_GOLDENS),
    { name: 'KVM state', goldens: KVM_GOLDENS, capBytes: 256 * KIB, parse: judgeKvmState },
    fileParser('Xen stream', LIBXC_FORMAT, rawGoldens()),
    fileParser('xl file', XL_FORMAT, xlGoldens()),
    fileParser('.vmcf image', COMMON_FORMAT, [commonGolden()], { repair: sealed }),
    {
      name: 'scenario',
      goldens: PRESETS.map(({ scenario }) => textGolden(JSON.stringify(scenario), /,/g)),
      capBytes: 64 * KIB,
      parse: judgeScenario,
    },
    { name: 'page link', goldens: await linkGoldens(), capBytes: 64 * KIB, parse: judgeLink },
    ...programParsers(),
  ];
}
