/**
 * Wireshark's `tshark` as the judge of our captures: every frame of guest, client and announcement is
 * taken for what it is, with its sums right, and nothing in it is complained of.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WireTap } from '../../src/lab/wire-tap.ts';
import { writePcap } from '../../src/net/pcap.ts';
import { LabStory } from '../support/lab-story.ts';
import { newLab, type ScenarioInput, SMALL } from '../support/labs.ts';
import { hasTshark, judgeCapture, judgeFile } from '../support/tshark.ts';
import { runCli } from '../unit/cli/run-cli.ts';

const judged = hasTshark();
const why = judged ? '' : ' (not run: tshark is not installed)';

/** Long enough after the move for all five of QEMU's announcements. */
const RUN_ON_MS = 900;
const QEMU_ANNOUNCES = 5;

/** A guest with a network card that is pinged and downloaded from while it moves. */
const TALKATIVE: ScenarioInput = {
  ...SMALL,
  vm: { ...SMALL.vm, guest: 'muncher-pc' },
  network: {
    ...SMALL.network,
    probe: 'ping',
    fetch: { path: '/file/20000', startMs: 0, repeatAfterMs: 20 },
  },
  migration: { ...SMALL.migration, startMs: 1300, runOnMs: RUN_ON_MS, limitMs: 10_000 },
};

/** A guest without a card: its host answers for its serial console. */
const SERIAL: ScenarioInput = {
  ...SMALL,
  migration: { ...SMALL.migration, runOnMs: RUN_ON_MS },
};

/** What Wireshark says when an address has moved to a new MAC: it cannot know that this is meant. */
const MOVED = /^Duplicate IP address configured/;

function captured(input: ScenarioInput) {
  const wire = new WireTap(Number.POSITIVE_INFINITY);
  const story = new LabStory(newLab(input, wire.hear)).finish();
  expect(story.lab.report()).toMatchObject({ status: 'completed', error: null });
  return { file: writePcap(wire.frames()), sent: story.all('frame.sent') };
}

const KINDS = (['rarp', 'garp', 'none'] as const).flatMap((announce) => [
  { guest: 'a talkative guest', announce, input: TALKATIVE },
  { guest: 'a guest with a serial line only', announce, input: SERIAL },
]);

describe.skipIf(!judged)(`tshark${why}`, () => {
  it.each(KINDS)(
    'reads every frame of $guest and its client, announcement: $announce',
    ({ announce, input }) => {
      const { file, sent } = captured({ ...input, network: { ...input.network, announce } });
      const { frames, carrying, goodChecksums, complaints } = judgeCapture(file);
      expect(complaints).toEqual([]);
      expect(frames).toBe(sent.length);
      expect(sent.length).toBeGreaterThan(50);
      // Every frame is ARP, RARP or IP, and every IP packet ICMP, UDP or TCP; each sum is right.
      const { arp = 0, rarp = 0, ip = 0, icmp = 0, udp = 0, tcp = 0 } = carrying;
      expect(arp + rarp + ip).toBe(frames);
      expect(icmp + udp + tcp).toBe(ip);
      expect(goodChecksums).toEqual(
        Object.fromEntries(Object.entries({ ip, icmp, udp, tcp }).filter(([, count]) => count > 0)),
      );
      expect(input === TALKATIVE ? Math.min(icmp, tcp) : udp).toBeGreaterThan(20);
      // Client and VM found each other by a request and its answer; then come the announcements.
      expect(rarp).toBe(announce === 'rarp' ? QEMU_ANNOUNCES : 0);
      const types = sent.map(({ type }) => type);
      expect(rarp).toBe(types.filter((type) => type === 'RARP').length);
      expect(arp).toBe(types.filter((type) => type === 'ARP').length);
    },
  );

  it('minds nothing of a move to a new MAC but that the address has moved', () => {
    const { file } = captured({ ...SERIAL, network: { newMac: true, announce: 'garp' } });
    const { complaints } = judgeCapture(file);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]?.message).toMatch(MOVED);
  });

  it('reads the capture that `migrate --pcap` writes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-'));
    try {
      const run = await runCli(['migrate', 'default', '--pcap', 'run.pcap', '--json'], folder);
      expect(run.status).toBe(0);
      const { frames, complaints, carrying } = judgeFile(join(folder, 'run.pcap'));
      expect(complaints).toEqual([]);
      expect(frames).toBeGreaterThan(50);
      expect(carrying.udp).toBeGreaterThan(50);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not blind: one spoilt bit of any packet’s body is found', () => {
    const { file } = captured(TALKATIVE);
    const { frames, complaints: before } = judgeCapture(file);
    expect(before).toEqual([]);
    let spoilt = 0;
    for (const { offset, length } of records(file)) {
      if (length <= 60) continue; // its end may be padding, which no sum covers
      file[offset + length - 1] = (file[offset + length - 1] ?? 0) ^ 1;
      spoilt += 1;
    }
    const { goodChecksums, carrying } = judgeCapture(file);
    const { icmp = 0, tcp = 0 } = carrying;
    expect(spoilt).toBeGreaterThan(frames / 10);
    expect((goodChecksums.icmp ?? 0) + (goodChecksums.tcp ?? 0)).toBe(icmp + tcp - spoilt);
  });
});

/** Where each frame of a capture lies. */
function* records(file: Uint8Array): Generator<{ offset: number; length: number }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 24; at < file.length; ) {
    const length = view.getUint32(at + 8, true);
    yield { offset: at + 16, length };
    at += 16 + length;
  }
}
