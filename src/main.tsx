/** The page's entry. */
import { exists } from './base/assert.ts';
import { connectSession } from './bridge/connect.ts';
import { keepForOffline } from './bridge/offline.ts';
import { mount } from './ui/mount.tsx';

/** In a function: late code imports this very file, so awaiting it at the top would be for ever. */
async function start(): Promise<void> {
  const wanted = new URLSearchParams(location.search).get('stringTest');
  if (wanted === 'double' || wanted === 'rtl')
    (await import('./ui/string-test.ts')).startStringTest(wanted);
  mount(exists(document.getElementById('app'), 'the place of the app'), connectSession);
  keepForOffline();
}

void start();
