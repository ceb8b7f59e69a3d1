/** The frames of the run so far as a capture that tcpdump and Wireshark read. */

import { useState } from 'preact/hooks';
import { writePcap } from '../../../net/pcap.ts';
import * as words from '../../strings/frames.ts';
import { useApp, useStore } from '../../use-store.ts';

export function PcapButton() {
  const { player } = useApp();
  const name = useStore((state) => state.scenario.name);
  const [said, setSaid] = useState('');
  const save = async () => {
    const answer = await player.carried({ kind: 'frames' });
    if (!answer.ok) {
      setSaid(words.framesNotHad(answer.error));
      return;
    }
    const captured = answer.value.map(({ at, bytes }) => ({ at, frame: bytes }));
    download(writePcap(captured), `vm-ferry-${name}.pcap`);
    setSaid(words.framesSaved(captured.length));
  };
  return (
    <>
      <button type="button" onClick={() => void save()}>
        {words.saveAsPcap}
      </button>
      <span class="aside" role="status">
        {said}
      </span>
    </>
  );
}

function download(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/vnd.tcpdump.pcap' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
