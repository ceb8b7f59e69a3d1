/** A sentence of the catalog with elements in it: `{name}` in the text is where the element of that name goes. */
import type { ComponentChildren } from 'preact';

/** The names between braces, so that a forgotten or misspelt one is a type error. */
export type Slots<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Slots<Rest>
  : never;

export function rich<Text extends string>(
  text: Text,
  slots: Readonly<Record<Slots<Text>, ComponentChildren>>,
): ComponentChildren[] {
  const given: Readonly<Record<string, ComponentChildren>> = slots;
  // Text and names take turns.
  return text.split(/\{([^}]+)\}/).map((part, i) => (i % 2 === 0 ? part : given[part]));
}
