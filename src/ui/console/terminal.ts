/** Keys as a serial line has them, and what comes back as a person reads it. */

/** Sent for a key that is no character; undefined: the key is not for the guest. */
export function keyText(key: string): string | undefined {
  if (key === 'Enter') return '\n';
  if (key === 'Backspace') return '\b';
  return undefined;
}

/** What a UART can carry beside the client's probes: ASCII. */
export const asciiOnly = (text: string): string =>
  [...text].filter((letter) => letter.charCodeAt(0) < 0x80).join('');

/** Carries a backspace out; other control characters but the line's end are left out. */
export function terminalText(received: string): string {
  let shown = '';
  for (const letter of received) {
    if (letter === '\b') shown = shown.endsWith('\n') ? shown : shown.slice(0, -1);
    else if (letter === '\n' || letter >= ' ') shown += letter;
  }
  return shown;
}
