/** The commands that the monitor knows, as QEMU 7.2's own help lists them; what is not here is left out. */

export interface MonitorCommand {
  readonly names: readonly string[];
  readonly words: string;
  /** The lines after the first stand under it. */
  readonly help: readonly string[];
}

const command = (name: string, words: string, ...help: readonly string[]): MonitorCommand => ({
  names: name.split('|'),
  words,
  help,
});

export const MONITOR_COMMANDS: readonly MonitorCommand[] = [
  command('cont|c', '', 'resume emulation'),
  command('help|?', '[cmd]', 'show the help'),
  command('info', '[subcommand]', 'show various information about the system state'),
  command(
    'migrate',
    '[-d] [-b] [-i] [-r] uri',
    'migrate to URI (using -d to not wait for completion)',
    '-b for migration without shared storage with full copy of disk',
    '-i for migration without shared storage with incremental copy of disk (base image shared between src and destination)',
    '-r to resume a paused migration',
  ),
  command('migrate_cancel', '', 'cancel the current VM migration'),
  command('stop|s', '', 'stop emulation'),
];

export const INFO_COMMANDS: readonly MonitorCommand[] = [
  command('migrate', '', 'show migration status'),
  command(
    'registers',
    '[-a|vcpu]',
    "show the cpu registers (-a: show register info for all cpus; vcpu: specific vCPU to query; show the current CPU's registers if no argument is specified)",
  ),
  command('status', '', 'show the current VM status (running|paused)'),
];

export const commandNamed = (
  commands: readonly MonitorCommand[],
  name: string,
): MonitorCommand | undefined => commands.find(({ names }) => names.includes(name));

export const titleOf = ({ names }: MonitorCommand): string => names.join('|');

export const helpOf = (prefix: string, of: MonitorCommand): string[] =>
  of.help.map((text, i) =>
    i === 0 ? `${prefix}${titleOf(of)} ${of.words} -- ${text}` : `\t\t\t ${text}`,
  );

/** What `help` says of these words. */
export function helpLines([name, sub]: readonly string[]): string[] {
  if (name === undefined) return MONITOR_COMMANDS.flatMap((each) => helpOf('', each));
  if (name === 'info') {
    if (sub === undefined) return INFO_COMMANDS.flatMap((each) => helpOf('info ', each));
    const found = commandNamed(INFO_COMMANDS, sub);
    return found === undefined ? [`unknown command: 'info ${sub}'`] : helpOf('info ', found);
  }
  const found = commandNamed(MONITOR_COMMANDS, name);
  return found === undefined ? [`unknown command: '${name}'`] : helpOf('', found);
}
