/**
 * `vmferry send`: a scenario's guest moves, live, into a waiting QEMU. While a round is on the wire
 * the guest goes on in its lab for as long as the scenario's link would take to carry it.
 */
import { err, ok, type Result } from '../base/result.ts';
import { after, gfn, PAGE_SIZE, transmissionTime } from '../base/units.ts';
import type { Lab } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import { formatErrorText, QEMU_MACHINES, type QemuMachine } from '../vmm/format.ts';
import type { LivePage, LiveSource } from '../vmm/live-format.ts';
import type { Vm } from '../vmm/vmm.ts';
import type { Surroundings } from './command.ts';
import { defineCommand } from './define-command.ts';
import { GUEST_OPTION } from './load-guest.ts';
import { loadScenario } from './load-scenario.ts';
import { dial, parseAddress } from './socket-address.ts';
import { SocketBytes } from './socket-bytes.ts';
import { liveFormat } from './state-files.ts';
import { MAX_LAB_MS, pauseSource, sourceRuns, sourceVm, stateNow, stillLab } from './still-lab.ts';
import { table } from './table.ts';

interface Round {
  readonly index: number;
  readonly sentPages: number;
  readonly bytes: number;
  /** First writes while it was sent; those of the last round are none, as the guest stood still. */
  readonly dirtyPages: number;
}

interface Sending {
  readonly lab: Lab;
  readonly scenario: Scenario;
  readonly source: LiveSource;
  readonly peer: SocketBytes;
}

const GONE = 'the destination has closed the connection';

interface Sent {
  readonly rounds: readonly Round[];
  /** What the destination needs, and what it does not get. */
  readonly notes: readonly string[];
}

/** Rounds while the guest runs, then the rest and the state while it stands still. */
async function sendLive(sending: Sending): Promise<Result<Sent, string>> {
  const { lab, source, peer } = sending;
  const vm = sourceVm(lab);
  if (!(await peer.send(source.opening()))) return err(GONE);
  const live = await sendRounds(sending, vm);
  if (!live.ok) return live;
  const { rounds, dirty } = live.value;
  pauseSource(lab);
  const late = new Set([...dirty, ...vm.collectDirty(true).frames]);
  vm.stopDirtyLog();
  const closing = source.closing(vm.saveCommon());
  if (!closing.ok) return err(formatErrorText(closing.error));
  const frames = [...late].sort((a, b) => a - b);
  const last = source.round(pagesOf(vm, frames), true);
  if (!last.ok) return err(formatErrorText(last.error));
  const { bytes: state, notes } = closing.value;
  for (const part of [last.value, state]) if (!(await peer.send(part))) return err(GONE);
  const bytes = last.value.length + state.length;
  const index = rounds.length + 1;
  return ok({
    rounds: [...rounds, { index, sentPages: frames.length, bytes, dirtyPages: 0 }],
    notes,
  });
}

interface LiveRounds {
  readonly rounds: Round[];
  /** Written while the last of them was sent. */
  readonly dirty: Iterable<number>;
}

async function sendRounds(
  { lab, scenario, source, peer }: Sending,
  vm: Vm,
): Promise<Result<LiveRounds, string>> {
  const { maxRounds, thresholdPages } = scenario.migration;
  const bitsPerSecond = Math.round(scenario.network.bandwidthMbps * 1e6);
  const rounds: Round[] = [];
  let frames: Iterable<number> = Array.from({ length: vm.config.pages }, (_, frame) => frame);
  vm.startDirtyLog();
  do {
    const sent = [...pagesOf(vm, frames)];
    const round = source.round(sent, false);
    if (!round.ok) return err(formatErrorText(round.error));
    const part = round.value;
    lab.advance(after(lab.now, transmissionTime(part.length, bitsPerSecond)));
    if (!sourceRuns(lab)) return err('the guest has stopped while it was being sent');
    if (!(await peer.send(part))) return err(GONE);
    const { frames: dirty } = vm.collectDirty();
    const index = rounds.length + 1;
    const dirtyPages = dirty.length;
    rounds.push({ index, sentPages: sent.length, bytes: part.length, dirtyPages });
    frames = dirty;
  } while (
    (rounds.at(-1)?.dirtyPages ?? 0) > thresholdPages &&
    // The closing round counts too.
    rounds.length < maxRounds - 1
  );
  return ok({ rounds, dirty: frames });
}

function* pagesOf(vm: Vm, frames: Iterable<number>): Generator<LivePage> {
  for (const frame of frames) {
    vm.clearDirty(gfn(frame));
    if (vm.isZeroPage(gfn(frame))) {
      yield { frame, data: undefined };
      continue;
    }
    const data = new Uint8Array(PAGE_SIZE);
    vm.readPage(gfn(frame), data);
    yield { frame, data };
  }
}

interface Target {
  readonly to: string;
  readonly at: number;
  readonly machine: QemuMachine;
  /** In place of the scenario's. */
  readonly guest: string | undefined;
}

async function openSending(
  argument: string,
  { to, at, machine, guest }: Target,
  surroundings: Surroundings,
): Promise<Result<Sending, string>> {
  const address = parseAddress(to, surroundings);
  if (!address.ok) return address;
  const loaded = await loadScenario(argument, surroundings);
  if (!loaded.ok) return loaded;
  const scenario = loaded.value;
  const lab = await stillLab(scenario, guest, at, surroundings);
  if (!lab.ok) return lab;
  const vm = sourceVm(lab.value);
  const holdsData = (frame: number): boolean => !vm.isZeroPage(gfn(frame));
  const state = stateNow(lab.value);
  if (!state.ok) return err(state.error.message);
  const sent = { pages: vm.config.pages, holdsData, state: state.value };
  const source = liveFormat().source(sent, { machine });
  if (!source.ok) return err(formatErrorText(source.error));
  const socket = await dial(address.value);
  if (!socket.ok) return socket;
  const peer = new SocketBytes(socket.value);
  return ok({ lab: lab.value, scenario, source: source.value, peer });
}

/** The rounds that were sent, and why the guest stays here, if it does. */
async function sendAll(sending: Sending): Promise<Sent & { readonly failure?: string }> {
  const { peer, source } = sending;
  const sent = await sendLive(sending);
  const receipt = sent.ok ? await peer.read(source.receipt()) : undefined;
  await peer.close();
  if (!sent.ok) return { rounds: [], notes: [], failure: sent.error };
  return receipt?.ok === false
    ? { ...sent.value, failure: formatErrorText(receipt.error) }
    : sent.value;
}

function asTable(rounds: readonly Round[]): string {
  const rows = rounds.map(({ index, sentPages, bytes, dirtyPages }) =>
    [index, sentPages, bytes, dirtyPages].map(String),
  );
  return table([['round', 'sent', 'bytes', 'dirtied'], ...rows]);
}

export const send = defineCommand({
  name: 'send',
  summary: 'Moves a scenario’s guest, live, into a QEMU that waits with -incoming.',
  argument: { name: 'SCENARIO', help: 'A preset (default, …) or a JSON file.', required: true },
  options: {
    guest: GUEST_OPTION,
    to: { kind: 'text', value: 'ADDRESS', help: 'tcp:127.0.0.1:PORT or unix:PATH, as QEMU’s.' },
    at: {
      kind: 'integer',
      value: 'MS',
      min: 0,
      max: MAX_LAB_MS,
      help: 'Virtual time at which the first round starts (500).',
    },
    machine: {
      kind: 'choice',
      value: 'MACHINE',
      choices: QEMU_MACHINES,
      help: 'Which machine QEMU was started with; none if not given',
    },
    json: { kind: 'flag', help: 'Print the rounds as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const { to, at = 500, machine = 'none', guest } = options;
    if (to === undefined) return err('send needs --to ADDRESS');
    const opened = await openSending(argument, { to, at, machine, guest }, surroundings);
    if (!opened.ok) return opened;
    const { rounds, notes, failure } = await sendAll(opened.value);
    const status = failure === undefined ? 'completed' : 'failed';
    if (options.json)
      surroundings.stdout(
        `${JSON.stringify({ status, rounds, notes, error: failure ?? null }, undefined, 2)}\n`,
      );
    else surroundings.stdout([asTable(rounds), ...notes.map((note) => `${note}\n`)].join(''));
    if (failure !== undefined) surroundings.stderr(`send: ${failure}; the guest stays here\n`);
    return ok(failure === undefined ? 0 : 1);
  },
});
