/** What can be taken apart at the moment shown: frames, what the client saw, the hosts’ consoles, processor and memory. */
import { INSIDE_TABS } from '../../store/shared-view.ts';
import { Headline } from '../headline.tsx';
import { lazy } from '../kit/lazy.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { Rounds } from '../rounds.tsx';
import * as words from '../strings/inside.ts';
import { dataCentres } from '../strings/page.ts';
import { useShown } from '../use-controls.ts';
import { useApp, useStore } from '../use-store.ts';
import { toggleCentres } from '../views.ts';
import { ClientLog } from './client/client-log.tsx';
import { Consoles } from './consoles/consoles.tsx';
import { Frames } from './frames/frames.tsx';
import { Machine } from './machine/machine.tsx';
import './inside.css';

const ProgramPanel = lazy(
  async () => (await import('../program/program.tsx')).ProgramPanel,
  words.theEditor,
);

const Files = lazy(async () => (await import('./files/files.tsx')).Files, words.theFiles);

export function Inside() {
  const { store, player } = useApp();
  const tab = useStore((state) => state.insideTab);
  const shown = useShown();
  // A program that waits to be run is seen, whatever a link hides.
  const held = useStore((state) => state.held?.link.base.vm.program !== undefined);
  const tabs = INSIDE_TABS.filter((name) => name !== 'program' || held || shown('program'));
  return (
    <main class="inside">
      <Headline />
      <Rounds />
      <Tabs
        label={words.whatToLookInto}
        tabs={tabs.map((value) => ({ value, label: words.tabNames[value] }))}
        value={tab}
        onValue={(insideTab) => store.setState({ insideTab })}
      >
        {tab === 'frames' && <Frames />}
        {tab === 'client' && <ClientLog />}
        {tab === 'consoles' && <Consoles />}
        {tab === 'machine' && <Machine />}
        {tab === 'program' && <ProgramPanel />}
        {tab === 'files' && <Files />}
      </Tabs>
      {shown('centres') && (
        <p class="narrow-only">
          <button type="button" onClick={() => toggleCentres(store, player)}>
            {dataCentres}
          </button>
        </p>
      )}
    </main>
  );
}
