/** What stands on a host's terminal at a moment: what was typed there, and what a migration printed since. */

import type { MigrationStory } from '../../../trace/host-story.ts';
import type { HostConsole, PrintedLine } from '../../../vmm/consoles.ts';
import * as words from '../../strings/consoles.ts';

export interface Typed {
  readonly at: number;
  readonly party: number;
  readonly text: string;
  readonly prompt: string;
  readonly lines: readonly PrintedLine[];
  /** It began a migration. */
  readonly migrates: boolean;
}

export interface TerminalLine {
  readonly at: number;
  readonly kind: 'command' | 'output' | 'note';
  readonly text: string;
}

/** Older lines are gone, as on a terminal. */
const LINES_MAX = 1000;

export function terminalLines(
  console: HostConsole,
  typed: readonly Typed[],
  stories: readonly MigrationStory[],
  now: number,
): TerminalLine[] {
  const commands = typed.filter(({ at }) => at <= now);
  const free = commands.filter(({ migrates }) => migrates);
  const lines = commands.flatMap(commandLines);
  for (const story of stories.filter(({ startedAt }) => startedAt < now)) {
    const by = free.findLastIndex(({ at }) => at <= story.startedAt);
    const [command] = by < 0 ? [undefined] : free.splice(0, by + 1).slice(-1);
    lines.push(...storyLines(console, story, command, now));
  }
  return lines.sort((a, b) => a.at - b.at).slice(-LINES_MAX);
}

function commandLines({ at, prompt, text, lines }: Typed): TerminalLine[] {
  return [{ at, kind: 'command', text: `${prompt} ${text}` }, ...lines.map(output(at))];
}

function storyLines(
  console: HostConsole,
  { startedAt, steps }: MigrationStory,
  command: Typed | undefined,
  now: number,
): TerminalLine[] {
  const text = command?.text ?? console.migrateCommand;
  const past = steps.filter(({ at }) => at < now);
  const printed = console.follow(
    text,
    past.map(({ step }) => step),
  );
  const lines = past.flatMap(({ at }, i) => printed[i].map(output(at)));
  if (command !== undefined) return lines;
  const prompt = console.promptFor(text);
  return [
    { at: startedAt, kind: 'note', text: words.begunByPage },
    { at: startedAt, kind: 'command', text: `${prompt} ${text}` },
    ...lines,
  ];
}

const output =
  (at: number) =>
  ({ text, place }: PrintedLine): TerminalLine => ({
    at,
    kind: 'output',
    text: place === '' ? text : `[${place}] ${text}`,
  });
