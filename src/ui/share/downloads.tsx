/** The run as files, each as it stands at the moment shown. */

import { useState } from 'preact/hooks';
import * as words from '../strings/share.ts';
import { type App, useApp, usePicture, useStore } from '../use-store.ts';
import { DOWNLOADS, type Download, type MadeFile } from './files.ts';

export function Downloads() {
  const app = useApp();
  const { now } = usePicture();
  const phase = useStore((state) => state.phase);
  const [news, setNews] = useState<News>(NOTHING);
  if (phase === 'opening' || phase === 'broken') return null;
  const press = async (download: Download) => {
    setNews({ text: words.beingMade(download.title), notes: [], bad: false });
    setNews(await outcome(download, app));
  };
  return (
    <details class="downloads">
      <summary>{words.filesOfRun(now)}</summary>
      <ul>
        {DOWNLOADS.map((download) => (
          <li key={download.title}>
            <button type="button" onClick={() => void press(download)}>
              {download.title}
            </button>{' '}
            <span class="aside">{download.what}</span>
          </li>
        ))}
      </ul>
      <div role="status">
        {news.text !== '' && <p class={news.bad ? 'bad' : ''}>{news.text}</p>}
        {news.notes.length > 0 && (
          <ul class="notes">
            {news.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </div>
    </details>
  );
}

interface News {
  readonly text: string;
  readonly notes: readonly string[];
  readonly bad: boolean;
}
const NOTHING: News = { text: '', notes: [], bad: false };

async function outcome(download: Download, app: App): Promise<News> {
  try {
    const file = await download.make(app);
    if (!file.ok) return { text: `${download.title}: ${file.error}`, notes: [], bad: true };
    keepFile(file.value);
    const { name, blob, notes } = file.value;
    return { text: words.madeFile(name, blob.size), notes, bad: false };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { text: words.couldNotBeMade(download.title, reason), notes: [], bad: true };
  }
}

/** Hands the file to the browser, which keeps it wherever it keeps files. */
export function keepFile({ name, blob }: MadeFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
