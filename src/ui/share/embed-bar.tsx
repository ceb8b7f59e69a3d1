/** Inside somebody else's page: whose picture this is, and the way to all of it. */

import { useEffect, useState } from 'preact/hooks';
import * as words from '../strings/share.ts';
import { useApp, useStore } from '../use-store.ts';
import { makeLink, viewOf } from './make-link.ts';
import './embed.css';

export function EmbedBar() {
  const app = useApp();
  const [hash, setHash] = useState(location.hash);
  useStore((state) => state.revision);
  const playing = useStore((state) => state.playing);
  const { now } = app.player.picture;
  // The link is that of the run as it has become; while time passes nobody asks for it.
  const moment = playing ? 'passing' : now;
  useEffect(() => {
    if (moment === 'passing') return;
    const { hidden, locked } = app.store.getState();
    const wishes = { moment: true, selection: true, theme: true, place: true } as const;
    const view = viewOf(app, { ...wishes, mode: 'full', hidden, locked });
    void makeLink(app, view).then(setHash);
  }, [app, moment]);
  return (
    <p class="embed-bar">
      <b>{words.name}</b>
      <a href={hash} target="_blank" rel="noopener">
        {words.openFull}
      </a>
    </p>
  );
}
