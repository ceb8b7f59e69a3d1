/**
 * `xm migrate --live` (xend of Xen 3.1 to 4.4): the command itself prints nothing unless it fails;
 * the story is in xend.log at both ends.
 */
import { PAGE_SIZE } from '../../base/units.ts';
import { relocationLines } from './relocation-lines.ts';
import {
  type ConsoleLine,
  type GuestType,
  line,
  type MigrationEvent,
  type RoundEvent,
} from './toolstack-events.ts';
import { XM_MIGRATE_USAGE } from './usage.ts';

const LIVE = 1;
const HVM = 4;
/** The connection's number in xend; any will do. */
const DESCRIPTOR = 22;
const SAVE = '/usr/lib/xen/bin/xc_save';

/** libxc's own arithmetic: bytes over milliseconds, as megabits a second, cut off. */
const megabits = (pages: number, milliseconds: number): number =>
  Math.floor((pages * PAGE_SIZE) / (Math.max(1, Math.floor(milliseconds)) * 125));

export class XmMigrate {
  private readonly command: string;
  private pages = 0;

  constructor(domid: number, type: GuestType, live: boolean) {
    const flags = (live ? LIVE : 0) | (type === 'x86 HVM' ? HVM : 0);
    this.command = `${SAVE} ${DESCRIPTOR} ${domid} 0 0 ${flags}`;
  }

  observe(event: MigrationEvent): ConsoleLine[] {
    const source = (...texts: readonly string[]) =>
      texts.map((text) => line('source xend.log', text));
    const target = (...texts: readonly string[]) =>
      texts.map((text) => line('target xend.log', text));
    switch (event.kind) {
      case 'begun':
        return [...source(`[xc_save]: ${this.command}`), ...target('Reloading memory pages:   0%')];
      case 'round':
        return source(...roundLines(event));
      case 'suspended': {
        const frame = event.sharedInfoFrame.toString(16).padStart(8, '0');
        return source('Start last iteration', 'suspend', `SUSPEND shinfo ${frame}`);
      }
      case 'saved':
        this.pages = event.totalPages;
        return source(...savedLines(event.sentPages, event.totalPages));
      case 'restored':
        return target('Received all pages (0 races)', `Memory reloaded (${this.pages} pages)`);
      case 'permitted':
        return [];
      case 'started':
        return source('Save exit rc=0');
      case 'failed': {
        const refused = relocationLines(event.reason);
        if (refused !== undefined)
          return [...target(refused.atTarget), ...complaint(refused.atSource)];
        return [...source('Save exit rc=1'), ...complaint(`Error: ${this.command} failed`)];
      }
    }
  }
}

/** xm explains itself after whatever went wrong. */
const complaint = (text: string): ConsoleLine[] =>
  [text, ...XM_MIGRATE_USAGE].map((each) => line('source', each));

function roundLines(round: RoundEvent): string[] {
  const iteration = round.index + 1;
  const { sentPages, skippedPages, dirtiedPages, milliseconds } = round;
  const figures = [
    `sent ${sentPages}`,
    `skipped ${skippedPages}`,
    `delta ${Math.floor(milliseconds)}ms`,
    `dom0 ${round.dom0Percent}%`,
    `target ${round.guestPercent}%`,
    `sent ${megabits(sentPages, milliseconds)}Mb/s`,
    `dirtied ${megabits(dirtiedPages, milliseconds)}Mb/s ${dirtiedPages} pages`,
  ];
  return [`Saving memory pages: iter ${iteration}   0%`, ` ${iteration}: ${figures.join(', ')}`];
}

function savedLines(sent: number, total: number): string[] {
  const hundredths = total === 0 ? 0 : Math.floor((sent * 100) / total);
  const ratio = `${Math.floor(hundredths / 100)}.${`${hundredths % 100}`.padStart(2, '0')}`;
  return [
    `Total pages sent= ${sent} (${ratio}x)`,
    '(of which 0 were fixups)',
    'All memory is saved',
  ];
}
