/** Copies a text, and says whether that went well. */

import { useState } from 'preact/hooks';
import * as words from '../strings/share.ts';

export interface CopyProps {
  readonly what: string;
  readonly text: string;
  readonly main?: boolean;
  onCopied?(): void;
}

export function CopyButton({ what, text, main = false, onCopied }: CopyProps) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(words.copied);
    } catch {
      // Not allowed here: the text stands beside the button, to be copied by hand.
      setSaid(words.copyByHand);
    }
    onCopied?.();
  };
  return (
    <>
      <button type="button" class={main ? 'main' : ''} onClick={() => void copy()}>
        {words.copy(what)}
      </button>{' '}
      <span class="said" role="status">
        {said}
      </span>
    </>
  );
}
