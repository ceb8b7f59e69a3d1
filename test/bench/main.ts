/** `npm run bench`: the benchmarks of `performance` as ratios, each pair measured in one run. */
import { type BenchGuest, buildGuests } from './guests.ts';
import { interleaved } from './measure.ts';
import { gibibytes, mebibytes, pageRates, takeLog } from './pages.ts';
import { startToy, startVm } from './toy.ts';
import { startV86 } from './v86.ts';

const SPAN_MS = 400;
const ROUNDS = 5;

export interface BenchOptions {
  readonly programs: string;
}

const mips = (perSecond: number): string => `${(perSecond / 1e6).toFixed(0)} MIPS`;
const times = (value: number): string => `${value.toFixed(2)} ×`;
const percent = (value: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)} %`;

async function instructions({ name, elf }: BenchGuest): Promise<void> {
  const toy = startToy(elf);
  const plain = await startV86(elf, false);
  const translating = await startV86(elf, true);
  // The peer's translator takes its time at first.
  toy(SPAN_MS);
  await plain.rate(SPAN_MS);
  await translating.rate(4 * SPAN_MS);
  const found = await interleaved(ROUNDS, {
    toy: () => toy(SPAN_MS),
    plain: () => plain.rate(SPAN_MS),
    translating: () => translating.rate(SPAN_MS),
  });
  await plain.close();
  await translating.close();
  const to = (peer: number) => times(found.toy / peer);
  console.log(
    `${name}: interpreter ${mips(found.toy)}; ${to(found.plain)} v86 without its translator ` +
      `(${mips(found.plain)}); ${to(found.translating)} v86 (${mips(found.translating)})`,
  );
}

async function logging({ name, elf }: BenchGuest): Promise<void> {
  for (const kind of ['kvm', 'xen'] as const) {
    const off = startVm(elf, kind, false);
    const on = startVm(elf, kind, true);
    off(SPAN_MS);
    on(SPAN_MS);
    let faultsPerMillion = 0;
    const found = await interleaved(ROUNDS, {
      off: () => off(SPAN_MS).perInstruction,
      on: () => {
        const run = on(SPAN_MS);
        ({ faultsPerMillion } = run);
        return run.perInstruction;
      },
    });
    const more = found.on - found.off;
    const perFault =
      faultsPerMillion < 1 ? '' : `, ${((more * 1e3) / faultsPerMillion).toFixed(2)} µs a fault`;
    console.log(
      `${name}, ${kind}: logging, log read every million instructions: ${percent(more / found.off)}, ` +
        `${faultsPerMillion.toFixed(0)} faults a million${perFault}`,
    );
  }
}

function logs(): void {
  const cases: [string, number, number][] = [
    ['1 GiB, 0.1 % dirty', gibibytes(1), Math.round(gibibytes(1) / 1000)],
    ['1 GiB, 10 % dirty', gibibytes(1), gibibytes(1) / 10],
  ];
  for (const [what, pages, dirty] of cases)
    console.log(
      `dirty log, get and clear, ${what}: ${takeLog(pages, Math.round(dirty)).toFixed(1)} µs`,
    );
  const small = takeLog(mebibytes(16), 262);
  const large = takeLog(gibibytes(4), 262);
  console.log(`dirty log, 262 dirty pages: 4 GiB costs ${times(large / small)} 16 MiB`);
}

async function pages(): Promise<void> {
  const found = await pageRates();
  const to = (perSecond: number) => times(perSecond / found.copy);
  const gigabytes = ((found.copy * 4096) / 1e9).toFixed(1);
  console.log(`pages, against copying single ones (${gigabytes} GB/s):`);
  console.log(`  zero test ${to(found.zeroTestFull)}, of zero pages ${to(found.zeroTestZero)}`);
  console.log(`  checksum ${to(found.checksum)}`);
  console.log(`  read, zero test, checksum, frame, write ${to(found.wholePath)}`);
}

export async function bench({ programs }: BenchOptions): Promise<void> {
  const guests = buildGuests(programs);
  for (const guest of guests) await instructions(guest);
  for (const guest of guests.slice(0, 2)) await logging(guest);
  logs();
  await pages();
}
