/**
 * The editor around a program, in a shadow tree: there CodeMirror's styles are constructed style
 * sheets, which the page's policy allows, and not <style> elements, which it does not.
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Problem } from '../../asm/problem.ts';
import { colours, looks } from './editor-looks.ts';
import { toyAssembly } from './toy-assembly.ts';

export interface ProgramEditor {
  setText(text: string): void;
  /** Underlines what is wrong. */
  show(problems: readonly Problem[]): void;
  /** Puts the cursor there, counted from 1. */
  goTo(line: number, column: number): void;
  close(): void;
}

export interface EditorWishes {
  readonly text: string;
  readonly maxLength: number;
  readonly label: string;
  onText(text: string): void;
}

export function openEditor(place: HTMLElement, wishes: EditorWishes): ProgramEditor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: wishes.text, extensions: extensionsFor(wishes) }),
  });
  return {
    setText(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    show(problems) {
      const { doc } = view.state;
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => underlined(doc, problem)),
        ),
      );
    },
    goTo(line, column) {
      view.dispatch({
        selection: { anchor: offsetOf(view.state.doc, line, column) },
        scrollIntoView: true,
      });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

function extensionsFor({ label, maxLength, onText }: EditorWishes) {
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    // Tab leaves the editor, as it leaves every other control.
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    toyAssembly,
    colours,
    looks,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    EditorState.changeFilter.of(({ newDoc, startState }) => {
      return newDoc.length <= maxLength || newDoc.length < startState.doc.length;
    }),
    typingOverSelection,
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onText(update.state.doc.toString());
    }),
  ];
}

/** Left to the browser, it would keep the look of what it replaces in an inline style, which the policy forbids. */
const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType } = event;
    if (inputType !== 'insertText' || data === null || view.state.selection.main.empty)
      return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type' });
    return true;
  },
});

function offsetOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(to, from + column - 1);
}

/** From where the problem is to the end of that word. */
function underlined(doc: Text, { line, column, what, why, advice }: Problem): Diagnostic {
  const from = offsetOf(doc, line, column);
  const { to: end } = doc.lineAt(from);
  const word = /^[\w.$]+/.exec(doc.sliceString(from, end))?.[0] ?? '';
  const to = Math.min(end, from + Math.max(1, word.length));
  return { from, to, severity: 'error', message: `${what}: ${why}; ${advice}` };
}
