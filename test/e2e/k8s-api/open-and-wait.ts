// Opens a proxy to the cluster, says so, and waits to be killed: kubectl, kubeconfig, private folder.
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import { openProxy } from '@slipway/k8s/proxy';

const [, , kubectl = '', kubeconfig, privateFolder = ''] = process.argv;
const ports = { exec: systemExec, http: systemHttp, clock: systemClock, privateFolder };
await openProxy({ kubectl, kubeconfig, context: undefined }, ports);
process.stdout.write('open\n');
await systemClock.sleep(60_000);
