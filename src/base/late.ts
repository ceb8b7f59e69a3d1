/**
 * Code that few runs need. It is loaded before a run that needs it begins, so that a page which never
 * needs it never loads it, and yet no run has to wait in the middle.
 */
import { assert } from './assert.ts';

export class Late<Code extends object> {
  private readonly fetchCode: () => Promise<Code>;
  private code: Code | undefined;

  constructor(fetchCode: () => Promise<Code>) {
    this.fetchCode = fetchCode;
  }

  async load(): Promise<void> {
    this.code ??= await this.fetchCode();
  }

  get isLoaded(): boolean {
    return this.code !== undefined;
  }

  /** Pre: loaded. */
  get now(): Code {
    const { code } = this;
    assert(code !== undefined, 'code that few runs need is loaded before such a run begins');
    return code;
  }
}
