/**
 * A scenario is one value that, with nothing else, determines a run: hosts, guest, network,
 * algorithm, seed, and every input from outside with its moment. Files and links hold this value.
 */
import * as v from 'valibot';
import { CPU_FEATURES } from '../cpu/features.ts';
import { ALGORITHM_IDS } from '../migration/algorithms/ids.ts';
import { PROBE_KINDS } from '../net/prober.ts';
import { FAULT_INPUTS, whenSchema } from './faults-schema.ts';
import { FILE_GUEST, GUEST_NAMES, MAX_PROGRAM, OWN_GUEST } from './guests.ts';
import { migrationSchema } from './migration-schema.ts';

const integer = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const between = (min: number, max: number) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));

const tableTime = (least: number) => between(least, 3_600_000);

const features = v.pipe(
  v.array(v.picklist(CPU_FEATURES.filter((name) => name !== '486'))),
  v.maxLength(16),
);

/** A host's processor. */
const processor = v.strictObject({
  /** Features that it has not; a VM that was offered one is refused. */
  lacks: v.optional(features, []),
  /** Rate of its time-stamp counter. */
  tscMhz: v.optional(integer(1, 10_000), 1000),
  /** How it keeps the counter of a guest that booted at another rate. */
  tsc: v.optional(v.picklist(['scaled', 'trapped']), 'scaled'),
});

/** The guest's workload parameters, as in its parameter page. */
const workload = v.strictObject({
  /** Share of RAM the guest writes to, per cent. */
  workingSetPercent: v.optional(integer(1, 90), 15),
  /** Writes to distinct random pages of the working set, per second. */
  writesPerSecond: v.optional(integer(0, 1_000_000), 900),
});

/** Letters of a carried file: deflated, in base 64; and what it may hold: the largest VM and what is around it. */
export const MAX_CARRIED = 12 << 20;
const MAX_FILE = 80 << 20;

/** The file that the guest "file" begins from. */
const vmFile = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** An ELF kernel to boot, or a VM's state, in the common format, to go on from. */
  kind: v.picklist(['kernel', 'state']),
  bytes: integer(1, MAX_FILE),
  /** SHA-256 of its bytes. */
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Its bytes, deflated, in base 64. A link has no room for a long one: then whoever opens it has the file. */
  data: v.optional(v.pipe(v.string(), v.maxLength(MAX_CARRIED))),
  /** Its guest drives the network card; otherwise the host answers for its addresses. */
  nic: v.optional(v.boolean(), false),
});

export const inputSchema = v.variant('kind', [
  /** By host 0, unless the VM has moved and is to move back; each migration has its own report. */
  v.strictObject({ kind: v.literal('migrate'), from: v.optional(v.picklist([0, 1])) }),
  v.strictObject({ kind: v.literal('cancel') }),
  /** The VM is paused by hand wherever it runs, and stays so when it moves; a migration goes on meanwhile. */
  v.strictObject({ kind: v.literal('suspend-vm') }),
  v.strictObject({ kind: v.literal('resume-vm') }),
  /** Rounds of pre-copy end, and the VM moves at once. */
  v.strictObject({ kind: v.literal('switch-to-pull') }),
  /** Rounds of pre-copy end, and the VM is paused for what is left, however much that is. */
  v.strictObject({ kind: v.literal('switch-over') }),
  /** A paused pull goes on; a source in doubt is told who has the VM; a paused pull is given up. */
  v.strictObject({ kind: v.literal('recover') }),
  v.strictObject({ kind: v.literal('resolve'), owner: v.picklist(['source', 'destination']) }),
  v.strictObject({ kind: v.literal('give-up') }),
  v.strictObject({
    kind: v.literal('workload'),
    workingSetPercent: v.optional(integer(1, 90)),
    writesPerSecond: v.optional(integer(0, 1_000_000)),
  }),
  v.strictObject({ kind: v.literal('console'), text: v.pipe(v.string(), v.maxLength(256)) }),
  /** A host's worker died (page) or the scenario says so. */
  v.strictObject({
    kind: v.literal('crash'),
    host: v.picklist([0, 1]),
    cause: v.optional(v.pipe(v.string(), v.maxLength(200)), 'switched off'),
  }),
  ...FAULT_INPUTS,
]);
export type LabInput = v.InferOutput<typeof inputSchema>;

const faultSchema = v.strictObject({
  when: whenSchema,
  input: inputSchema,
});

const vmFields = v.strictObject({
  guest: v.optional(v.picklist([...GUEST_NAMES, OWN_GUEST, FILE_GUEST]), 'muncher'),
  /** For the guest "own": its source, in NASM's dialect. */
  program: v.optional(v.pipe(v.string(), v.maxLength(MAX_PROGRAM))),
  file: v.optional(vmFile),
  /** Nothing of it runs before somebody lets it (input `resume-vm`). */
  paused: v.optional(v.boolean()),
  memoryMiB: v.optional(integer(2, 64), 4),
  instructionNs: v.optional(integer(1, 1_000_000), 50),
  workload: v.optional(workload, {}),
  /** CPU features hidden from the guest, so that it can move to a host without them. */
  mask: v.optional(features),
});

/** What would be read by another guest only is a mistake, and must not pass in silence. */
const vmSchema = v.pipe(
  vmFields,
  v.check(
    ({ guest, program }) => program === undefined || guest === OWN_GUEST,
    'vm.program is there, but vm.guest is not "own": say "guest": "own" to run the program, or leave it out',
  ),
  v.check(
    ({ guest, file }) => file === undefined || guest === FILE_GUEST,
    'vm.file is there, but vm.guest is not "file": say "guest": "file" to run it, or leave it out',
  ),
);

export const scenarioSchema = v.strictObject({
  name: v.optional(v.pipe(v.string(), v.maxLength(64)), 'custom'),
  seed: v.optional(integer(0, 0xffff_ffff), 1),
  algorithm: v.optional(v.picklist(ALGORITHM_IDS), 'pre-copy'),
  hosts: v.optional(
    v.strictObject({
      source: v.optional(v.picklist(['xen', 'kvm']), 'xen'),
      destination: v.optional(v.picklist(['xen', 'kvm']), 'kvm'),
      sourceProcessor: v.optional(processor),
      destinationProcessor: v.optional(processor),
      /** Whom a Xen-like destination lets in: xend's keys; what is not said lets everyone in. */
      relocation: v.optional(
        v.strictObject({
          server: v.optional(v.boolean()),
          port: v.optional(integer(1, 0xffff)),
          address: v.optional(v.pipe(v.string(), v.maxLength(64))),
          hostsAllow: v.optional(v.pipe(v.string(), v.maxLength(512))),
        }),
      ),
      /** How hosts of each kind notice what their guest writes. */
      dirtyLog: v.optional(
        v.strictObject({
          xen: v.optional(v.picklist(['shadow', 'hap'])),
          kvm: v.optional(v.picklist(['bitmap', 'manual-clear', 'pml', 'ring'])),
        }),
      ),
    }),
    {},
  ),
  vm: v.optional(vmSchema, {}),
  network: v.optional(
    v.strictObject({
      /** Rate of each host's network port, each direction. */
      bandwidthMbps: v.optional(between(0.1, 100_000), 100),
      /** One-way propagation between the hosts. */
      latencyMs: v.optional(between(0.01, 10_000), 1),
      /** One-way propagation between a machine and the switch. */
      lanLatencyMs: v.optional(between(0.01, 10_000), 0.1),
      announce: v.optional(v.picklist(['default', 'rarp', 'garp', 'none']), 'default'),
      /** The VM has another MAC at the destination, so that ARP caches must change. */
      newMac: v.optional(v.boolean(), false),
      /** Of the announcements, the first so many are lost. */
      lostAnnouncements: v.optional(integer(0, 100), 0),
      /** The switch forgets an address that was silent for so long (IEEE 802.1D: 300 s). */
      switchAgeingMs: v.optional(tableTime(10), 300_000),
      /** The switch keeps a stale entry for so long after it first heard the VM at another port. */
      switchStaleMs: v.optional(tableTime(0), 0),
      /** The client forgets a MAC that ARP has not confirmed for so long (RFC 1122: about a minute). */
      arpAgeingMs: v.optional(tableTime(10), 60_000),
      /** The client keeps a stale entry for so long after ARP first told it otherwise. */
      arpStaleMs: v.optional(tableTime(0), 0),
      probeIntervalMs: v.optional(between(1, 10_000), 10),
      /** What the client asks with: a byte to the serial console, or a ping, for which the guest needs a network card. */
      probe: v.optional(v.picklist(PROBE_KINDS), 'serial'),
      /** What the client downloads from the VM's web server. */
      fetch: v.optional(
        v.strictObject({
          path: v.pipe(v.string(), v.maxLength(200), v.regex(/^\/[!-~]*$/)),
          startMs: v.optional(between(0, 1_000_000), 0),
          /** Pause before it is downloaded again; without it, once. */
          repeatAfterMs: v.optional(between(0, 1_000_000)),
        }),
      ),
    }),
    {},
  ),
  migration: v.optional(migrationSchema, {}),
  faults: v.optional(v.pipe(v.array(faultSchema), v.maxLength(1000)), []),
  /** Inputs of a recorded run: applied at exactly these virtual times. */
  inputs: v.optional(
    v.pipe(
      v.array(v.strictObject({ atNs: integer(0, Number.MAX_SAFE_INTEGER), input: inputSchema })),
      v.maxLength(10_000),
    ),
    [],
  ),
});
export type Scenario = v.InferOutput<typeof scenarioSchema>;
