/** The VM's life on both hosts: where it ran and when it was paused. */
import { HOST_A, HOST_B, type LabEvent } from './event.ts';
import { PageBook } from './page-book.ts';
import type { HostPicture, Picture } from './picture.ts';

const CONSOLE_MAX = 4096;

export function foldVm(picture: Picture, event: LabEvent): void {
  if (event.party !== HOST_A && event.party !== HOST_B) return;
  if (event.kind === 'lab.input') foldInput(picture, event.input);
  const host = picture.hosts[event.party];
  switch (event.kind) {
    case 'vm.created':
      picture.vm ||= event.vm;
      if (event.vm !== picture.vm) return;
      host.vmm = event.vmm;
      host.vm = host.vm === 'absent' || host.vm === 'destroyed' ? 'paused' : host.vm;
      if (picture.pages.count !== event.pages) picture.pages = new PageBook(event.pages);
      return;
    case 'vm.started':
    case 'vm.resumed':
    case 'vm.activated':
      runs(host, event);
      if (event.kind === 'vm.activated') {
        if (picture.downtime) picture.downtime.to = event.at;
        picture.clockLostNs = event.clockBehindNs - picture.clockBehindAtFirstNs;
      }
      // It was never down for good: the source ran on.
      if (event.kind === 'vm.resumed') picture.downtime = undefined;
      return;
    case 'vm.loaded':
      picture.clockBehindAtFirstNs = event.clockBehindNs;
      return;
    case 'vm.paused':
      rests(host, 'paused', event);
      if (event.party === picture.pages.from) picture.downtime = { from: event.at };
      return;
    case 'vm.paused-by-hand':
      picture.pausedByHand = true;
      rests(host, 'paused', event);
      return;
    case 'vm.resumed-by-hand':
      runs(host, event);
      return;
    case 'vm.blocked':
      host.vm = 'blocked';
      return;
    case 'vm.unblocked':
      host.vm = 'running';
      return;
    case 'vm.stopped':
      rests(host, 'stopped', event);
      return;
    case 'vm.destroyed':
      rests(host, 'destroyed', event);
      if (event.party === picture.pages.from) picture.pages.sourceFreed();
      else picture.pages.destinationFreed();
      return;
    case 'party.failed':
      rests(host, 'destroyed', event);
      host.failure = event.cause;
      return;
    case 'console.output':
      host.console = (host.console + event.text).slice(-CONSOLE_MAX);
      return;
    default:
  }
}

/** Asked for while the VM is on its way, it holds where the VM arrives. */
function foldInput(picture: Picture, text: string): void {
  const { kind } = JSON.parse(text) as { readonly kind: string };
  if (kind === 'suspend-vm') picture.pausedByHand = true;
  if (kind === 'resume-vm') picture.pausedByHand = false;
}

function runs(host: HostPicture, event: LabEvent): void {
  host.vm = 'running';
  host.ran.push({ from: event.at });
}

function rests(host: HostPicture, condition: HostPicture['vm'], event: LabEvent): void {
  host.vm = condition;
  const last = host.ran.at(-1);
  if (last && last.to === undefined) last.to = event.at;
}
