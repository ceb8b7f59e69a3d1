/**
 * Texts for readers in a view's source, found by where they stand and what they look like: words of an
 * element or of an attribute that is read, or any text with a space or a capital as a sentence has.
 */
import { parseSync } from 'vite';
import { isNode, type Node } from './sources.ts';

/** Attributes and fields that somebody reads or hears, whatever their text looks like. */
const READ =
  /^(aria-(label|description|valuetext|roledescription)|title|placeholder|alt|label|heading|caption|summary|plain|text|unit|head|what|say|notes|none|empty|does|spoken)$/;
/** Those that nobody reads: code for the browser, for the drawing or for this program. */
const CODE =
  /^(class|d|transform|style|points|viewBox|key|keys|id|icon|rel|role|href|aria-keyshortcuts|autocomplete|stroke\S*|fill\S*|data-\S*|border\w*|outline|fontFamily|background\w*|textDecoration)$/;
/** Functions that take selectors and media queries, and assertions, whose texts are for programmers. */
const CODE_CALLS =
  /^(startsWith|endsWith|includes|querySelector|querySelectorAll|closest|matches|matchMedia|assert|exists|useInput)$/;
/** Names of keys, as the browser calls them. */
const KEY_NAME =
  /^((Alt|Shift|Control)\+.*|Arrow(Up|Down|Left|Right)|Page(Up|Down)|Home|End|Escape|Enter|Space|Tab)$/;
/** An SVG path, a colour. */
const DRAWN = /^([MmZzLlHhVvCcSsQqTtAa\d\s.,+-]+|#[\da-f]+)$/;

const WORD = /\p{L}\p{L}/u;
/** Where a value stands in a template. */
const HOLE = '\u0001';

const reads = (text: string): boolean => WORD.test(text);
const looksRead = (text: string): boolean =>
  !KEY_NAME.test(text) &&
  !DRAWN.test(text.replaceAll(HOLE, '0')) &&
  ((WORD.test(text) && /\s/.test(text)) || /^\p{Lu}\p{Ll}/u.test(text));

export interface ReaderText {
  readonly offset: number;
  readonly text: string;
}

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return '';
  const { name, value } = node;
  return isNode(name) ? nameOf(name) : String(name ?? value ?? '');
};

const isType = ({ type }: Node) =>
  /^(Import|ExportAll|TSTypeAlias|TSInterface)|^TS\w*(Type|Annotation|Instantiation)$/.test(type);

/** Texts of `source` that belong into the catalog. */
export function readerTexts(path: string, source: string): ReaderText[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const found: ReaderText[] = [];
  const judge = ({ start }: Node, text: string, read: boolean) => {
    if (read ? reads(text) : looksRead(text))
      found.push({ offset: start, text: text.replaceAll(HOLE, '…').replace(/\s+/g, ' ').trim() });
  };
  const all = (value: unknown, read: boolean): void => {
    if (Array.isArray(value)) for (const item of value) all(item, read);
    else if (isNode(value)) look(value, read);
  };
  const fields = (node: Node) => {
    for (const value of Object.values(node)) all(value, false);
  };
  /** `read`: what this expression gives goes to a reader. */
  const look = (node: Node, read: boolean): void => {
    if (isType(node)) return;
    switch (node.type) {
      case 'JSXText':
        if (WORD.test(String(node.value))) judge(node, String(node.value), true);
        return;
      case 'JSXAttribute':
        if (!CODE.test(nameOf(node.name))) all(node.value, READ.test(nameOf(node.name)));
        return;
      case 'JSXElement':
      case 'JSXFragment':
        all(node.openingElement, false);
        all(node.children, true);
        return;
      case 'JSXExpressionContainer':
        all(node.expression, read);
        return;
      case 'Property':
        if (node.computed === true) all(node.key, false);
        if (!CODE.test(nameOf(node.key))) all(node.value, READ.test(nameOf(node.key)));
        return;
      case 'BinaryExpression':
        // What is compared is code.
        if (!/^[=!<>]=/.test(String(node.operator))) all([node.left, node.right], read);
        return;
      case 'ConditionalExpression':
        all(node.test, false);
        all([node.consequent, node.alternate], read);
        return;
      case 'LogicalExpression':
        all(node.left, read && node.operator !== '&&');
        all(node.right, read);
        return;
      case 'SwitchCase':
        all(node.consequent, false);
        return;
      case 'MemberExpression':
        all(node.object, false);
        return;
      case 'CallExpression': {
        const callee = node.callee as Node;
        const called = nameOf(callee.property ?? callee);
        all(callee, false);
        if (called === 'plural') all(node.arguments, true);
        else if (!CODE_CALLS.test(called)) all(node.arguments, false);
        return;
      }
      case 'NewExpression':
        // Programmers' errors; what a reader may see of them comes from the core.
        if (!/Error$/.test(nameOf(node.callee))) all(node.arguments, false);
        return;
      case 'Literal':
        if (typeof node.value === 'string') judge(node, node.value, read);
        return;
      case 'TemplateLiteral': {
        const parts = node.quasis as readonly { readonly value: { readonly cooked: string } }[];
        judge(node, parts.map(({ value }) => value.cooked).join(HOLE), read);
        all(node.expressions, false);
        return;
      }
      case 'ArrayExpression':
        all(node.elements, read);
        return;
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        all(node.expression, read);
        return;
      default:
        fields(node);
    }
  };
  look(program as unknown as Node, false);
  return found;
}
