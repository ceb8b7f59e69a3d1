/** What can be taken apart at the moment shown: frames, what the client saw, the hosts’ consoles, processor and memory. */
import { useState } from 'preact/hooks';
import { Headline } from '../headline.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { Rounds } from '../rounds.tsx';
import { ClientLog } from './client/client-log.tsx';
import { Consoles } from './consoles/consoles.tsx';
import { Frames } from './frames/frames.tsx';
import { Machine } from './machine/machine.tsx';
import './inside.css';

const TABS = [
  { value: 'frames', label: 'Frames and messages' },
  { value: 'client', label: 'Client' },
  { value: 'consoles', label: 'Consoles' },
  { value: 'machine', label: 'CPU and memory' },
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
        {tab === 'consoles' && <Consoles />}
        {tab === 'machine' && <Machine />}
      </Tabs>
    </main>
  );
}
