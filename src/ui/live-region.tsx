/** What is said aloud, for those who do not see the page change. */
import { useEffect, useState } from 'preact/hooks';
import { Announcer } from './announcer.ts';
import { useApp } from './use-store.ts';

export function LiveRegion() {
  const { player, store } = useApp();
  const [text, setText] = useState('');
  useEffect(() => {
    const announcer = new Announcer({
      now: () => performance.now(),
      after: (milliseconds, action) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
      say: setText,
    });
    const listen = () => announcer.listen(player.picture, store.getState());
    const unsubscribe = player.onPicture(listen);
    return () => {
      unsubscribe();
      announcer.end();
    };
  }, [player, store]);
  return (
    <div class="sr" role="status" aria-live="polite" id="live">
      {text}
    </div>
  );
}
