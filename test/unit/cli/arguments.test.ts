import { describe, expect, it } from 'vitest';
import { helpText, parseArguments } from '../../../src/cli/arguments.ts';

const syntax = {
  name: 'sail',
  summary: 'Sails.',
  argument: { name: 'PORT', help: 'Where to.', required: true },
  options: {
    fast: { kind: 'flag', help: 'At full speed.' },
    crew: { kind: 'integer', value: 'N', min: 1, max: 20, help: 'How many sail.' },
    sail: { kind: 'choice', value: 'S', choices: ['main', 'jib'], help: 'Which sail.' },
    log: { kind: 'text', value: 'FILE', help: 'Where to write.' },
  },
} as const;

const parse = (line: string) => parseArguments(syntax, line.split(' '));
const refusal = (line: string) => {
  const parsed = parse(line);
  return parsed.ok ? 'accepted' : parsed.error;
};

describe('the command line', () => {
  it('gives each option in its own type, and undefined or false for those left out', () => {
    expect(parse('Kiel --crew 7 --sail=jib')).toEqual({
      ok: true,
      value: { argument: 'Kiel', options: { fast: false, crew: 7, sail: 'jib', log: undefined } },
    });
  });

  it('takes options before and after the argument, the last of a repeated one counting', () => {
    expect(parse('--crew 3 Kiel --fast --crew 4')).toMatchObject({
      value: { argument: 'Kiel', options: { fast: true, crew: 4 } },
    });
  });

  it('takes what follows -- as an argument', () => {
    expect(parse('-- --Kiel')).toMatchObject({ value: { argument: '--Kiel' } });
  });

  it.each([
    ['Kiel --sped', 'unknown option --sped; see vmferry sail --help'],
    ['Kiel -x', 'unknown option -x; see vmferry sail --help'],
    ['Kiel --constructor', 'unknown option --constructor; see vmferry sail --help'],
    ['Kiel --crew many', '--crew must be a whole number from 1 to 20, got "many"'],
    ['Kiel --crew 21', '--crew must be a whole number from 1 to 20, got "21"'],
    ['Kiel --crew -1', '--crew must be a whole number from 1 to 20, got "-1"'],
    ['Kiel --crew 1e1', '--crew must be a whole number from 1 to 20, got "1e1"'],
    ['Kiel --crew', '--crew needs a whole number from 1 to 20'],
    ['Kiel --log=', '--log needs a FILE'],
    ['Kiel --sail spinnaker', '--sail must be one of main, jib, got "spinnaker"'],
    ['Kiel --fast=yes', '--fast takes no value, got "yes"'],
    ['Kiel Oslo', 'sail takes one PORT, but "Oslo" was given as well'],
    ['--fast', 'sail needs a PORT; see vmferry sail --help'],
  ])('refuses "%s" and says why', (line, reason) => {
    expect(refusal(line)).toBe(reason);
  });

  it('prints every option in its help', () => {
    const help = helpText(syntax);
    for (const part of ['PORT', '--fast', '--crew N', '--sail S', 'main, jib', '--log FILE'])
      expect(help).toContain(part);
  });
});
