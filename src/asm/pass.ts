/**
 * One pass over all statements: each gets an address and its bytes, with the addresses of the pass
 * before for what lies further down. Passes are repeated until no address changes; jumps are hoped to
 * be short at first and grow when their targets turn out to be too far.
 */
import { type Context, encode } from './encode.ts';
import { evaluate } from './evaluate.ts';
import { type Expression, partsOf } from './expression.ts';
import { MAX_MEMORY, MAX_PROBLEMS, MAX_REPEATS } from './limits.ts';
import { guarded, type Problem, refuse } from './problem.ts';
import { littleEndian } from './range.ts';
import { alignUp, placeSections, Section } from './section.ts';
import { similar } from './similar.ts';
import type { Source } from './source.ts';
import type { Body, DataItem, Directive, Instruction, Statement } from './statement.ts';
import { isScalar, UNKNOWN, type Value } from './value.ts';

/** Where a line's bytes lie. */
export interface Placed {
  readonly line: number;
  readonly section: string;
  readonly offset: number;
  readonly size: number;
}

/** What a pass leaves to the next one. */
export interface Layout {
  readonly symbols: ReadonlyMap<string, Value>;
  readonly addresses: ReadonlyMap<string, number>;
}

export interface PassOptions {
  readonly isFirst: boolean;
  /** Values must fit now. */
  readonly isLast: boolean;
  /** Jumps that stay long, once passes have been many. */
  readonly longJumps: Set<Instruction> | undefined;
  /** Instructions that have been encoded and depend on nothing. */
  readonly constants: Map<Instruction, readonly number[]>;
}

const isDirective = (body: Body | Directive): body is Directive =>
  ['org', 'section', 'global', 'equ'].includes(body.kind);

/** Only registers and numbers; a number as a jump's target is as far away as the jump is. */
const isConstant = ({ operands }: Instruction): boolean =>
  operands.every(
    (operand) =>
      operand.kind === 'register' ||
      (operand.kind === 'memory' &&
        [...partsOf(operand.expression)].every(({ kind }) => kind !== 'symbol')),
  );

export class Pass {
  readonly symbols = new Map<string, Value>();
  readonly sections = new Map<string, Section>([['.text', new Section('.text')]]);
  readonly placed: Placed[] = [];
  readonly problems: Problem[] = [];
  origin: number | undefined;
  private readonly source: Source;
  private readonly before: Layout;
  private readonly options: PassOptions;
  private section: Section;
  private lineStart: Value;
  private repeats = 0;

  constructor(source: Source, before: Layout, options: PassOptions) {
    this.source = source;
    this.before = before;
    this.options = options;
    this.section = this.sectionOf('.text');
    this.lineStart = this.section.at(0);
  }

  run(defaultOrigin: number): Layout {
    for (const statement of this.source.statements) {
      if (this.problems.length >= MAX_PROBLEMS && this.options.isLast) break;
      guarded(statement.line, this.problems, () => this.take(statement));
    }
    const addresses = placeSections(this.sections.values(), this.origin ?? defaultOrigin);
    return { symbols: this.symbols, addresses };
  }

  private sectionOf(name: string): Section {
    const known = this.sections.get(name);
    if (known !== undefined) return known;
    const section = new Section(name);
    this.sections.set(name, section);
    return section;
  }

  private take(statement: Statement): void {
    const { label, body, line } = statement;
    const { section } = this;
    const offset = section.size;
    this.lineStart = section.at(offset);
    if (label !== undefined) this.symbols.set(label.name, this.lineStart);
    if (isDirective(body)) this.direct(body, statement);
    else this.fill(body, statement);
    const size = section.size - offset;
    if (size > 0) this.placed.push({ line, section: section.name, offset, size });
  }

  private direct(body: Directive, { column, times }: Statement): void {
    if (times !== undefined)
      refuse(
        column,
        `${body.kind} cannot be repeated`,
        'times repeats instructions and data',
        'leave times out',
      );
    switch (body.kind) {
      case 'equ':
        this.symbols.set(body.name, evaluate(body.value, this.scope()));
        break;
      case 'section':
        this.section = this.sectionOf(body.name);
        break;
      case 'org':
        this.setOrigin(body.address);
        break;
      case 'global':
        for (const { name, column: at } of body.names) this.valueOf(name, at);
    }
  }

  private setOrigin(address: Expression): void {
    if (this.origin !== undefined)
      refuse(
        address.column,
        'the origin is set twice',
        'a program has one address that it is loaded to',
        'leave one org out; "align" and "times" leave space',
      );
    this.origin = this.constant(address, 'the origin', 0, 0xffff_ffff);
  }

  private fill(body: Body, { column, times }: Statement): void {
    const count = times === undefined ? 1 : this.constant(times, 'the count of times', 0, 2 ** 40);
    if (body.kind === 'nothing') return;
    const at = times?.column ?? column;
    if (body.kind === 'reserve') {
      const items = this.constant(body.count, 'the size', 0, MAX_MEMORY);
      this.section.reserve(items * body.size * count, at);
    } else if (body.kind === 'align') this.align(body, column);
    else if (body.kind === 'data') this.append(this.dataBytes(body), count, at);
    else if (body.operands.length === 0) this.append(this.instructionBytes(body), count, at);
    else this.repeat(body, count, at);
  }

  private append(bytes: readonly number[], count: number, column: number): void {
    this.section.makeRoom(bytes.length * count, column);
    for (let i = 0; i < count && bytes.length > 0; i++) this.section.append(bytes, column);
  }

  /** Each one by itself: the way to a jump's target changes. */
  private repeat(instruction: Instruction, count: number, column: number): void {
    this.section.makeRoom(count, column);
    this.repeats += count;
    if (this.repeats > MAX_REPEATS)
      refuse(
        column,
        'too much is repeated',
        `at most ${MAX_REPEATS} instructions are written`,
        'write a loop, which the processor repeats',
      );
    for (let i = 0; i < count; i++) this.section.append(this.instructionBytes(instruction), column);
  }

  /** What no name takes part in is the same in every pass; its ranges are checked in the last. */
  private instructionBytes(instruction: Instruction): readonly number[] {
    const { isLast, constants } = this.options;
    const known = isLast ? undefined : constants.get(instruction);
    if (known !== undefined) return known;
    const bytes = this.encoded(instruction);
    if (!isLast && isConstant(instruction)) constants.set(instruction, bytes);
    return bytes;
  }

  private encoded(instruction: Instruction): readonly number[] {
    const { section, lineStart } = this;
    const context: Context = {
      valueOf: (name, column) => this.valueOf(name, column, lineStart),
      position: section.at(section.size),
      absolute: (value) => this.absolute(value),
      isLast: this.options.isLast,
      longJumps: this.options.longJumps,
    };
    return encode(instruction, context);
  }

  private dataBytes({ items, size }: Extract<Body, { kind: 'data' }>): readonly number[] {
    return items.flatMap((item) => this.itemBytes(item, size));
  }

  private itemBytes({ content, column }: DataItem, size: 1 | 2 | 4 | 8): readonly number[] {
    if ('kind' in content) {
      const value = this.absolute(evaluate(content, this.scope()));
      return littleEndian(value, { size, meaning: 'bits', column }, this.options.isLast);
    }
    const padding = alignUp(content.length, size) - content.length;
    return [...content, ...new Array<number>(padding).fill(0)];
  }

  private align({ to, fill }: Extract<Body, { kind: 'align' }>, column: number): void {
    const { section } = this;
    const alignment = this.constant(to, 'the alignment', 1, 1 << 20);
    if ((alignment & (alignment - 1)) !== 0)
      refuse(
        to.column,
        `cannot align to ${alignment}`,
        'an alignment is a power of two',
        'use 2, 4, 8, 16 or 4096',
      );
    section.alignment = Math.max(section.alignment, alignment);
    const missing = alignUp(section.size, alignment) - section.size;
    if (section.isReserved || fill === undefined || fill.kind === 'reserve') {
      section.reserve(missing, column);
      return;
    }
    const bytes = fill.kind === 'data' ? this.dataBytes(fill) : this.fillBytes(fill);
    if (bytes.length !== 1)
      refuse(
        column,
        'the filling is not one byte',
        'it is repeated until the address is aligned, which may be after any count of bytes',
        'fill with one byte, as in "align 16, db 0"',
      );
    this.append(bytes, missing, column);
  }

  private fillBytes(fill: Body): readonly number[] {
    return fill.kind === 'instruction' ? this.instructionBytes(fill) : [];
  }

  private scope(): { valueOf(name: string, column: number): Value } {
    const { lineStart } = this;
    return { valueOf: (name, column) => this.valueOf(name, column, lineStart) };
  }

  private valueOf(name: string, column: number, here: Value = this.lineStart): Value {
    if (name === '$') return here;
    if (name === '$$') return this.section.at(0);
    const { names, broken } = this.source;
    if (!names.has(name)) return this.refuseUndefined(name, column);
    const value = this.symbols.get(name) ?? this.before.symbols.get(name);
    if (value !== undefined && !value.unknown) return value;
    // What depends on a line that is wrong is not wrong itself.
    if (this.options.isFirst || broken.size > 0) return value ?? UNKNOWN;
    return refuse(
      column,
      `"${name}" has no value`,
      'its value depends on itself',
      'give it a number, or a label that is defined without it',
    );
  }

  private refuseUndefined(name: string, column: number): never {
    const guess = this.options.isLast ? similar(name, this.source.names.keys()) : undefined;
    return refuse(
      column,
      `"${name}" is not defined`,
      'no line has it as a label or gives it a value with equ',
      guess === undefined
        ? `write "${name}:" before what it is the address of, or "${name} equ VALUE"`
        : `did you mean "${guess}"?`,
    );
  }

  private absolute({ scalar, terms }: Value): bigint {
    return terms.reduce((sum, { of, count }) => {
      const address = typeof of === 'string' ? (this.before.addresses.get(of) ?? 0) : 0;
      return sum + BigInt(address) * count;
    }, scalar);
  }

  /** A number that decides where everything below it lies, and so may not depend on that. */
  private constant(expression: Expression, what: string, low: number, high: number): number {
    const value = evaluate(expression, {
      valueOf: (name, column) => this.knownValue(name, column),
    });
    if (!isScalar(value))
      refuse(
        expression.column,
        `${what} is not a constant`,
        'it is an address, which depends on where the program is loaded',
        'use a number, or a difference of two labels',
      );
    if (value.unknown) return low;
    if (value.scalar < BigInt(low) || value.scalar > BigInt(high))
      refuse(
        expression.column,
        `${what} cannot be ${value.scalar}`,
        `it has to be from ${low} to ${high}`,
        'use a number in that range',
      );
    return Number(value.scalar);
  }

  private knownValue(name: string, column: number): Value {
    if (name.startsWith('$') || !this.source.names.has(name)) return this.valueOf(name, column);
    const value = this.symbols.get(name);
    if (value !== undefined) return value;
    if (this.source.broken.has(name)) return UNKNOWN;
    return refuse(
      column,
      `"${name}" is not known here yet`,
      'this number decides where the lines below it lie, and the name is defined there',
      'define it above this line',
    );
  }
}
