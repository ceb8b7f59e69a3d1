/** Colours for NASM's dialect, line by line; what is right and wrong is the assembler's to say. */
import { StreamLanguage, type StringStream } from '@codemirror/language';

interface State {
  /** An instruction or directive may stand here: nothing but labels came before. */
  opens: boolean;
}

const REGISTER =
  /^(?:e?(?:ax|bx|cx|dx|si|di|sp|bp)|[abcd][hl]|[cdefgs]s|[cd]r[0-7]|byte|word|dword|qword)$/i;

export const toyAssembly = StreamLanguage.define<State>({
  startState: () => ({ opens: true }),
  token(stream, state) {
    if (stream.sol()) state.opens = true;
    if (stream.eatSpace()) return null;
    if (stream.match(/^;.*/)) return 'comment';
    if (stream.match(/^(["'`])(?:(?!\1).)*\1?/)) return 'string';
    if (stream.match(/^(?:0x[\da-f_]+|\d[\w]*)/i)) return 'number';
    if (stream.match(/^[\w.$?@]+/)) return word(stream, state);
    stream.next();
    return null;
  },
});

function word(stream: StringStream, state: State): string | null {
  const isFirst = state.opens;
  if (isFirst && stream.match(/^\s*:/)) return 'labelName';
  // NASM's "name equ value" needs no colon.
  if (isFirst && stream.match(/^\s+equ\b/i, false)) return 'labelName';
  state.opens = false;
  if (isFirst || /^equ$/i.test(stream.current())) return 'keyword';
  return REGISTER.test(stream.current()) ? 'variableName' : null;
}
