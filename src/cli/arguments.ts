/**
 * The command line's syntax as data, read with Node's own tokenizer: one table gives the types, the
 * checks and the help text, so that they cannot part.
 */
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../base/result.ts';

export type OptionSpec =
  | { readonly kind: 'flag'; readonly help: string }
  | {
      readonly kind: 'text';
      readonly value: string;
      /** One letter: `-o FILE` is `--output FILE`. */
      readonly short?: string;
      readonly help: string;
    }
  | {
      readonly kind: 'integer';
      readonly value: string;
      readonly min: number;
      readonly max: number;
      readonly help: string;
    }
  | {
      readonly kind: 'choice';
      readonly value: string;
      readonly choices: readonly string[];
      readonly help: string;
    };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<Spec> = Spec extends { kind: 'flag' }
  ? boolean
  : Spec extends { kind: 'integer' }
    ? number | undefined
    : Spec extends { kind: 'choice'; choices: readonly (infer Choice)[] }
      ? Choice | undefined
      : string | undefined;

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: OptionValue<Specs[Name]>;
};

export interface CommandSyntax<Specs extends OptionSpecs> {
  readonly name: string;
  readonly summary: string;
  readonly argument: { readonly name: string; readonly help: string; readonly required: boolean };
  readonly options: Specs;
}

export interface ParsedArguments<Specs extends OptionSpecs> {
  /** The one positional argument; empty when it is optional and absent. */
  readonly argument: string;
  readonly options: OptionValues<Specs>;
}

/** Pre: `--help` has been looked for already. */
export function parseArguments<Specs extends OptionSpecs>(
  syntax: CommandSyntax<Specs>,
  args: readonly string[],
): Result<ParsedArguments<Specs>, string> {
  const { tokens } = parseArgs({
    args: [...args],
    options: tokenizerOptions(syntax.options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const positionals: string[] = [];
  const values = new Map<string, string | number | boolean>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const value = optionValue(syntax, token.name, token.rawName, token.value);
    if (!value.ok) return value;
    values.set(token.name, value.value);
  }
  const argument = onlyArgument(syntax, positionals);
  if (!argument.ok) return argument;
  const options = Object.fromEntries(
    Object.entries(syntax.options).map(([name, spec]) => [
      name,
      values.get(name) ?? (spec.kind === 'flag' ? false : undefined),
    ]),
  );
  return ok({ argument: argument.value, options: options as OptionValues<Specs> });
}

function tokenizerOptions(specs: OptionSpecs) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.kind === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(spec.kind === 'text' && spec.short !== undefined ? { short: spec.short } : {}),
      },
    ]),
  );
}

function onlyArgument(
  syntax: CommandSyntax<OptionSpecs>,
  positionals: readonly string[],
): Result<string, string> {
  const { name, required } = syntax.argument;
  const [first, second] = positionals;
  if (second !== undefined)
    return err(`${syntax.name} takes one ${name}, but "${second}" was given as well`);
  if (first === undefined && required)
    return err(`${syntax.name} needs a ${name}; see vmferry ${syntax.name} --help`);
  return ok(first ?? '');
}

function optionValue(
  syntax: CommandSyntax<OptionSpecs>,
  name: string,
  written: string,
  value: string | undefined,
): Result<string | number | boolean, string> {
  const spec = Object.hasOwn(syntax.options, name) ? syntax.options[name] : undefined;
  if (spec === undefined)
    return err(`unknown option ${written}; see vmferry ${syntax.name} --help`);
  if (spec.kind === 'flag')
    return value === undefined ? ok(true) : err(`${written} takes no value, got "${value}"`);
  if (value === undefined || value === '') return err(`${written} needs ${expectation(spec)}`);
  if (spec.kind === 'integer') return integerValue(spec, written, value);
  if (spec.kind === 'choice' && !spec.choices.includes(value))
    return err(`${written} must be ${expectation(spec)}, got "${value}"`);
  return ok(value);
}

function integerValue(
  spec: Extract<OptionSpec, { kind: 'integer' }>,
  written: string,
  text: string,
): Result<number, string> {
  const value = Number(text);
  const fits = /^\d+$/.test(text) && value >= spec.min && value <= spec.max;
  return fits ? ok(value) : err(`${written} must be ${expectation(spec)}, got "${text}"`);
}

function expectation(spec: Exclude<OptionSpec, { kind: 'flag' }>): string {
  switch (spec.kind) {
    case 'integer':
      return `a whole number from ${spec.min} to ${spec.max}`;
    case 'choice':
      return `one of ${spec.choices.join(', ')}`;
    case 'text':
      return `a ${spec.value}`;
  }
}

const column = (left: string, right: string) => `  ${left.padEnd(26)} ${right}`;

/** What `--help` prints. */
export function helpText(syntax: CommandSyntax<OptionSpecs>): string {
  const { argument } = syntax;
  const place = argument.required ? argument.name : `[${argument.name}]`;
  const options = Object.entries(syntax.options).map(([name, spec]) =>
    column(optionName(name, spec), optionHelp(spec)),
  );
  return [
    `vmferry ${syntax.name} ${place} [options]`,
    syntax.summary,
    '',
    column(argument.name, argument.help),
    '',
    'Options:',
    ...options,
    column('--help', 'Print this text.'),
    '',
  ].join('\n');
}

function optionName(name: string, spec: OptionSpec): string {
  if (spec.kind === 'flag') return `--${name}`;
  const short = spec.kind === 'text' && spec.short !== undefined ? `-${spec.short}, ` : '';
  return `${short}--${name} ${spec.value}`;
}

const optionHelp = (spec: OptionSpec): string =>
  spec.kind === 'choice' ? `${spec.help} (${spec.choices.join(', ')})` : spec.help;
