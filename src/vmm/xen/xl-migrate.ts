/** The lines of `xl migrate` (Xen 4.17, output that is no terminal), event by event. */
import { relocationLines } from './relocation-lines.ts';
import { type ConsoleLine, type GuestType, line, type MigrationEvent } from './toolstack-events.ts';
import { XlProgress } from './xl-progress.ts';

const FAILED: Readonly<
  Record<Extract<MigrationEvent, { kind: 'failed' }>['when'], readonly string[]>
> = {
  'before-permission': ['Migration failed, resuming at sender.'],
  suspend: ['Migration failed, failed to suspend at sender.'],
  'at-target': [
    'migration sender: Trying to resume at our end.',
    'migration sender: Resumed OK.',
    'Migration failed due to problems at target.',
  ],
  handshake: [
    '** Migration failed during final handshake **',
    'Domain state is now undefined !',
    'Please CHECK AT BOTH ENDS for running instances, before renaming and',
    ' resuming at most one instance.  Two simultaneous instances of the domain',
    ' would probably result in SEVERE DATA LOSS and it is now your',
    ' responsibility to avoid that.  Sorry.',
  ],
};

/** JSON and stream v2. */
const MANDATORY_FLAGS = '0x3';
const hex = (value: number): string => `0x${value.toString(16)}`;

export class XlMigrate {
  private readonly progress = new XlProgress();
  private readonly domid: number;
  private readonly type: GuestType;

  constructor(domid: number, type: GuestType) {
    this.domid = domid;
    this.type = type;
  }

  observe(event: MigrationEvent): ConsoleLine[] {
    const source = (...texts: readonly string[]) => texts.map((text) => line('source', text));
    const target = (...texts: readonly string[]) => texts.map((text) => line('target', text));
    switch (event.kind) {
      case 'begun':
        return this.begun(event.optionalBytes);
      case 'round':
        return source(...this.progress.round(`Frames iteration ${event.index}`, event.sentPages));
      case 'suspended':
        return source(...this.progress.single('Domain now suspended'));
      case 'saved':
        return source(...this.progress.single('End of stream'));
      case 'restored':
        return target(
          'xc: info: Restore successful',
          `xc: info: XenStore: mfn ${hex(event.storeFrame)}, dom 0, evt ${event.storeEvent}`,
          `xc: info: Console: mfn ${hex(event.consoleFrame)}, dom 0, evt ${event.consoleEvent}`,
          'migration target: Transfer complete, requesting permission to start domain.',
        );
      case 'permitted':
        return source(
          'migration sender: Target has acknowledged transfer.',
          'migration sender: Giving target permission to start.',
        );
      case 'started':
        return [
          ...target(
            'migration target: Got permission, starting domain.',
            'migration target: Domain started successsfully.',
          ),
          ...source(
            'migration sender: Target reports successful startup.',
            'Migration successful.',
          ),
        ];
      case 'failed': {
        // In life xl goes through ssh, and no key of xend is asked.
        const refused = relocationLines(event.reason);
        const why = refused === undefined ? [] : target(`migration target: ${refused.atTarget}`);
        return [...why, ...source(...FAILED[event.when])];
      }
    }
  }

  private begun(optionalBytes: number): ConsoleLine[] {
    const info = `info ${MANDATORY_FLAGS}/0x0/${optionalBytes}`;
    return [
      line('target', 'migration target: Ready to receive domain.'),
      line('source', `Saving to migration stream new xl format (${info})`),
      line('target', `Loading new save file <incoming migration stream> (new xl fmt ${info})`),
      line('target', ' Savefile contains xl domain config in JSON format'),
      line('target', 'Parsing config from <saved>'),
      line('source', `xc: info: Saving domain ${this.domid}, type ${this.type}`),
      line('target', `xc: info: Found ${this.type} domain from Xen 4.17`),
      line('target', 'xc: info: Restoring domain'),
    ];
  }
}
