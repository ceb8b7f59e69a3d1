/**
 * The notes for the one who speaks, in a second window on the same machine. It is an empty page that
 * this one fills: it asks nobody for anything, and works from a disk too. Its keys act here.
 */

import { render } from 'preact';
import { cuesOf } from '../strings/cues.ts';
import * as words from '../strings/present.ts';
import { type App, AppContext, useApp, usePicture, useStore } from '../use-store.ts';
import { cueMoments, cuesReached } from './cues.ts';
import { listenToRemote } from './remote.ts';

const NAME = 'vm-ferry-notes';

/** Undefined: the browser opens no windows for this page. The result closes it. */
export function openNotes(app: App): (() => void) | undefined {
  const place = window.open('', NAME, 'popup,width=640,height=520');
  if (!place) return undefined;
  const { document: page } = place;
  page.title = words.notesTitle;
  page.documentElement.lang = 'en';
  page.documentElement.style.cssText = document.documentElement.style.cssText;
  const styles = document.querySelectorAll('link[rel="stylesheet"], style');
  page.head.replaceChildren(page.head.querySelector('title') ?? '', ...[...styles].map(copied));
  page.body.replaceChildren();
  render(
    <AppContext.Provider value={app}>
      <Notes />
    </AppContext.Provider>,
    page.body,
  );
  const deaf = listenToRemote(app, place);
  return () => {
    deaf();
    render(null, page.body);
    place.close();
  };
}

const copied = (style: Element): Node => style.cloneNode(true);

function Notes() {
  const { player } = useApp();
  const { now } = usePicture();
  const preset = useStore((state) => state.preset);
  const cues = cuesOf(preset);
  const reached = cuesReached(cueMoments(cues, player.history), now);
  const cue = reached > 0 ? cues[reached - 1] : undefined;
  const next = cues[reached];
  return (
    <main class="speaker-notes">
      <p class="aside">{words.cueAt(reached, cues.length, now)}</p>
      <h1>{cue?.say ?? words.beforeMigration}</h1>
      <p>{cue?.notes ?? words.beforeMigrationNotes}</p>
      <h2>{words.next}</h2>
      <p>{next?.say ?? words.endOfRun}</p>
      <p class="aside">{words.keysActInOther}</p>
    </main>
  );
}
