/** One line about a message in plain words, for the trace and the page's log. */
import { unreachable } from '../base/assert.ts';
import type { Message, PageRun } from './messages.ts';

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function summarize(message: Message): string {
  switch (message.type) {
    case 'hello':
      return `protocol versions ${message.oldestVersion} to ${message.newestVersion}`;
    case 'capabilities':
      return `${message.vmm}, native format ${message.nativeFormat}, offers ${message.algorithms.join(', ') || 'nothing'}`;
    case 'choose':
      return `${message.algorithm}, state as ${message.format}`;
    case 'reserve':
      return `${plural(message.pages, 'page')} for ${message.vm}`;
    case 'reserved':
      return `done, ${plural(message.freeFrames, 'frame')} left`;
    case 'start':
      return `memory of ${plural(message.pages, 'page')} follows`;
    case 'pages':
      return `round ${message.round}: ${describeRuns(message.runs)}`;
    case 'round-end':
      return `round ${message.round} ends: ${plural(message.sent, 'page')}, ${message.zero} of them zero`;
    case 'dirty-summary':
      return `${plural(message.dirtied, 'page')} dirtied while round ${message.round} was sent`;
    case 'paused':
      return `the VM stands still${message.byHand ? ', by hand' : ''}, ${plural(message.remaining, 'page')} to go`;
    case 'state':
      return `CPU and devices, ${message.format}, ${plural(message.bytes.length, 'byte')}`;
    case 'ready':
      return message.missing === 0
        ? 'the image is whole'
        : `the state is whole, ${plural(message.missing, 'page')} to be pulled`;
    case 'go':
      return 'the VM is yours: point of no return';
    case 'started':
      return 'the VM runs here';
    case 'page-request':
      return `page ${message.gfn}: the guest waits`;
    case 'page-response':
      return `page ${message.runs[0].gfn}, asked for: ${describeRuns(message.runs)}`;
    case 'discard':
      return `not there yet: ${plural(countFrames(message.runs), 'page')}`;
    case 'complete':
      return `all pages are here, ${plural(message.requests, 'page')} had to be asked for`;
    case 'refused':
    case 'abort':
      return message.message;
    case 'ping':
    case 'pong':
      return '';
    case 'ack':
      return `of message ${message.of}`;
    case 'resume':
      return `the pull of ${message.vm} is to go on`;
    case 'received':
      return `which of ${plural(message.pages, 'page')} are here`;
    case 'verify':
      return `${plural(message.pages, 'page')} once more, to be compared`;
    default:
      return unreachable(message);
  }
}

const countFrames = (runs: readonly { readonly count: number }[]): number =>
  runs.reduce((sum, run) => sum + run.count, 0);

function describeRuns(runs: readonly PageRun[]): string {
  const zero = countFrames(runs.filter((run) => run.kind === 'zero'));
  const changed = countFrames(runs.filter((run) => run.kind === 'delta'));
  const packed = countFrames(runs.filter((run) => run.kind === 'deflate'));
  const full = countFrames(runs) - zero - changed - packed;
  return [
    full > 0 ? plural(full, 'page') : '',
    changed > 0 ? `changes of ${plural(changed, 'page')}` : '',
    packed > 0 ? plural(packed, 'packed page') : '',
    zero > 0 ? plural(zero, 'zero page') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
