import { h } from 'preact';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { rich, type Slots } from '../../../src/ui/kit/rich.tsx';

describe('a sentence with elements in it', () => {
  const pages = h('b', {}, '290');

  it('keeps its text, its spaces and its order', () => {
    const sentence = rich('Sent {pages} in {rounds}.', { pages, rounds: '3 rounds' });
    expect(sentence).toEqual(['Sent ', pages, ' in ', '3 rounds', '.']);
  });

  it('may begin and end with an element, and use one twice', () => {
    expect(rich('{pages}, yes, {pages}', { pages })).toEqual(['', pages, ', yes, ', pages, '']);
  });

  it('is itself where nothing stands in braces', () => {
    expect(rich('Nothing moved.', {})).toEqual(['Nothing moved.']);
  });

  it('asks for exactly the names in its braces', () => {
    expectTypeOf<Slots<'Sent {pages} in {rounds}.'>>().toEqualTypeOf<'pages' | 'rounds'>();
    expectTypeOf<Slots<'Nothing moved.'>>().toEqualTypeOf<never>();
    expectTypeOf(rich<'Sent {pages}.'>)
      .parameter(1)
      .toEqualTypeOf<Readonly<Record<'pages', preact.ComponentChildren>>>();
  });
});
