/** CPU features offered, used and lacking, and the time-stamp counter on a host of another rate. */
import '../../support/all-code.ts';
import { describe, expect, it } from 'vitest';
import { assembleGuest } from '../../../src/asm/guest.ts';
import type { Result } from '../../../src/base/result.ts';
import { gfn, instant } from '../../../src/base/units.ts';
import { CPU_FEATURES } from '../../../src/cpu/features.ts';
import { USUAL_FEATURES } from '../../../src/image/model.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { decodeScenario } from '../../../src/lab/scenario-file.ts';
import { cpuModel } from '../../../src/vmm/kvm/qemu-stream/cpu-policy.ts';
import { featuresWithout, USUAL_PROCESSOR } from '../../../src/vmm/processor.ts';
import { createVmm } from '../../../src/vmm/registry.ts';
import type { HostProcessor, Vm, VmmKind } from '../../../src/vmm/vmm.ts';
import { guestImage } from '../../support/labs.ts';

const PAGES = 16;
const CODE = 0x1000;
const KINDS: readonly VmmKind[] = ['xen', 'kvm'];

function must<T>(result: Result<T, { readonly message: string }>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function made<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function vmOn(kind: VmmKind, processor: Partial<HostProcessor>, masked: string[] = []): Vm {
  const config = { machineFrames: 256, seed: 3, processor: { ...USUAL_PROCESSOR, ...processor } };
  const vmm = createVmm(kind, config, { trace: { event() {}, page() {} } });
  return must(vmm.createVm({ id: 'vm', pages: PAGES, instructionNs: 50, masked }));
}

/** A guest that stands before this code, followed by a jump to itself. */
function standing(vm: Vm, code: readonly number[]): Vm {
  const page = new Uint8Array(4096);
  page.set([...code, 0xeb, 0xfe]);
  vm.installPage(gfn(CODE >> 12), page);
  const { cpu, ...state } = vm.saveCommon();
  const flat = { selector: 8, base: 0, limit: 0xffff_ffff, access: 0xc93 };
  const segments = { es: flat, ss: flat, ds: flat, fs: flat, gs: flat };
  const cs = { ...flat, access: 0xc9b };
  must(vm.restoreCommon({ ...state, cpu: { ...cpu, ...segments, cs, eip: CODE } }));
  return vm;
}

function run(vm: Vm, instructions: number): void {
  vm.resume();
  vm.run(instant(0), instant(instructions * 50));
  vm.suspend();
}

const RDTSC = [0x0f, 0x31];
const CODES: readonly (readonly [string, readonly number[]])[] = [
  ['cpuid', [0x0f, 0xa2]],
  ['tsc', RDTSC],
  // mov eax, cr4; or al, 0x20; mov cr4, eax
  ['pae', [0x0f, 0x20, 0xe0, 0x0c, 0x20, 0x0f, 0x22, 0xe0]],
  // cmpxchg8b [0x2000]
  ['cx8', [0x0f, 0xc7, 0x0d, 0, 0x20, 0, 0]],
  // cmove eax, ecx
  ['cmov', [0x0f, 0x44, 0xc1]],
];

describe('CPU features', () => {
  it('are the same list for the processor and for the common format', () => {
    expect(USUAL_FEATURES).toEqual([...CPU_FEATURES]);
  });

  it.each(CODES)('count %s as used once the guest has used it', (name, code) => {
    const vm = standing(vmOn('kvm', {}), code);
    expect(vm.saveCommon().policy).toEqual({ offered: USUAL_FEATURES, used: ['486'] });
    run(vm, 6);
    expect(vm.saveCommon().policy.used).toEqual(['486', name]);
  });

  it.each(CODES)('that are masked do not exist for the guest: %s', (name, code) => {
    const vm = standing(vmOn('xen', {}, [name]), code);
    expect(vm.offeredFeatures).toEqual(featuresWithout([name]));
    run(vm, 6);
    // No interrupt table: what the invalid opcode ends in says so.
    expect(vm.saveCommon().stopped?.cause ?? '').toMatch(/#UD|#GP|triple fault/);
    expect(vm.saveCommon().policy.used).toEqual(['486']);
  });

  it('that are masked are missing in CPUID', () => {
    // mov eax, 1; cpuid
    const code = [0xb8, 1, 0, 0, 0, 0x0f, 0xa2];
    const edx = (masked: string[]): unknown => {
      const vm = standing(vmOn('kvm', {}, masked), code);
      run(vm, 3);
      return vm.inspect().registers().edx;
    };
    expect(edx([])).toBe(0x815c);
    expect(edx(['pae', 'cmov'])).toBe(0x11c);
  });

  describe.each(KINDS)('on a %s-like host that lacks one', (kind) => {
    it('refuse the VM by the name of what is lacking, from the common form and the native one', () => {
      const from = vmOn(kind, {});
      const poor = { features: featuresWithout(['cmov']) };
      for (const result of [
        vmOn(kind, poor).restoreCommon(from.saveCommon()),
        vmOn(kind, poor).restoreNative(from.saveNative()),
      ]) {
        expect(result.ok ? 'taken' : result.error.message).toContain('cmov');
      }
    });

    it('take the VM from which it was masked', () => {
      const from = vmOn(kind, {}, ['cmov']);
      const to = vmOn(kind, { features: featuresWithout(['cmov']) });
      must(to.restoreCommon(from.saveCommon()));
      expect(to.offeredFeatures).toEqual(from.offeredFeatures);
    });
  });

  it('become the -cpu option that QEMU needs', () => {
    const offered = ['486', 'cpuid', 'tsc', 'pae', 'cmov'];
    expect(cpuModel({ policy: { offered, used: [] } }, 'isapc')).toBe('486,+pae,+cmov');
  });
});

describe.each(KINDS)('the time-stamp counter of a guest on a %s-like host', (kind) => {
  const tsc = (vm: Vm): bigint => vm.saveCommon().cpu.tsc;

  it.each(['scaled', 'trapped'] as const)('of another rate goes on at its own, %s', (way) => {
    const from = standing(vmOn(kind, { tscKhz: 2_000_000 }), []);
    run(from, 1000);
    const state = from.saveCommon();
    expect(state.cpu.tscKhz).toBe(2_000_000);
    expect(state.cpu.tsc).toBe(100_000n);
    const to = vmOn(kind, { tscKhz: 1_000_000, tsc: way });
    must(to.restoreCommon(state));
    to.installPage(gfn(CODE >> 12), Uint8Array.of(0xeb, 0xfe, ...new Uint8Array(4094)));
    to.resume();
    // It waited for a second of the host's time, and that is not the guest's.
    to.run(instant(1e9), instant(1e9 + 50_000));
    to.suspend();
    expect(tsc(to)).toBe(200_000n);
  });

  it('costs an exit for each RDTSC where it is trapped, and none where it is scaled', () => {
    const spent = (way: 'scaled' | 'trapped', tscKhz: number): number => {
      const from = standing(vmOn(kind, { tscKhz }), RDTSC);
      const to = vmOn(kind, { tsc: way });
      must(to.restoreCommon(from.saveCommon()));
      to.installPage(gfn(CODE >> 12), Uint8Array.of(...RDTSC, ...new Uint8Array(4094)));
      to.resume();
      const { now } = to.run(instant(0), instant(1));
      return now;
    };
    expect(spent('scaled', 3_000_000)).toBe(50);
    expect(spent('trapped', 3_000_000)).toBe(1050);
    expect(spent('trapped', 1_000_000)).toBe(50);
  });
});

describe('a migration of a VM', () => {
  const reportOf = (hosts: unknown, vm: unknown) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ hosts, vm }));
    const settings = decodeScenario('a test', bytes);
    if (!settings.ok) throw new Error(settings.error);
    const lab = Lab.create(settings.value, guestImage(settings.value.vm.guest));
    if (!lab.ok) throw new Error(lab.error);
    lab.value.finish();
    return lab.value.report();
  };

  /** Ends through the exit port as soon as RDTSC gives less than before. */
  const WATCHES_TSC = `
_start: rdtsc
        cmp     edx, [high]
        jb      .back
        ja      .on
        cmp     eax, [low]
        jb      .back
.on:    mov     [low], eax
        mov     [high], edx
        jmp     _start
.back:  mov     al, 1
        out     0xf4, al
section .bss
alignb  4096
low:    resd    1
high:   resd    1
`;

  it.each(['scaled', 'trapped'] as const)(
    'keeps the guest’s counter from going back, %s, and says what wall time its clock lost',
    (tsc) => {
      const hosts = { destinationProcessor: { tscMhz: 700, tsc } };
      const vm = { memoryMiB: 2, guest: 'own', program: WATCHES_TSC };
      const bytes = new TextEncoder().encode(JSON.stringify({ hosts, vm }));
      const settings = decodeScenario('a test', bytes);
      if (!settings.ok) throw new Error(settings.error);
      const lab = made(Lab.create(settings.value, made(assembleGuest('own', WATCHES_TSC))));
      lab.finish();
      const report = lab.report();
      expect(report.status).toBe('completed');
      expect(report.vm.says).toMatch(/^runs at the destination/);
      // Its clock stood still for the downtime and for nothing else, to one instruction.
      expect(report.downtimeMs).toBeGreaterThan(1);
      expect(report.guestClockBehindMs).toBeCloseTo(report.downtimeMs, 2);
    },
  );

  it('is refused before the first page where the destination lacks a feature, by its name [HS-10]', () => {
    const hosts = { destinationProcessor: { lacks: ['cmov'] } };
    const report = reportOf(hosts, { memoryMiB: 2 });
    expect(report.status).toBe('failed');
    expect(JSON.stringify(report.error)).toContain('cmov');
    expect(report.iterations).toEqual([]);
  });

  it('is taken where that feature was masked, and its counter keeps its rate', () => {
    const hosts = { destinationProcessor: { lacks: ['cmov'], tscMhz: 2400, tsc: 'trapped' } };
    const report = reportOf(hosts, { memoryMiB: 2, mask: ['cmov'] });
    expect(report.status).toBe('completed');
    expect(report.verification).toMatchObject({ memoryEqual: true, cpuEqual: true });
  });
});
