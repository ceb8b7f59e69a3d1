/** A terminal on each host. What is typed drives the same engine as the page's buttons. */

import { useMemo } from 'preact/hooks';
import { followStories } from '../../../trace/host-story.ts';
import * as words from '../../strings/consoles.ts';
import { vmmName } from '../../strings/sentences.ts';
import { useApp, usePicture, useStore } from '../../use-store.ts';
import { Terminal } from './terminal.tsx';

export function Consoles() {
  const { player } = useApp();
  usePicture();
  const hosts = useStore((state) => state.scenario.hosts);
  const follow = useMemo(followStories, []);
  const { list } = follow.of(player.history.stretches);
  return (
    <div class="consoles">
      {([0, 1] as const).map((party) => {
        const kind = party === 0 ? hosts.source : hosts.destination;
        return (
          <Terminal
            key={`${party} ${kind}`}
            party={party}
            kind={kind}
            title={words.hostTitle(vmmName(kind), party === 0 ? 'A' : 'B')}
            stories={list.filter((story) => story.party === party)}
          />
        );
      })}
    </div>
  );
}
