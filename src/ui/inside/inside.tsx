/** What can be taken apart at the moment shown: frames, what the client saw. */
import { useState } from 'preact/hooks';
import { Headline } from '../headline.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { Rounds } from '../rounds.tsx';
import { ClientLog } from './client/client-log.tsx';
import { Frames } from './frames/frames.tsx';
import './inside.css';

const TABS = [
  { value: 'frames', label: 'Frames and messages' },
  { value: 'client', label: 'Client' },
] as const;
type Tab = (typeof TABS)[number]['value'];

export function Inside() {
  const [tab, setTab] = useState<Tab>('frames');
  return (
    <main class="inside">
      <Headline />
      <Rounds />
      <Tabs label="What to look into" tabs={TABS} value={tab} onValue={(next) => setTab(next)}>
        {tab === 'frames' && <Frames />}
        {tab === 'client' && <ClientLog />}
      </Tabs>
    </main>
  );
}
