/** Two data centers: what runs in each, creating a VM, and moves that are over. */
import { plural } from './format.ts';

export const datacenter = (number: number) => `Datacenter ${number}`;
export const ramInUse = (used: number, all: number, percent: number) =>
  `RAM in use: ${used} of ${all} MiB, ${percent} %`;
export const vm = 'VM';
export const vmm = 'VMM';
export const ram = 'RAM';
export const image = 'Image';
export const megabits = 'Mbit/s';
export const state = 'State';
export const mebibytes = (mib: number) => `${mib} MiB`;
export const runs = 'runs';
export const standsStill = 'stands still';
export const movesWith = (share: number) => `, moves with ${share} Mbit/s`;
export const vmState = (state: string, moves: string, instructions: number) =>
  `${state}${moves}, ${plural(instructions, 'instruction')}`;
export const beingReceived = (mib: number) => `is on its way here: ${mib} MiB`;
export const noVmHere = 'No VM is here.';
export const movesOver = 'Migrations that are over';
export const noneYet = 'None yet.';
export const way = 'Way';
export const total = 'Total';
export const downtime = 'Downtime';
export const sent = 'Sent';
export const compared = 'Compared';
export const ramBefore = 'RAM of 1 / 2 before';
export const ramAfter = 'after';
export const wayOf = (from: number, to: number, source: string, destination: string) =>
  `${from} to ${to}, ${source} to ${destination}`;
export const fingerprint = 'Fingerprint';
export const equal = 'equal';
export const notEqual = 'not equal';

export const twoCentres = 'Two data centers and the link between them';
export const howTheyWork =
  'Each has a Xen-like and a KVM-like host; a VM moves to the host of the other kind in the other center. VMs have no disk, as if storage were shared: images stay where they are. The processors are slow, a million instructions a second, so that four VMs can run at once.';
export const again = 'What was done before happens again.';
export const pause = 'Pause';
export const letTimePass = 'Let time pass';
export const migrateIt = 'Migrate it';
export const shareOf = (vm: string, share: number | undefined) => `${vm} has ${share}`;
export const linkAt = (mbps: number, shares: string) => `Link: ${mbps} Mbit/s${shares}`;
export const spoken = (vms: number, moves: number) => `${vms} VMs, ${moves} moves over.`;

export const createVm = 'Create a VM';
export const idItsOwn = 'Id, its own';
export const ramMiB = 'RAM, MiB';
export const imageMiB = 'Image, MiB';
export const bandwidth = 'Bandwidth, Mbit/s';
export const deploy = 'Deploy';
export const vmmType = 'VMM type';
export const guest = 'Guest';
export const muncher = 'writes to random pages';
export const ticker = 'counts';
export const idle = 'idles';
export const datacenterField = 'Datacenter';
