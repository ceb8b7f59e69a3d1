/** Tools for planting bugs: around a daemon's services, on a VM's methods, and in bytes on their way. */
import { crc32 } from '../../../base/crc32.ts';
import { HEADER_BYTES } from '../../../migration/codec.ts';
import type { DaemonServices } from '../../../migration/daemon.ts';
import type { MessageType } from '../../../migration/messages.ts';
import type { EventFields, EventKind, MigrationRole } from '../../../trace/event.ts';
import type { Vm } from '../../../vmm/vmm.ts';
import { typeOf } from '../../faults-link.ts';
import type { PlantedBug } from '../../planted.ts';

export interface Canary {
  readonly name: string;
  /** The bug, in a sentence. */
  readonly what: string;
  /** The invariants by which it may be found; a violation of another one is another bug. */
  readonly breaks: readonly string[];
  /** A fresh copy: bugs remember things. */
  readonly make: () => PlantedBug;
}

const SESSION_OFFSET = 8;
const ID_OFFSET = 12;
const CRC_OFFSET = 20;
const HEARTBEAT_BIT = 0x8000_0000;

/** The daemon of one role gets services with some of them replaced. */
export function withServices(
  role: MigrationRole,
  change: (services: DaemonServices) => Partial<DaemonServices>,
): PlantedBug {
  return {
    services: (services, of) => (of === role ? { ...services, ...change(services) } : services),
  };
}

/** Every VM that the daemon of one role lays hands on has some of its methods replaced. */
export function withVm(role: MigrationRole, change: (vm: Vm) => Partial<Vm>): PlantedBug {
  const changed = new WeakSet<Vm>();
  const visit = (vm: Vm): Vm => {
    if (!changed.has(vm)) {
      changed.add(vm);
      Object.assign(vm, change(vm));
    }
    return vm;
  };
  return withServices(role, ({ vmm }) => ({
    vmm: Object.create(vmm, {
      vms: { value: () => vmm.vms().map(visit) },
      createVm: {
        value: (config: Parameters<typeof vmm.createVm>[0]) => {
          const created = vmm.createVm(config);
          if (created.ok) visit(created.value);
          return created;
        },
      },
    }) as typeof vmm,
  }));
}

/** Something else happens just after the daemon of a role has sent a message of a type. */
export function afterSending(
  role: MigrationRole,
  type: MessageType,
  act: (services: DaemonServices) => void,
): PlantedBug {
  return withServices(role, (services) => ({
    send: (message) => {
      services.send(message);
      if (typeOf(message) === type) act(services);
    },
  }));
}

/** What a daemon writes on the trace is falsified, or sets something off. */
export function tracing<Kind extends EventKind>(
  role: MigrationRole,
  kind: Kind,
  act: (fields: EventFields[Kind], services: DaemonServices) => EventFields[Kind],
): PlantedBug {
  return withServices(role, (services) => ({
    trace: {
      page: (...row) => services.trace.page(...row),
      event: (at, happened, fields) => {
        const told =
          (happened as EventKind) === kind
            ? act(fields as unknown as EventFields[Kind], services)
            : fields;
        services.trace.event(at, happened, told as typeof fields);
      },
    },
  }));
}

/** Messages are sent under another id, or not at all, and the trace says the same. */
export function rewriting(
  role: MigrationRole,
  change: (type: string, id: number) => number | undefined,
): PlantedBug {
  return withServices(role, (services) => {
    // A message is traced just before it is sent.
    let sent: number | undefined;
    return {
      trace: {
        page: (...row) => services.trace.page(...row),
        event: (at, kind, fields) => {
          if (kind !== 'message.sent') {
            services.trace.event(at, kind, fields);
            return;
          }
          const { type, id } = fields as unknown as EventFields['message.sent'];
          sent = id < HEARTBEAT_BIT ? change(type, id) : id;
          if (sent !== undefined) services.trace.event(at, kind, { ...fields, id: sent });
        },
      },
      send: (message) => {
        if (sent !== undefined) services.send(renumbered(message, sent));
      },
    };
  });
}

export function onReceipt(
  role: MigrationRole,
  act: (bytes: Uint8Array<ArrayBuffer>) => readonly Uint8Array<ArrayBuffer>[],
): PlantedBug {
  return { receive: (bytes, of) => (of === role ? act(bytes) : [bytes]) };
}

/** The VM that migrates, as a daemon's VMM shows it. */
export const watchedVm = (services: DaemonServices): Vm | undefined =>
  services.vmm.vms().find(({ config }) => config.id === 'vm1');

// ---- bytes of a message ----

export const idOf = (bytes: Uint8Array<ArrayBuffer>): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(ID_OFFSET, true);

export const sessionOf = (bytes: Uint8Array<ArrayBuffer>): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(SESSION_OFFSET, true);

export const isSequenced = (bytes: Uint8Array<ArrayBuffer>): boolean =>
  bytes.length >= HEADER_BYTES && idOf(bytes) < HEARTBEAT_BIT;

/** A copy under another id, with a checksum that fits. */
export function renumbered(bytes: Uint8Array<ArrayBuffer>, id: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(ID_OFFSET, id, true);
  return signed(copy);
}

/** With a checksum that fits what is there. */
export function signed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length < HEADER_BYTES) return bytes;
  const crc = crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, CRC_OFFSET)));
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(CRC_OFFSET, crc, true);
  return bytes;
}
