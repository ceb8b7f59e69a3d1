/** Walks over the tokens of one line. */
import type { Token } from './lexer.ts';
import { refuse } from './problem.ts';

export class TokenReader {
  private readonly tokens: readonly Token[];
  private readonly lastLabel: string;
  private index = 0;

  /** `lastLabel`: the label that names beginning with a dot belong to. */
  constructor(tokens: readonly Token[], lastLabel: string) {
    this.tokens = tokens;
    this.lastLabel = lastLabel;
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
  }

  next(): Token {
    const token = this.peek();
    this.index++;
    return token;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  isSign(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'sign' && token.text === text;
  }

  /** The next token as a word in lower case; '' when it is none. */
  word(ahead = 0): string {
    const { kind, text } = this.peek(ahead);
    return kind === 'word' ? text.toLowerCase() : '';
  }

  accept(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.index++;
    return true;
  }

  acceptWord(word: string): boolean {
    if (this.word() !== word) return false;
    this.index++;
    return true;
  }

  expect(sign: string, what: string): void {
    if (this.accept(sign)) return;
    const { column, text, kind } = this.peek();
    const found = kind === 'end' ? text : `"${text}"`;
    refuse(column, what, `"${sign}" has to stand here, not ${found}`, `put in the "${sign}"`);
  }

  expectEnd(after: string): void {
    if (this.atEnd) return;
    const { column, text } = this.peek();
    refuse(
      column,
      `unexpected "${text}"`,
      `${after} ends before it`,
      'put a comma between operands, a semicolon before a comment, or begin a new line',
    );
  }

  /** `.name` belongs to the label before it; `$name` is `name`. */
  fullName({ text, column }: Token): string {
    const name = /^\$[^$]/.test(text) ? text.slice(1) : text;
    if (!name.startsWith('.')) return name;
    if (this.lastLabel === '')
      refuse(
        column,
        `"${name}" belongs to no label`,
        'a name that begins with a dot belongs to the last label without a dot, and there is none yet',
        'put a label without a dot before it',
      );
    return this.lastLabel + name;
  }
}
