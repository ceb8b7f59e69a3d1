/** Opens a scenario file, or a link that was received as text. */

import { useState } from 'preact/hooks';
import * as words from '../strings/share.ts';
import { useApp } from '../use-store.ts';
import { openFile, openText } from './open-file.ts';

export function OpenSomething({ onOpened }: { onOpened(): void }) {
  const app = useApp();
  const [trouble, setTrouble] = useState('');
  const choose = async (file: File | undefined) => {
    if (!file) return;
    if (await openFile(app, file)) onOpened();
    else setTrouble(app.store.getState().notices.join(' '));
  };
  const paste = (text: string) => {
    if (text.trim() === '') return;
    if (openText(text)) onOpened();
    else setTrouble(words.noLink);
  };
  return (
    <details>
      <summary>{words.openSomething}</summary>
      <p>
        <label>
          {words.scenarioFile}{' '}
          <input
            type="file"
            accept=".json"
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
          />
        </label>
      </p>
      <p>
        <label>
          {words.link}{' '}
          <input
            type="url"
            placeholder={words.linkExample}
            onChange={(event) => paste(event.currentTarget.value)}
          />
        </label>
      </p>
      <p class="aside">{words.canBeDropped}</p>
      <p class="bad" role="status">
        {trouble}
      </p>
    </details>
  );
}
