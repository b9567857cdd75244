// A publisher as a process of its own: says "ready", waits for a line, publishes, says how it went.
import { once } from 'node:events';
import { systemClock } from '@slipway/effects/clock';
import { messageOf, UserError } from '@slipway/kernel/errors';
import { openStore } from '@slipway/store/open';
import { silent, type Wanted } from './releases.ts';

const [uri = '', wanted = ''] = process.argv.slice(2);
const { draft, source } = JSON.parse(wanted) as Wanted;
const store = openStore(uri, { clock: systemClock, log: silent });

process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  process.stdout.write(`${(await store.put(draft, source)).outcome}\n`);
} catch (thrown) {
  process.stdout.write(`${thrown instanceof UserError ? 'refused' : 'crashed'} ${messageOf(thrown)}\n`);
}
process.exit(0);
