/** What xl and xm print of how they are used; of their subcommands only those that this host has. */

interface XlCommand {
  readonly name: string;
  readonly words: string;
  readonly about: string;
  /** It changes something, and so can be forced. */
  readonly modifies: boolean;
  readonly options: readonly string[];
}

const XL_COMMANDS: readonly XlCommand[] = [
  {
    name: 'list',
    words: '[options] [Domain]',
    about: 'List information about all/some domains',
    modifies: false,
    options: [],
  },
  {
    name: 'pause',
    words: '<Domain>',
    about: 'Pause execution of a domain',
    modifies: true,
    options: [],
  },
  {
    name: 'unpause',
    words: '<Domain>',
    about: 'Unpause a paused domain',
    modifies: true,
    options: [],
  },
  {
    name: 'migrate',
    words: '[options] <Domain> <host>',
    about: 'Migrate a domain to another host',
    modifies: true,
    options: [
      '-h              Print this help.',
      '-C <config>     Send <config> instead of config file from creation.',
      '-s <sshcommand> Use <sshcommand> instead of ssh.  String will be passed',
      '                to sh. If empty, run <host> instead of ssh <host> xl',
      '                migrate-receive [-d -e]',
      '-e              Do not wait in the background (on <host>) for the death',
      '                of the domain.',
      '--debug         Enable verification mode.',
      '-p              Do not unpause domain after migrating it.',
      '-D              Preserve the domain id',
    ],
  },
  {
    name: 'info',
    words: '[-n, --numa]',
    about: 'Get information about Xen host',
    modifies: false,
    options: [],
  },
];

/** Without a name the list of all. */
export function xlHelp(name?: string): string[] {
  if (name === undefined) {
    const list = XL_COMMANDS.map((each) => ` ${each.name.padEnd(19)} ${each.about}`);
    return [
      'Usage xl [-vfNtT] <subcommand> [args]',
      '',
      'xl full list of subcommands:',
      '',
      ...list,
    ];
  }
  const found = XL_COMMANDS.find((each) => each.name === name);
  if (found === undefined) return ['command not implemented'];
  const { words, about, modifies, options } = found;
  const usage = [`Usage: xl [-v${modifies ? 'f' : ''}] ${name} ${words}`, '', `${about}.`, ''];
  return options.length === 0 ? usage : [...usage, 'Options:', '', ...options];
}

/** An error of too few words, and how it is meant. */
export const xlNeeds = (name: string, count: number): string[] => [
  `'xl ${name}' requires at least ${count} argument${count > 1 ? 's' : ''}.`,
  '',
  ...xlHelp(name),
];

export const XM_MIGRATE_USAGE: readonly string[] = [
  'Usage: xm migrate <Domain> <Host>',
  '',
  'Migrate a domain to another machine.',
  '',
  'Options:',
  '',
  '-h, --help           Print this help.',
  '-l, --live           Use live migration.',
  '-p=portnum, --port=portnum',
  '                     Use specified port for migration.',
  '-n=nodenum, --node=nodenum',
  '                     Use specified NUMA node on target.',
  '-s, --ssl            Use ssl connection for migration.',
  '-c, --change_home_server',
  '                     Change home server for managed domains.',
  '',
];
