/** Opens a scenario file, or a link that was received as text. */
import { useState } from 'preact/hooks';
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
    else setTrouble('This is no link of this page: such a link has a # with v= or s= behind it.');
  };
  return (
    <details>
      <summary>Open a link or a scenario file</summary>
      <p>
        <label>
          Scenario file{' '}
          <input
            type="file"
            accept=".json"
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
          />
        </label>
      </p>
      <p>
        <label>
          Link{' '}
          <input
            type="url"
            placeholder="https://…#v=1…"
            onChange={(event) => paste(event.currentTarget.value)}
          />
        </label>
      </p>
      <p class="aside">A file can also be dropped onto the page.</p>
      <p class="bad" role="status">
        {trouble}
      </p>
    </details>
  );
}
