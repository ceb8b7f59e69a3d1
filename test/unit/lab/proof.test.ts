import { describe, expect, it } from 'vitest';
import { exists } from '../../../src/base/assert.ts';
import { verify } from '../../../src/lab/verifier.ts';
import { decodeFrame } from '../../../src/migration/codec.ts';
import { finishedLab, newLab, SMALL } from '../../support/labs.ts';

describe('the verifier', () => {
  const lab = finishedLab(SMALL);
  const source = exists(lab.hosts[0].testimony(), "the source's testimony");
  const destination = exists(lab.hosts[1].testimony(), "the destination's testimony");

  it('sees that one byte of the destination is wrong', () => {
    const memory = destination.memory.slice();
    memory[123_456] ^= 1;
    expect(verify(source, { ...destination, memory })).toEqual({
      memoryEqual: false,
      cpuEqual: true,
      devicesEqual: true,
      pagesCompared: 512,
      differing: [],
    });
  });

  it.each(Object.keys(destination.registers))('sees that the register %s is wrong', (name) => {
    const registers = { ...destination.registers, [name]: `${destination.registers[name]}1` };
    const verdict = verify(source, { ...destination, registers });
    expect(verdict).toMatchObject({ cpuEqual: false, devicesEqual: true, differing: [name] });
  });

  it.each(Object.keys(destination.devices))('sees that %s of a device is wrong', (name) => {
    const devices = { ...destination.devices, [name]: `${destination.devices[name]}1` };
    const verdict = verify(source, { ...destination, devices });
    expect(verdict).toMatchObject({ cpuEqual: true, devicesEqual: false, differing: [name] });
  });

  it('looks into every device, and at the time', () => {
    const rooms = new Set(Object.keys(destination.devices).map((path) => path.split('.')[0]));
    expect([...rooms].sort()).toEqual(['clock', 'cmos', 'ne2000', 'pic', 'pit', 'uart']);
    expect(destination.devices['ne2000.memory']).toHaveLength(2 * 16_384);
  });

  it('calls nothing equal that it did not see', () => {
    const blind = { ...source, registers: {}, devices: {} };
    expect(verify(blind, blind)).toMatchObject({ cpuEqual: false, devicesEqual: false });
  });

  it('calls memory equal only when every page was compared', () => {
    const seen = destination.seen.slice();
    seen[7] = 0;
    expect(verify(source, { ...destination, seen })).toEqual({
      memoryEqual: false,
      cpuEqual: true,
      devicesEqual: true,
      pagesCompared: 511,
      differing: [],
    });
  });

  it('sees a byte that goes wrong in the destination before its first instruction', () => {
    const spoiled = newLab({ ...SMALL, algorithm: 'stop-and-copy' });
    while (spoiled.hosts[1].vmm.vms().length === 0) spoiled.advance(spoiled.core.nextStop());
    const vm = spoiled.hosts[1].vmm.vms()[0];
    const install = vm.installPage.bind(vm);
    vm.installPage = (frame, bytes) =>
      install(frame, frame === 300 ? bytes.map((byte) => byte ^ 1) : bytes);
    spoiled.finish();
    expect(spoiled.report().verification).toEqual({
      memoryEqual: false,
      cpuEqual: true,
      devicesEqual: true,
      pagesCompared: 512,
      differing: [],
    });
  });
});

describe('the bytes on the link alone', () => {
  it.each(['pre-copy', 'stop-and-copy', 'pull'] as const)(
    'rebuild the memory of the destination [case 39]: %s',
    (algorithm) => {
      const messages: Uint8Array[] = [];
      const lab = finishedLab({ ...SMALL, algorithm }, ({ from, payload }) => {
        if (from === 0 && payload.kind === 'message') messages.push(payload.bytes.slice());
      });
      const memory = new Uint8Array(512 * 4096);
      const received = new Set<number>();
      for (const bytes of messages) {
        const frame = decodeFrame(bytes);
        if (!frame.ok) throw new Error(frame.error.message);
        const { message } = frame.value;
        if (message?.type !== 'pages' && message?.type !== 'page-response') continue;
        for (const run of message.runs) {
          for (let i = 0; i < run.count; i++) {
            const page =
              run.kind === 'zero'
                ? new Uint8Array(4096)
                : run.bytes.subarray(i * 4096, (i + 1) * 4096);
            memory.set(page, (run.gfn + i) * 4096);
            received.add(run.gfn + i);
          }
        }
      }
      const source = exists(lab.hosts[0].testimony(), "the source's testimony");
      expect(received.size).toBe(512);
      expect(Buffer.compare(Buffer.from(memory), Buffer.from(source.memory))).toBe(0);
    },
  );
});

describe('downtime', () => {
  it.each(['pre-copy', 'stop-and-copy', 'pull'] as const)(
    'is what lies between two instruction events of the trace: %s',
    (algorithm) => {
      const lab = finishedLab({ ...SMALL, algorithm });
      const at = (kind: string) => {
        const line = exists(
          lab
            .traceText()
            .split('\n')
            .find((candidate) => candidate.includes(` ${kind} `)),
          kind,
        );
        return Number.parseInt(line, 10);
      };
      expect(lab.report().downtimeMs).toBe((at('vm.activated') - at('vm.paused')) / 1e6);
    },
  );
});

describe('guest slowdown', () => {
  it.each(['pre-copy', 'pull', 'retransmission-free'] as const)(
    'is what lies between the time the guest had and the instructions it retired: %s',
    (algorithm) => {
      const lab = finishedLab({
        ...SMALL,
        algorithm,
        vm: { ...SMALL.vm, guest: 'ticker' },
        migration: { ...SMALL.migration, heldWrites: 'stall', maxRounds: 4 },
      });
      const { guestSlowdown: lost, downtimeMs } = lab.report();
      const vm = exists(lab.hosts[1].vm, 'the VM');
      const ran = vm.retired * 50e-6;
      const had = lab.now / 1e6 - downtimeMs;
      const sum = lost.dirtyFaultsMs + lost.throttledMs + lost.stalledMs + lost.blockedMs;
      expect(Math.abs(had - ran - sum)).toBeLessThan(0.01 * had);
      expect(lost.percent).toBeGreaterThan(0);
    },
  );
});
