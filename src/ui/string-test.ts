/**
 * `?stringTest=double|rtl` shows whether the page bears other languages: every text twice as long, or
 * running from right to left. It acts where views become elements, so no text can slip past it.
 */
import { Fragment, options, type VNode } from 'preact';

export type StringTest = 'double' | 'rtl';

const RIGHT_TO_LEFT = '\u202e';
const POP = '\u202c';

const CHANGES: Readonly<Record<StringTest, (text: string) => string>> = {
  double: (text) => `${text} ${text.trim()}`,
  rtl: (text) => `${RIGHT_TO_LEFT}${text}${POP}`,
};

/** What a reader reads beside the text itself. */
const READ = ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'placeholder', 'alt'];
const LETTER = /\p{L}/u;

export function startStringTest(kind: StringTest): void {
  const change = (text: unknown): unknown =>
    typeof text === 'string' && LETTER.test(text) ? CHANGES[kind](text) : text;
  const each = (children: unknown): unknown =>
    Array.isArray(children) ? children.map(each) : change(children);
  const { vnode: before } = options;
  options.vnode = (vnode: VNode) => {
    // What a component is given becomes an element's sooner or later.
    if (typeof vnode.type === 'string' || vnode.type === Fragment) {
      const props = vnode.props as Record<string, unknown>;
      props.children = each(props.children);
      for (const name of READ) if (name in props) props[name] = change(props[name]);
    }
    before?.(vnode);
  };
  document.documentElement.dir = kind === 'rtl' ? 'rtl' : 'ltr';
}
